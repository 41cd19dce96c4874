// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/SeriesColors.h"

#include <QSet>

namespace pilothouse::ui {

namespace {

/// FNV-1a: the same on every run and platform, unlike qHash.
quint32 stableHash(const QString& text)
{
    quint32 hash = 2166136261U;
    for (const QChar character : text) {
        hash = (hash ^ character.unicode()) * 16777619U;
    }
    return hash;
}

/// The colour that a series would like: a deployment colour gets its own, so that "blue" is never
/// drawn red; the rest by hash.
int preferredColor(const QString& id)
{
    constexpr int kBlue = 0;
    constexpr int kGreen = 4;
    if (id.contains(QLatin1String("\"blue\""))) {
        return kBlue;
    }
    if (id.contains(QLatin1String("\"green\""))) {
        return kGreen;
    }
    return static_cast<int>(stableHash(id) % SeriesColors::kColors);
}

} // namespace

QList<int> SeriesColors::assign(const QStringList& ids)
{
    if (m_known.size() + ids.size() > kMost) {
        m_known.clear();
    }
    QList<int> colors;
    QSet<int> taken;
    for (const QString& id : ids) {
        const auto known = m_known.constFind(id);
        int color = known != m_known.constEnd() ? *known : preferredColor(id);
        if (taken.size() < kColors) {
            while (taken.contains(color)) {
                color = (color + 1) % kColors;
            }
        }
        taken.insert(color);
        if (known == m_known.constEnd()) {
            m_known.insert(id, color);
        }
        colors.push_back(color);
    }
    return colors;
}

} // namespace pilothouse::ui
