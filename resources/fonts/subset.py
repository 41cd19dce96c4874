#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Makes the bundled fonts from Debian's fonts-inter and fonts-jetbrains-mono (needs python3-fonttools):
# subsets them, maps the digits to Inter's tabular figures (Qt 6.4 cannot switch OpenType features on) and
# gives them a family name of their own, so that an installed Inter never mixes in.
#   resources/fonts/subset.py resources/fonts
from fontTools.ttLib import TTFont
from fontTools import subset
import sys
def build(src,dst,family,style,weight,tnum):
    f=TTFont(src)
    if tnum:
        gsub=f['GSUB'].table
        sub={}
        for r in gsub.FeatureList.FeatureRecord:
            if r.FeatureTag=='tnum':
                for li in r.Feature.LookupListIndex:
                    for st in gsub.LookupList.Lookup[li].SubTable:
                        if hasattr(st,'ExtSubTable'): st=st.ExtSubTable
                        if hasattr(st,'mapping'): sub.update(st.mapping)
        keep=set(range(0x30,0x3a))|{0x2b,0x2212}
        for t in f['cmap'].tables:
            if not t.isUnicode(): continue
            for cp in keep:
                g=t.cmap.get(cp)
                if g in sub: t.cmap[cp]=sub[g]
    o=subset.Options(); o.layout_features=['kern','mark','mkmk','ccmp','locl'] if tnum else ['kern','mark','ccmp']
    o.name_IDs=['*']; o.name_languages=['*']; o.notdef_outline=True; o.hinting=True; o.glyph_names=False; o.recalc_bounds=False
    o.drop_tables+=['DSIG']
    s=subset.Subsetter(o)
    u=list(range(0x20,0x7f))+list(range(0xa0,0x250))+list(range(0x2b0,0x300))+list(range(0x370,0x400))+list(range(0x400,0x460))+list(range(0x490,0x4a0))+list(range(0x2000,0x2070))+list(range(0x2070,0x20c0))+list(range(0x2100,0x2150))+list(range(0x2190,0x21a0))+list(range(0x2200,0x2270))+[0x25a0,0x25b2,0x25bc,0x25cf,0x25b6,0x2713,0x2717,0x2318,0x21e7,0x2303,0x2325,0x25b4,0x25be,0x25b8,0x25c6]
    s.populate(unicodes=u); s.subset(f)
    name=f['name']
    for r in list(name.names):
        if r.nameID in (3,6,16,17,18,21,22,25): name.removeNames(r.nameID)
    rb = style if style=='Regular' else 'Regular'
    fam1 = family if style=='Regular' else family+' '+style
    for nid,v in ((1,fam1),(2,rb),(4,family+' '+style),(3,family+' '+style+' '+('tnum' if tnum else '')),(6,family.replace(' ','')+'-'+style.replace(' ',''))):
        name.setName(v,nid,3,1,0x409); name.setName(v,nid,1,0,0)
    if style!='Regular':
        for nid,v in ((16,family),(17,style)): name.setName(v,nid,3,1,0x409)
    f['OS/2'].usWeightClass=weight
    if 'CFF ' in f:
        c=f['CFF '].cff; top=c.topDictIndex[0]; c.fontNames[0]=family.replace(' ','')+'-'+style.replace(' ','')
        top.FullName=family+' '+style; top.FamilyName=family
    f.save(dst)
import os
out=sys.argv[1]; os.makedirs(out,exist_ok=True)
I='/usr/share/fonts/opentype/inter/Inter-'
build(I+'Regular.otf',out+'/PilothouseInter-Regular.otf','Pilothouse Inter','Regular',400,True)
build(I+'Medium.otf',out+'/PilothouseInter-Medium.otf','Pilothouse Inter','Medium',500,True)
build(I+'SemiBold.otf',out+'/PilothouseInter-SemiBold.otf','Pilothouse Inter','SemiBold',600,True)
build('/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf',out+'/PilothouseMono-Regular.ttf','Pilothouse Mono','Regular',400,False)
