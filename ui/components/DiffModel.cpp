// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/DiffModel.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

using Kind = DiffRow::Kind;

QStringList linesOf(const QString& text)
{
    if (text.isEmpty()) {
        return {};
    }
    QStringList lines = text.split(QLatin1Char('\n'));
    if (lines.back().isEmpty()) {
        lines.removeLast();
    }
    return lines;
}

} // namespace

void DiffModel::setTexts(const QString& before, const QString& after)
{
    beginResetModel();
    m_before = linesOf(before);
    m_after = linesOf(after);
    m_rows = diffLines(m_before, m_after);
    const auto count = [this](Kind kind) {
        return static_cast<int>(std::ranges::count(m_rows, kind, &DiffRow::kind));
    };
    m_added = count(Kind::Added);
    m_removed = count(Kind::Removed);
    m_changed = count(Kind::Changed);
    arrange();
    endResetModel();
}

void DiffModel::setFolded(bool folded)
{
    if (folded != m_isFolded) {
        beginResetModel();
        m_isFolded = folded;
        arrange();
        endResetModel();
    }
}

void DiffModel::arrange()
{
    m_shown.clear();
    m_changes.clear();
    const int size = static_cast<int>(m_rows.size());
    for (int row = 0; row < size;) {
        if (m_rows[static_cast<std::size_t>(row)].kind != Kind::Same) {
            const bool begins =
                row == 0 || m_rows[static_cast<std::size_t>(row) - 1].kind == Kind::Same;
            if (begins) {
                m_changes.push_back(static_cast<int>(m_shown.size()));
            }
            m_shown.push_back({row, 0});
            ++row;
            continue;
        }
        int end = row;
        while (end < size && m_rows[static_cast<std::size_t>(end)].kind == Kind::Same) {
            ++end;
        }
        const int head = row == 0 ? 0 : kContext;
        const int tail = end == size ? 0 : kContext;
        // Folding one line would save nothing.
        const bool folds = m_isFolded && end - row > head + tail + 1;
        for (int line = row; line < end; ++line) {
            if (folds && line == row + head) {
                m_shown.push_back({line, end - row - head - tail});
                line = end - tail;
                if (line == end) {
                    break;
                }
            }
            m_shown.push_back({line, 0});
        }
        row = end;
    }
}

QString DiffModel::lineOf(const DiffRow& row, int column) const
{
    const int line = column == BeforeColumn ? row.before : row.after;
    return line < 0 ? QString() : (column == BeforeColumn ? m_before : m_after)[line];
}

QString DiffModel::spoken(const DiffRow& row) const
{
    switch (row.kind) {
    case Kind::Same:
        return tr("same, line %1: %2").arg(row.after + 1).arg(m_after[row.after]);
    case Kind::Changed:
        return tr("changed, line %1: before %2, after %3")
            .arg(row.after + 1)
            .arg(m_before[row.before], m_after[row.after]);
    case Kind::Added:
        return tr("added, line %1: %2").arg(row.after + 1).arg(m_after[row.after]);
    case Kind::Removed:
        break;
    }
    return tr("removed, line %1: %2").arg(row.before + 1).arg(m_before[row.before]);
}

QString DiffModel::patchText() const
{
    QStringList lines;
    for (const DiffRow& row : m_rows) {
        if (row.kind == Kind::Same) {
            lines << QLatin1Char(' ') + m_after[row.after];
            continue;
        }
        if (row.before >= 0) {
            lines << QLatin1Char('-') + m_before[row.before];
        }
        if (row.after >= 0) {
            lines << QLatin1Char('+') + m_after[row.after];
        }
    }
    return lines.join(QLatin1Char('\n'));
}

int DiffModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int DiffModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DiffModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const Shown& shown = m_shown[static_cast<std::size_t>(index.row())];
    const DiffRow& row = m_rows[static_cast<std::size_t>(shown.row)];
    const bool isBefore = index.column() == BeforeColumn;
    if (shown.folded > 0) {
        switch (role) {
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole:
            return isBefore ? tr("%1 unchanged lines").arg(shown.folded) : QString();
        case KindRole:
            return -1;
        default:
            return {};
        }
    }
    switch (role) {
    case Qt::DisplayRole:
        return lineOf(row, index.column());
    case Qt::AccessibleTextRole:
        return isBefore ? spoken(row) : lineOf(row, index.column());
    case Qt::ToolTipRole: {
        constexpr qsizetype kWorthShowing = 60;
        const QString line = lineOf(row, index.column());
        return line.size() > kWorthShowing ? QVariant(line) : QVariant();
    }
    case KindRole:
        return static_cast<int>(row.kind);
    case NumberRole:
        return (isBefore ? row.before : row.after) + 1;
    case OtherRole:
        return lineOf(row, isBefore ? AfterColumn : BeforeColumn);
    default:
        return {};
    }
}

QVariant DiffModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == BeforeColumn ? tr("Before") : tr("After");
}

} // namespace pilothouse::ui
