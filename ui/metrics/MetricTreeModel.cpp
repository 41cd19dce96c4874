// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/MetricTreeModel.h"

#include "ui/live/SeriesNames.h"
#include "ui/metrics/PromText.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace pilothouse::ui {

namespace {

/// Internal id of a metric's index; a series' index carries its metric's row.
constexpr quintptr kTop = ~quintptr{0};

/// The histogram or summary that a series of counts belongs to.
QString familyOf(const QString& name, const QHash<QString, metrics::Metric>& catalogue)
{
    for (const char* suffix : {"_count", "_sum"}) {
        if (name.endsWith(QLatin1String(suffix))) {
            QString family = name.chopped(static_cast<qsizetype>(qstrlen(suffix)));
            const auto known = catalogue.constFind(family);
            if (known != catalogue.constEnd() && known->type == metrics::MetricType::Histogram) {
                return family;
            }
        }
    }
    return name;
}

} // namespace

MetricTreeModel::MetricTreeModel(QObject* parent) : QAbstractItemModel(parent) {}

void MetricTreeModel::setCatalogue(const std::vector<metrics::Metric>& catalogue)
{
    m_catalogue.clear();
    for (const metrics::Metric& metric : catalogue) {
        m_catalogue.insert(QString::fromStdString(metric.name), metric);
    }
    if (m_window != nullptr) {
        show(*m_window);
    }
}

std::vector<MetricTreeModel::MetricNode> MetricTreeModel::build() const
{
    std::map<QString, metrics::Matrix> byName;
    for (const metrics::SeriesPoints& series : m_window->series()) {
        const QString name = QString::fromUtf8(series.labels.get(metrics::kMetricName));
        const QString family = familyOf(name, m_catalogue);
        if (family == name || name.endsWith(QLatin1String("_count"))) {
            byName[family].push_back({series.labels, {}, {}});
        }
    }
    std::vector<MetricNode> nodes;
    for (auto& [name, series] : byName) {
        std::ranges::sort(series, {}, &metrics::SeriesPoints::labels);
        MetricNode node;
        node.name = name;
        const auto known = m_catalogue.constFind(name);
        if (known != m_catalogue.constEnd()) {
            node.help = QString::fromStdString(known->help);
            node.type = known->type;
            node.unit = unitOfMetric(name, QString::fromStdString(known->unit));
        } else {
            node.unit = unitOfMetric(name, {});
        }
        node.details = seriesNames(series, {});
        for (const metrics::SeriesPoints& one : series) {
            node.series.push_back(one.labels);
        }
        nodes.push_back(std::move(node));
    }
    std::stable_partition(nodes.begin(), nodes.end(), [&](const MetricNode& node) {
        return m_pins.contains(node.name);
    });
    return nodes;
}

void MetricTreeModel::show(const SeriesWindow& window)
{
    m_window = &window;
    std::vector<MetricNode> nodes = build();
    m_series = static_cast<int>(window.series().size());
    const bool same = std::ranges::equal(nodes, m_nodes, [](const auto& left, const auto& right) {
        return left.name == right.name && left.type == right.type && left.series == right.series;
    });
    if (same) {
        advance();
        return;
    }
    beginResetModel();
    m_nodes = std::move(nodes);
    endResetModel();
}

void MetricTreeModel::advance()
{
    if (m_nodes.empty()) {
        return;
    }
    Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(m_nodes.size()) - 1, 0), {ValueRole});
}

void MetricTreeModel::setPins(const QStringList& pins)
{
    m_pins = QSet<QString>(pins.begin(), pins.end());
    if (m_window != nullptr) {
        show(*m_window);
    }
}

QStringList MetricTreeModel::pins() const
{
    QStringList pins(m_pins.begin(), m_pins.end());
    pins.sort();
    return pins;
}

void MetricTreeModel::togglePin(const QModelIndex& index)
{
    const QString name = nodeOf(index).name;
    if (!m_pins.remove(name)) {
        m_pins.insert(name);
    }
    show(*m_window);
}

const MetricTreeModel::MetricNode& MetricTreeModel::nodeOf(const QModelIndex& index) const
{
    const auto row = index.internalId() == kTop ? static_cast<std::size_t>(index.row())
                                                : static_cast<std::size_t>(index.internalId());
    return m_nodes[row];
}

const metrics::Labels* MetricTreeModel::labelsOf(const QModelIndex& index) const
{
    const MetricNode& node = nodeOf(index);
    if (index.internalId() != kTop) {
        return &node.series[static_cast<std::size_t>(index.row())];
    }
    return node.series.size() == 1 ? &node.series.front() : nullptr;
}

const metrics::SeriesPoints* MetricTreeModel::points(const QModelIndex& index) const
{
    if (!index.isValid() || m_window == nullptr) {
        return nullptr;
    }
    const metrics::Labels* labels = labelsOf(index);
    return labels != nullptr ? m_window->find(*labels) : nullptr;
}

Unit MetricTreeModel::unit(const QModelIndex& index) const
{
    return nodeOf(index).type == metrics::MetricType::Histogram ? Unit::None : nodeOf(index).unit;
}

QString MetricTreeModel::valueText(const QModelIndex& index) const
{
    const metrics::SeriesPoints* series = points(index);
    if (series == nullptr || series->values.empty()) {
        const auto count = static_cast<int>(nodeOf(index).series.size());
        return index.internalId() == kTop ? tr("%n series", nullptr, count) : QString();
    }
    return formatValue(series->values.back(), unit(index)).text();
}

QModelIndex MetricTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    if (column != 0 || row < 0 || row >= rowCount(parent)) {
        return {};
    }
    return parent.isValid() ? createIndex(row, 0, static_cast<quintptr>(parent.row()))
                            : createIndex(row, 0, kTop);
}

QModelIndex MetricTreeModel::parent(const QModelIndex& index) const
{
    if (!index.isValid() || index.internalId() == kTop) {
        return {};
    }
    return createIndex(static_cast<int>(index.internalId()), 0, kTop);
}

int MetricTreeModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid()) {
        return static_cast<int>(m_nodes.size());
    }
    if (parent.internalId() != kTop) {
        return 0;
    }
    const auto count = static_cast<int>(nodeOf(parent).series.size());
    return count > 1 ? count : 0;
}

int MetricTreeModel::columnCount(const QModelIndex&) const
{
    return 1;
}

QVariant MetricTreeModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const MetricNode& node = nodeOf(index);
    const bool top = index.internalId() == kTop;
    QString detail = top ? QString() : node.details.value(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return top ? node.name : detail;
    case Qt::AccessibleTextRole:
        return tr("%1, %2").arg(top ? node.name : detail, valueText(index));
    case Qt::ToolTipRole:
        return node.help.isEmpty() ? node.name : QString(node.name + QLatin1Char('\n') + node.help);
    case NameRole:
        return node.name;
    case DetailRole:
        return detail;
    case ValueRole:
        return valueText(index);
    case PinnedRole:
        return top && m_pins.contains(node.name);
    case ExpressionRole:
        return expressionFor(node.name, node.type, top ? nullptr : labelsOf(index));
    case KeyRole: {
        const metrics::Labels* labels = labelsOf(index);
        return labels != nullptr ? QString::fromStdString(labels->toString()) : node.name;
    }
    default:
        return {};
    }
}

} // namespace pilothouse::ui
