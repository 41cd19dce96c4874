// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/ServiceMap.h"

#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <utility>

namespace pilothouse::ui {

namespace {

constexpr int kChipsInARow = 4;

} // namespace

ServiceMap::ServiceMap(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_row(new QHBoxLayout(this))
{
    setAccessibleName(tr("What calls what"));
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(theme.px(space::kM));
}

void ServiceMap::setLayers(const std::vector<MapLayer>& layers)
{
    // Made anew only when it differs: chips that stay are not drawn again.
    if (layers == m_layers) {
        return;
    }
    m_layers = layers;
    while (QLayoutItem* item = m_row->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    bool isFirst = true;
    for (const MapLayer& layer : layers) {
        if (!std::exchange(isFirst, false)) {
            auto* arrow = new TextLabel(
                m_theme, TypeRole::H3, Color::TextSecondary, QStringLiteral("→"), this);
            arrow->setAccessibleName(tr("calls"));
            m_row->addWidget(arrow, 0, Qt::AlignVCenter);
            arrow->show();
        }
        QWidget* part = makeLayer(layer);
        m_row->addWidget(part, 0, Qt::AlignTop);
        // At once: a layout shows what is added later, and the map would blink.
        part->show();
    }
    m_row->addStretch(1);
    m_row->activate();
}

QWidget* ServiceMap::makeLayer(const MapLayer& layer)
{
    auto* part = new QWidget(this);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(m_theme.px(space::kXs));
    column->addWidget(new TextLabel(m_theme, TypeRole::Label, layer.title, part));
    auto* chips = new QGridLayout;
    chips->setSpacing(m_theme.px(space::kXs));
    int at = 0;
    for (const MapItem& item : layer.items) {
        auto* chip = new StatusChip(m_theme, item.severity, part);
        chip->setStatus(item.severity, item.text);
        chip->setToolTip(item.toolTip);
        chip->setAccessibleDescription(
            lookOf(item.severity).word +
            (item.toolTip.isEmpty() ? QString() : QStringLiteral(". ") + item.toolTip));
        chips->addWidget(chip, at / kChipsInARow, at % kChipsInARow, Qt::AlignLeft);
        ++at;
    }
    if (layer.items.empty()) {
        chips->addWidget(new TextLabel(m_theme, TypeRole::Label, tr("none registered"), part));
    } else if (layer.more > 0) {
        chips->addWidget(
            new TextLabel(m_theme, TypeRole::Label, tr("and %n more", nullptr, layer.more), part),
            at / kChipsInARow,
            at % kChipsInARow);
    }
    column->addLayout(chips);
    return part;
}

} // namespace pilothouse::ui
