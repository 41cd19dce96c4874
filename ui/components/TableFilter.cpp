// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/TableFilter.h"

#include "ui/components/TableModel.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

QStringList words(const QString& text)
{
    QStringList result;
    QString word;
    bool quoted = false;
    for (const QChar character : text) {
        if (character == QLatin1Char('"')) {
            quoted = !quoted;
        } else if (character.isSpace() && !quoted) {
            if (!word.isEmpty()) {
                result << word;
            }
            word.clear();
        } else {
            word += character;
        }
    }
    if (!word.isEmpty()) {
        result << word;
    }
    return result;
}

} // namespace

TableFilter::TableFilter(QObject* parent) : QSortFilterProxyModel(parent)
{
    setSortRole(TableModel::SortRole);
    setDynamicSortFilter(true);
}

void TableFilter::setFilter(const QString& text)
{
    m_text = text;
    m_terms.clear();
    for (QString word : words(text)) {
        Term term;
        if (word.size() > 1 && word.startsWith(QLatin1Char('-'))) {
            term.excluded = true;
            word.remove(0, 1);
        }
        const qsizetype colon = word.indexOf(QLatin1Char(':'));
        term.text = word;
        if (colon > 0) {
            const QString id = word.left(colon).toLower();
            const auto* model = qobject_cast<const TableModel*>(sourceModel());
            const bool known =
                model != nullptr &&
                std::ranges::any_of(model->columns(), [&](const TableColumn& column) {
                    return column.id.toLower() == id;
                });
            if (known) {
                term.column = id;
                term.text = word.mid(colon + 1);
            }
        }
        m_terms.push_back(term);
    }
    invalidateFilter();
}

void TableFilter::setServerSide(bool serverSide)
{
    m_isServerSide = serverSide;
    invalidate();
    sort(-1);
}

void TableFilter::sort(int column, Qt::SortOrder order)
{
    QSortFilterProxyModel::sort(m_isServerSide ? -1 : column, order);
}

bool TableFilter::matches(const Term& term, int row) const
{
    const auto* model = qobject_cast<const TableModel*>(sourceModel());
    if (model == nullptr) {
        return true;
    }
    for (int column = 0; column < model->columnCount(); ++column) {
        const TableColumn& spec = model->columns()[static_cast<std::size_t>(column)];
        if (!term.column.isEmpty() && spec.id.toLower() != term.column) {
            continue;
        }
        if (model->index(row, column).data().toString().contains(term.text, Qt::CaseInsensitive)) {
            return true;
        }
    }
    return false;
}

bool TableFilter::filterAcceptsRow(int row, const QModelIndex&) const
{
    if (m_isServerSide) {
        return true;
    }
    return std::ranges::all_of(
        m_terms, [&](const Term& term) { return matches(term, row) != term.excluded; });
}

bool TableFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant first = left.data(TableModel::SortRole);
    const QVariant second = right.data(TableModel::SortRole);
    if (first.typeId() == QMetaType::QString) {
        return QString::compare(first.toString(), second.toString(), Qt::CaseInsensitive) < 0;
    }
    return QVariant::compare(first, second) == QPartialOrdering::Less;
}

} // namespace pilothouse::ui
