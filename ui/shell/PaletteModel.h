// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/CommandRegistry.h"
#include "ui/theme/Theme.h"

#include <QAbstractListModel>
#include <QStringList>

#include <functional>
#include <vector>

namespace pilothouse::ui {

/// One line that the palette can offer.
struct PaletteEntry
{
    QString section;
    QString title;
    /// At the right: the key, or a detail.
    QString detail;
    QString icon;
    /// Why it cannot run; empty when it can.
    QString disabledReason;
    /// Stable name for "recent first"; empty for what is not remembered.
    QString id;
    std::function<void()> run;
};

/// What matches the text in the palette, best first within its section; sections in a fixed order.
class PaletteModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        SectionRole = Qt::UserRole + 1,
        DetailRole,
        IconRole,
        ReasonRole,
        FirstOfSectionRole
    };
    /// Lines shown at most: more than fit are found by typing on.
    static constexpr std::size_t kMostShown = 60;

    explicit PaletteModel(QObject* parent = nullptr);

    /// Everything that can be found; folded once here.
    void setEntries(std::vector<PaletteEntry> entries);
    /// Ids used lately, newest first.
    void setRecent(const QStringList& ids) { m_recent = ids; }
    /// `section` empty: all.
    void search(const QString& pattern, const QString& section = {});
    /// Shows exactly these (help, time ranges).
    void showOnly(std::vector<PaletteEntry> entries);

    const PaletteEntry* entry(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Found
    {
        std::size_t entry;
        int score;
    };

    int sectionRank(const QString& section) const;

    std::vector<PaletteEntry> m_entries;
    std::vector<QString> m_folded;
    std::vector<PaletteEntry> m_shown;
    QStringList m_recent;
};

} // namespace pilothouse::ui
