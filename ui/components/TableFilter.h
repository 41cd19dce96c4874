// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>
#include <QString>

#include <vector>

namespace pilothouse::ui {

/// Sorts and filters a TableModel. The filter is words apart by blanks, all of which must match:
/// "column:text" looks in one column, "-text" excludes, quotes keep blanks together, anything else
/// looks in every column. Case does not matter.
class TableFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit TableFilter(QObject* parent = nullptr);

    void setFilter(const QString& text);
    QString filter() const { return m_text; }
    /// The server filters and sorts: rows pass as they come.
    void setServerSide(bool serverSide);

    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    struct Term
    {
        /// Empty: any column.
        QString column;
        QString text;
        bool excluded = false;
    };

    bool matches(const Term& term, int row) const;

    QString m_text;
    bool m_isServerSide = false;
    std::vector<Term> m_terms;
};

} // namespace pilothouse::ui
