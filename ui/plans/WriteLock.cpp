// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plans/WriteLock.h"

#include "shared/client/PlansClient.h"
#include "ui/plans/LeaseSheet.h"
#include "ui/plans/LockText.h"
#include "ui/session/OnGuiThread.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/ToastStack.h"

#include "shared/base/StatusHelpers.h"

#include <algorithm>

namespace pilothouse::ui {

WriteLock::WriteLock(MainWindow& window) : QObject(&window), m_window(window)
{
    Command command;
    command.id = commandId();
    command.title = tr("Unlock or lock writes");
    command.icon = QStringLiteral("lock");
    command.shortcut = QKeySequence(Qt::CTRL | Qt::Key_L);
    command.section = tr("Actions");
    command.disabledReason = [this] { return disabledReason(); };
    command.run = [this] { toggle(); };
    window.commands().add(std::move(command));
    connect(&window, &MainWindow::sessionChanged, this, &WriteLock::followSession);
    connect(&window.band(), &EnvBand::lockRequested, this, [this] {
        m_window.commands().run(commandId());
    });
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &WriteLock::refresh);
    followSession();
}

QString WriteLock::commandId()
{
    return QStringLiteral("writes.lock");
}

void WriteLock::followSession()
{
    if (m_session) {
        m_session->safety().disconnect(this);
    }
    m_call.reset();
    m_left = absl::ZeroDuration();
    m_session = m_window.session();
    if (m_session) {
        connect(&m_session->safety(), &SafetyFeed::changed, this, [this] {
            m_ahead = m_session->safety().isKnown()
                          ? m_session->safety().safety().serverTime - m_window.context().clock.now()
                          : absl::ZeroDuration();
            refresh();
            m_window.commands().refresh();
        });
    }
    refresh();
}

absl::Time WriteLock::serverNow() const
{
    return m_window.context().clock.now() + m_ahead;
}

void WriteLock::refresh()
{
    if (!m_session || !m_session->safety().isKnown()) {
        m_tick.stop();
        m_window.band().setLock(std::nullopt);
        return;
    }
    const plans::Safety& safety = m_session->safety().safety();
    const QString key =
        m_window.commands().shortcut(commandId()).toString(QKeySequence::NativeText);
    m_window.band().setLock(describeLock(safety, serverNow(), key));
    const absl::Duration left =
        safety.needsLease && safety.lease
            ? std::max(absl::ZeroDuration(), safety.lease->expireTime - serverNow())
            : absl::ZeroDuration();
    announce(left);
    if ((left > absl::ZeroDuration()) != m_tick.isActive()) {
        left > absl::ZeroDuration() ? m_tick.start() : m_tick.stop();
    }
}

void WriteLock::announce(absl::Duration left)
{
    const absl::Duration before = std::exchange(m_left, left);
    const QString warning = leaseWarning(before, left);
    if (warning.isEmpty()) {
        return;
    }
    ToastMessage message;
    message.severity = left > absl::ZeroDuration() ? Severity::Warning : Severity::Info;
    message.text = warning;
    message.actionText = left > absl::ZeroDuration() ? tr("Extend…") : tr("Unlock…");
    message.action = [self = QPointer<WriteLock>(this)] {
        if (self) {
            self->unlock();
        }
    };
    message.milliseconds = 12000;
    m_window.toasts().post(message);
}

QString WriteLock::disabledReason() const
{
    if (!m_session) {
        return tr("No connection chosen");
    }
    if (!m_session->isUsable()) {
        return m_session->unusableReason();
    }
    const SafetyFeed& feed = m_session->safety();
    if (!feed.isKnown()) {
        return tr("The server has not said yet whether writes are locked");
    }
    if (!feed.safety().needsLease) {
        return tr("Writes are never locked in this environment");
    }
    return feed.isLocked() ? m_session->forbiddenReason(QStringLiteral("plans.operate"))
                           : QString();
}

void WriteLock::toggle()
{
    m_session->safety().isLocked() ? unlock() : lock();
}

void WriteLock::unlock()
{
    if (m_session && m_window.sheets().sheet() == nullptr) {
        m_window.sheets().open(new LeaseSheet(m_window.context().theme, *m_session, {}));
    }
}

void WriteLock::lock()
{
    // Who ends it need not be told that it ended.
    m_left = absl::ZeroDuration();
    m_call = m_session->plans().endLease(
        onGuiThread<client::Nothing>(this, [this](const absl::StatusOr<client::Nothing>& answer) {
            if (!answer.ok()) {
                ToastMessage message;
                message.severity = Severity::Error;
                message.text = tr("Writes are still unlocked");
                message.detail = QString::fromStdString(describe(answer.status()));
                m_window.toasts().post(message);
            }
        }));
}

} // namespace pilothouse::ui
