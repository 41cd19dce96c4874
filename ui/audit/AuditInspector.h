// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/audit/Entry.h"
#include "ui/theme/Theme.h"

#include <QWidget>

#include <optional>

class QTextEdit;

namespace pilothouse::ui {

class Button;
class FactList;
class StatusChip;
class TextLabel;

/// One entry with all its fields, and what changed in its object line by line: marked by sign and
/// colour.
class AuditInspector : public QWidget
{
    Q_OBJECT

public:
    explicit AuditInspector(const Theme& theme, QWidget* parent = nullptr);

    /// `isShownElsewhere`: a page can open its object.
    void setEntry(const audit::ChainedEntry& entry, bool isShownElsewhere);
    void setUtc(bool utc);
    /// In place of an entry: why it cannot be shown.
    void setError(const QString& error);
    QString factsText() const;
    QString diffText() const;

Q_SIGNALS:
    void actorWanted(const QString& actor);
    void targetWanted(const QString& target);
    void openWanted(const QString& target);

private:
    void showEntry();
    void showFacts();
    void showDiff(const audit::Entry& entry);

    const Theme& m_theme;
    std::optional<audit::ChainedEntry> m_entry;
    bool m_utc = true;
    bool m_isShownElsewhere = false;
    TextLabel* m_title;
    StatusChip* m_outcome;
    FactList* m_facts;
    TextLabel* m_diffTitle;
    QTextEdit* m_diff;
    Button* m_open;
    Button* m_actor;
    Button* m_target;
    Button* m_copyJson;
    Button* m_copyCommand;
};

} // namespace pilothouse::ui
