// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartLegend.h"

#include "ui/components/TextLabel.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int kMostRows = 2;
constexpr int kRowHeight = 28;

/// Where each width goes when they fill rows from left to right, as one rectangle per width.
std::vector<QRect> flow(const std::vector<int>& widths, int room, int gap, int height)
{
    std::vector<QRect> places;
    int left = 0;
    int top = 0;
    for (const int width : widths) {
        if (left > 0 && left + width > room) {
            left = 0;
            top += height;
        }
        places.emplace_back(left, top, std::min(width, room), height);
        left += width + gap;
    }
    return places;
}

int rowsOf(const std::vector<QRect>& places, int height)
{
    return places.empty() ? 0 : places.back().top() / height + 1;
}

} // namespace

LegendItem::LegendItem(const Theme& theme, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme)
{
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void LegendItem::show(const ChartLine& line, Unit unit, bool drawn)
{
    const auto newest = std::find_if(line.values.rbegin(), line.values.rend(), [](double value) {
        return std::isfinite(value);
    });
    const QString value =
        newest == line.values.rend() ? QString() : formatValue(*newest, unit).text();
    const bool renamed = text() != line.name || m_id != line.id;
    const int valueWidth = QFontMetrics(m_theme.font(TypeRole::Label)).horizontalAdvance(value);
    m_valueWidth = renamed ? valueWidth : std::max(m_valueWidth, valueWidth);
    m_id = line.id;
    m_value = value;
    m_color = line.color;
    setText(line.name);
    setChecked(drawn);
    setToolTip(line.name);
    setAccessibleName(line.name);
    setAccessibleDescription(tr("newest value %1; switches the line on and off").arg(value));
    update();
}

int LegendItem::nameWidth() const
{
    const QFontMetrics metrics(m_theme.font(TypeRole::Label));
    return m_theme.px(22) + metrics.horizontalAdvance(text()) + m_theme.px(8);
}

QSize LegendItem::sizeHint() const
{
    return {nameWidth() + m_theme.px(6) + m_valueWidth, m_theme.px(kRowHeight)};
}

QSize LegendItem::minimumSizeHint() const
{
    const QFontMetrics metrics(m_theme.font(TypeRole::Label));
    return {
        m_theme.px(30) + std::min(metrics.horizontalAdvance(text()), m_theme.px(60)),
        m_theme.px(kRowHeight)};
}

void LegendItem::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.color(Color::Focus), 2));
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), space::kRadiusChip, space::kRadiusChip);
    } else if (underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(Color::Hover));
        painter.drawRoundedRect(rect(), space::kRadiusChip, space::kRadiusChip);
    }
    const QColor color =
        isChecked() ? m_theme.seriesColor(m_color) : m_theme.color(Color::TextDisabled);
    painter.setPen(QPen(color, 2));
    const qreal middle = height() / 2.0;
    painter.drawLine(QPointF(m_theme.px(4), middle), QPointF(m_theme.px(17), middle));
    QFont font = m_theme.font(TypeRole::Label);
    font.setStrikeOut(!isChecked()); // not by colour alone
    painter.setFont(font);
    const QFontMetrics metrics = painter.fontMetrics();
    const int room = width() - m_theme.px(22 + 4);
    const int valueWidth = metrics.horizontalAdvance(m_value) + m_theme.px(6);
    // Where both do not fit, the name stays.
    const bool withValue = isChecked() && metrics.horizontalAdvance(text()) + valueWidth <= room;
    const QRect area = rect().adjusted(m_theme.px(22), 0, -m_theme.px(4), 0);
    const QString name = metrics.elidedText(text(), Qt::ElideMiddle, room);
    painter.setPen(m_theme.color(isChecked() ? Color::TextSecondary : Color::TextDisabled));
    painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, name);
    if (withValue) {
        painter.setPen(m_theme.color(Color::TextPrimary));
        const int left = area.left() + metrics.horizontalAdvance(name) + m_theme.px(6);
        painter.drawText(
            QRect(left, 0, width() - left, height()), Qt::AlignLeft | Qt::AlignVCenter, m_value);
    }
}

ChartLegend::ChartLegend(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_others(new TextLabel(theme, TypeRole::Label, {}, this))
{
    m_others->setElided(true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFixedHeight(theme.px(kRowHeight));
}

void ChartLegend::show(const ChartContent& content)
{
    while (m_items.size() < content.lines.size()) {
        auto* item = new LegendItem(m_theme, this);
        connect(item, &LegendItem::clicked, this, [this, item](bool checked) {
            Q_EMIT toggled(item->id(), checked);
        });
        m_items.push_back(item);
    }
    m_used = content.lines.size();
    for (std::size_t at = 0; at < m_items.size(); ++at) {
        const bool used = at < m_used;
        m_items[at]->setVisible(used);
        if (used) {
            const ChartLine& line = content.lines[at];
            m_items[at]->show(line, content.unit, !content.hidden.contains(line.id));
        }
    }
    QStringList notes;
    if (content.others > 0) {
        notes << tr("+ %n others (band)", nullptr, content.others);
    }
    if (!content.previous.empty()) {
        notes << tr("dashed: %1").arg(content.previousName);
    }
    m_others->setVisible(!notes.isEmpty());
    m_others->setText(notes.join(QStringLiteral(" · ")));
    setVisible(m_used > 0);
    arrange();
}

QSize ChartLegend::sizeHint() const
{
    return {m_theme.px(240), height()};
}

QSize ChartLegend::minimumSizeHint() const
{
    return {m_theme.px(60), height()};
}

void ChartLegend::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void ChartLegend::arrange()
{
    const int row = m_theme.px(kRowHeight);
    const int gap = m_theme.px(space::kS);
    std::vector<int> whole;
    std::vector<int> names;
    for (std::size_t at = 0; at < m_used; ++at) {
        whole.push_back(m_items[at]->sizeHint().width());
        names.push_back(m_items[at]->nameWidth());
    }
    const bool others = !m_others->isHidden();
    if (others) {
        const QFontMetrics metrics(m_others->font());
        whole.push_back(metrics.horizontalAdvance(m_others->text()) + m_theme.px(4));
        names.push_back(whole.back());
    }
    std::vector<QRect> places = flow(whole, width(), gap, row);
    if (rowsOf(places, row) > kMostRows) {
        places = flow(names, width(), gap, row);
    }
    if (rowsOf(places, row) > kMostRows) {
        // Equal shares: as many in each row, however long their names.
        const int perRow = (static_cast<int>(names.size()) + kMostRows - 1) / kMostRows;
        const int share = std::max(1, (width() - (perRow - 1) * gap) / perRow);
        places = flow(std::vector<int>(names.size(), share), width(), gap, row);
    }
    for (std::size_t at = 0; at < m_used; ++at) {
        m_items[at]->setGeometry(places[at]);
    }
    if (others) {
        m_others->setGeometry(places.back());
    }
    setFixedHeight(std::max(1, rowsOf(places, row)) * row);
}

} // namespace pilothouse::ui
