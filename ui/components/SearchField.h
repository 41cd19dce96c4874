// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QLineEdit>
#include <QTimer>

namespace pilothouse::ui {

/// A field to search or filter with. `searched` comes when typing pauses, at once on Enter; Escape
/// clears, and with nothing to clear goes on to the parent.
class SearchField : public QLineEdit
{
    Q_OBJECT

public:
    static constexpr int kPauseMs = 120;

    /// `name` is the placeholder and the accessible name.
    SearchField(const Theme& theme, const QString& name, QWidget* parent = nullptr);

Q_SIGNALS:
    void searched(const QString& text);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void search();

    QAction* m_icon;
    QTimer m_pause;
    QString m_last;
};

} // namespace pilothouse::ui
