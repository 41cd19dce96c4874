// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/audit/Filter.h"
#include "ui/theme/Theme.h"

#include <QWidget>

namespace pilothouse::ui {

class Button;
class SearchField;

/// The conditions of a filter: words, actor, action, object, results as chips, and whether the
/// window's time range counts.
class AuditFilterBar : public QWidget
{
    Q_OBJECT

public:
    explicit AuditFilterBar(const Theme& theme, QWidget* parent = nullptr);

    audit::Filter filter() const;
    /// Shows a filter without telling of it.
    void setFilter(const audit::Filter& filter);
    bool isInTimeRange() const;
    void setInTimeRange(bool inTimeRange);
    void focusText();
    QWidget* firstField() const;

Q_SIGNALS:
    void changed();

private:
    SearchField* addField(const Theme& theme, const QString& name, const QString& hint);
    Button* addChip(const Theme& theme, const QString& text, const QString& hint);

    SearchField* m_text = nullptr;
    SearchField* m_actor = nullptr;
    SearchField* m_action = nullptr;
    SearchField* m_target = nullptr;
    Button* m_ok = nullptr;
    Button* m_denied = nullptr;
    Button* m_failed = nullptr;
    Button* m_inTimeRange = nullptr;
    bool m_isSetting = false;
};

} // namespace pilothouse::ui
