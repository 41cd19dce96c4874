// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/SessionOpener.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/Sheet.h"

#include <QObject>
#include <QPointer>

namespace pilothouse::ui {

class ConnectionManager;
class MessageScreen;

/// Leads one window from "which server?" to live pages, and back when something is asked:
/// certificate, sign-in, another version. It owns nothing of the window but the screens and sheets
/// that it shows.
class ConnectionFlow : public QObject
{
    Q_OBJECT

public:
    ConnectionFlow(MainWindow& window, SessionOpener& opener);

    void showManager();
    void open(const ConnectionProfile& profile);
    /// Shown in the manager until it is solved.
    void setNotice(Severity severity, const QString& text);

private:
    void onOpened(const std::shared_ptr<Session>& session);
    void onFailed(const absl::Status& error);
    void onWorkspace();
    void onState();
    void onAction(ConnectionAction action);
    void cancel();
    void showTrust();
    void showSignIn();
    void showIncompatible();
    void showWorkspace();
    void closeOwnSheet();
    /// Back to the pages.
    void leaveScreen();
    bool isLocal() const;

    MainWindow& m_window;
    SessionOpener& m_opener;
    QPointer<ConnectionManager> m_manager;
    QPointer<MessageScreen> m_message;
    QPointer<Sheet> m_sheet;
    Severity m_noticeSeverity = Severity::Info;
    QString m_notice;
};

} // namespace pilothouse::ui
