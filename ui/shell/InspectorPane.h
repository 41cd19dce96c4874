// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QPointer>
#include <QWidget>

class QVBoxLayout;

namespace pilothouse::ui {

/// The place at the right where a page shows the details of its selection. It owns nothing: the
/// page's widget is lent while the page is shown.
class InspectorPane : public QWidget
{
    Q_OBJECT

public:
    explicit InspectorPane(const Theme& theme, QWidget* parent = nullptr);

    /// Null: nothing to show.
    void setDetails(QWidget* details);
    bool hasDetails() const { return !m_details.isNull(); }
    void focusFirst();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QPointer<QWidget> m_details;
    QPointer<QWidget> m_owner;
    QVBoxLayout* m_layout;
};

} // namespace pilothouse::ui
