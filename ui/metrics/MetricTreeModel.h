// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/metrics/Catalogue.h"
#include "ui/components/Format.h"
#include "ui/live/SeriesWindow.h"

#include <QAbstractItemModel>
#include <QHash>
#include <QSet>
#include <QString>

#include <memory>
#include <vector>

namespace pilothouse::ui {

/// Metrics and, under each with more than one, its series; pinned metrics first. Rows stay as they
/// are while the set of series does.
class MetricTreeModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role {
        DetailRole = Qt::UserRole + 1,
        ValueRole,
        PinnedRole,
        ExpressionRole,
        KeyRole,
        NameRole
    };

    explicit MetricTreeModel(QObject* parent = nullptr);

    /// Takes types, units and help of metrics; used from the next `show` on.
    void setCatalogue(const std::vector<metrics::Metric>& catalogue);
    /// Shows these series; the window must outlive the model or the next `show`.
    void show(const SeriesWindow& window);
    /// The same series have new points.
    void advance();

    void setPins(const QStringList& pins);
    QStringList pins() const;
    void togglePin(const QModelIndex& index);

    /// Newest samples behind a row that has a sparkline; null for a metric of several series.
    const metrics::SeriesPoints* points(const QModelIndex& index) const;
    Unit unit(const QModelIndex& index) const;
    int seriesCount() const { return m_series; }

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    struct MetricNode
    {
        QString name;
        QString help;
        metrics::MetricType type = metrics::MetricType::Unknown;
        Unit unit = Unit::None;
        std::vector<metrics::Labels> series;
        QStringList details;
    };

    const MetricNode& nodeOf(const QModelIndex& index) const;
    const metrics::Labels* labelsOf(const QModelIndex& index) const;
    std::vector<MetricNode> build() const;
    QString valueText(const QModelIndex& index) const;

    const SeriesWindow* m_window = nullptr;
    QHash<QString, metrics::Metric> m_catalogue;
    QSet<QString> m_pins;
    std::vector<MetricNode> m_nodes;
    int m_series = 0;
};

} // namespace pilothouse::ui
