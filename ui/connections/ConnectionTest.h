// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/SessionOpener.h"
#include "ui/theme/Severity.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace pilothouse::ui {

/// Tries a profile as it stands in the form, without keeping anything: how far does a connection
/// get? It signs nobody in and trusts nothing. GUI thread only.
class ConnectionTest : public QObject
{
    Q_OBJECT

public:
    static constexpr int kDeadlineMs = 8000;

    ConnectionTest(const SessionOpener& opener, QObject* parent = nullptr);

    void start(const ConnectionProfile& profile);
    bool isRunning() const { return m_session != nullptr; }

Q_SIGNALS:
    void finished(pilothouse::ui::Severity severity, const QString& text);

private:
    void onState();
    void finish(Severity severity, const QString& text);

    const SessionOpener& m_opener;
    std::unique_ptr<Session> m_session;
    QTimer m_deadline;
};

} // namespace pilothouse::ui
