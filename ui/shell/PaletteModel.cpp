// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/PaletteModel.h"

#include "ui/shell/FuzzyMatch.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// What was used lately comes before anything that merely matches as well.
constexpr int kRecentBonus = 12;
constexpr int kDisabledCost = 40;

} // namespace

PaletteModel::PaletteModel(QObject* parent) : QAbstractListModel(parent) {}

void PaletteModel::setEntries(std::vector<PaletteEntry> entries)
{
    m_entries = std::move(entries);
    m_folded.clear();
    m_folded.reserve(m_entries.size());
    for (const PaletteEntry& entry : m_entries) {
        m_folded.push_back(entry.title.toCaseFolded());
    }
}

int PaletteModel::sectionRank(const QString& section) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&](const auto& entry) {
        return entry.section == section;
    });
    return static_cast<int>(found - m_entries.begin());
}

void PaletteModel::search(const QString& pattern, const QString& section)
{
    const QString folded = pattern.trimmed().toCaseFolded();
    std::vector<Found> found;
    for (std::size_t index = 0; index < m_entries.size(); ++index) {
        const PaletteEntry& entry = m_entries[index];
        if (!section.isEmpty() && entry.section != section) {
            continue;
        }
        const auto score = fuzzyScore(folded, m_folded[index]);
        if (!score) {
            continue;
        }
        const qsizetype recent = entry.id.isEmpty() ? -1 : m_recent.indexOf(entry.id);
        const int bonus =
            recent < 0 ? 0 : kRecentBonus + static_cast<int>(m_recent.size() - recent);
        found.push_back(
            {index, *score + bonus - (entry.disabledReason.isEmpty() ? 0 : kDisabledCost)});
    }
    std::stable_sort(found.begin(), found.end(), [](const Found& left, const Found& right) {
        return left.score > right.score;
    });
    found.resize(std::min(found.size(), kMostShown));
    // Sections come in the order of their best line; with nothing typed, in their own order.
    std::vector<QString> order;
    for (const Found& line : found) {
        const QString& name = m_entries[line.entry].section;
        if (std::find(order.begin(), order.end(), name) == order.end()) {
            order.push_back(name);
        }
    }
    if (folded.isEmpty()) {
        std::stable_sort(
            order.begin(), order.end(), [this](const QString& left, const QString& right) {
                return sectionRank(left) < sectionRank(right);
            });
    }
    beginResetModel();
    m_shown.clear();
    for (const QString& name : order) {
        for (const Found& line : found) {
            if (m_entries[line.entry].section == name) {
                m_shown.push_back(m_entries[line.entry]);
            }
        }
    }
    endResetModel();
}

void PaletteModel::showOnly(std::vector<PaletteEntry> entries)
{
    beginResetModel();
    m_shown = std::move(entries);
    endResetModel();
}

const PaletteEntry* PaletteModel::entry(int row) const
{
    const auto index = static_cast<std::size_t>(row);
    return row >= 0 && index < m_shown.size() ? &m_shown[index] : nullptr;
}

int PaletteModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const
{
    const PaletteEntry* line = entry(index.row());
    if (line == nullptr) {
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        return line->title;
    case Qt::AccessibleTextRole:
        return line->disabledReason.isEmpty()
                   ? tr("%1, %2 %3").arg(line->title, line->section, line->detail)
                   : tr("%1, unavailable: %2").arg(line->title, line->disabledReason);
    case SectionRole:
        return line->section;
    case DetailRole:
        return line->detail;
    case IconRole:
        return line->icon;
    case ReasonRole:
        return line->disabledReason;
    case FirstOfSectionRole: {
        const PaletteEntry* before = entry(index.row() - 1);
        return before == nullptr || before->section != line->section;
    }
    default:
        return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const
{
    // Also what is disabled can be chosen: choosing it says why it does not run.
    return index.isValid() ? Qt::ItemIsSelectable | Qt::ItemIsEnabled : Qt::NoItemFlags;
}

} // namespace pilothouse::ui
