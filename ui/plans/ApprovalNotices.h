// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/MainWindow.h"

#include <QSet>

namespace pilothouse::ui {

/// Tells a window's operator, on whatever page, that somebody asks for approval or has approved:
/// a number in the navigation and a message that leads to the inbox. Lives with its window.
class ApprovalNotices : public QObject
{
    Q_OBJECT

public:
    /// `pageId`: the page with the inbox.
    ApprovalNotices(MainWindow& window, QString pageId);

    /// Object of that page that opens one approval.
    static QString objectOf(const plans::Approval& approval);

private:
    void followSession();
    void refresh();
    void tell(Severity severity, const QString& text, const plans::Approval& approval);

    MainWindow& m_window;
    QString m_pageId;
    QPointer<Session> m_session;
    /// Told already, or there when the session began.
    QSet<QString> m_known;
    bool m_isFirst = true;
};

} // namespace pilothouse::ui
