// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/Page.h"
#include "ui/theme/Severity.h"

namespace pilothouse::ui {

class FactList;
class MessageBar;
class StatusChip;
class TextLabel;

/// What the inspector says of one operator, role, token, session or request.
struct Record
{
    QString title;
    QString subtitle = {};
    Severity severity = Severity::Unknown;
    QString word = {};
    /// A sentence that must be read, or empty.
    QString note = {};
    Severity noteSeverity = Severity::Info;
    std::vector<std::pair<QString, QString>> facts = {};

    bool operator==(const Record&) const = default;
};

/// A Record with the verbs on it.
class RecordPane : public QWidget
{
    Q_OBJECT

public:
    RecordPane(const PageContext& context, const QStringList& commandIds, QWidget* parent);

    void setRecord(const Record& record);
    const Record& record() const { return m_record; }

private:
    Record m_record;
    TextLabel* m_title;
    TextLabel* m_subtitle;
    StatusChip* m_chip;
    MessageBar* m_note;
    FactList* m_facts;
};

} // namespace pilothouse::ui
