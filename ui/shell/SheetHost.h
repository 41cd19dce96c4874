// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QPointer>
#include <QScrollArea>
#include <QWidget>

namespace pilothouse::ui {

class Sheet;

/// Shows one sheet at a time over the window's content: dims and covers what is behind, keeps the
/// focus inside, and gives it back when the sheet closes. The band stays uncovered.
class SheetHost : public QWidget
{
    Q_OBJECT

public:
    SheetHost(const Theme& theme, QWidget& content);

    /// Takes ownership; an open sheet is closed first.
    void open(Sheet* sheet);
    void close();
    Sheet* sheet() const { return m_sheet; }

Q_SIGNALS:
    void openChanged(bool isOpen);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    void place();

    const Theme& m_theme;
    QWidget& m_content;
    QScrollArea* m_scroll;
    QPointer<Sheet> m_sheet;
    QPointer<QWidget> m_focusBefore;
};

} // namespace pilothouse::ui
