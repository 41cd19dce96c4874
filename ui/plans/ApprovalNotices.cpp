// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plans/ApprovalNotices.h"

#include "ui/shell/PageHost.h"
#include "ui/shell/ToastStack.h"

namespace pilothouse::ui {

ApprovalNotices::ApprovalNotices(MainWindow& window, QString pageId)
    : QObject(&window), m_window(window), m_pageId(std::move(pageId))
{
    connect(&window, &MainWindow::sessionChanged, this, &ApprovalNotices::followSession);
    followSession();
}

QString ApprovalNotices::objectOf(const plans::Approval& approval)
{
    return QStringLiteral("approvals/") + QString::fromStdString(approval.id);
}

void ApprovalNotices::followSession()
{
    if (m_session) {
        m_session->safety().disconnect(this);
    }
    m_session = m_window.session();
    m_known.clear();
    m_isFirst = true;
    if (m_session) {
        connect(&m_session->safety(), &SafetyFeed::changed, this, &ApprovalNotices::refresh);
    }
    refresh();
}

void ApprovalNotices::refresh()
{
    if (!m_session || !m_session->safety().isKnown()) {
        m_window.setBadge(m_pageId, 0);
        return;
    }
    const SafetyFeed& feed = m_session->safety();
    const std::string me = m_session->operatorName();
    const bool mayApprove = m_session->mayUse(QStringLiteral("plans.approve"));
    const int waiting = mayApprove ? feed.pendingOfOthers(me) : 0;
    const int ready = static_cast<int>(feed.safety().readyApprovals.size());
    m_window.setBadge(m_pageId, waiting + ready);
    QSet<QString> known;
    for (const plans::Approval& approval : feed.safety().pendingApprovals) {
        const QString id = QStringLiteral("pending/") + QString::fromStdString(approval.id);
        known.insert(id);
        if (mayApprove && approval.requester != me && !m_known.contains(id) && !m_isFirst) {
            tell(
                Severity::Warning,
                tr("%1 asks for approval: %2")
                    .arg(
                        QString::fromStdString(approval.requester),
                        QString::fromStdString(approval.plan.title)),
                approval);
        }
    }
    for (const plans::Approval& approval : feed.safety().readyApprovals) {
        const QString id = QStringLiteral("ready/") + QString::fromStdString(approval.id);
        known.insert(id);
        if (!m_known.contains(id) && !m_isFirst) {
            tell(
                Severity::Ok,
                tr("%1 approved: %2")
                    .arg(
                        QString::fromStdString(approval.decidedBy),
                        QString::fromStdString(approval.plan.title)),
                approval);
        }
    }
    m_known = known;
    m_isFirst = false;
}

void ApprovalNotices::tell(Severity severity, const QString& text, const plans::Approval& approval)
{
    // The sheet or the inbox that waits for it shows it already.
    const PageSpec* spec = m_window.pages().spec();
    if (spec != nullptr && spec->id == m_pageId) {
        return;
    }
    ToastMessage message;
    message.severity = severity;
    message.text = text;
    message.detail = QString::fromStdString(approval.plan.impact.summary);
    message.actionText = tr("Open");
    message.action =
        [window = QPointer<MainWindow>(&m_window), page = m_pageId, object = objectOf(approval)] {
            if (window) {
                window->showScreen(nullptr);
                window->pages().open(page, object);
            }
        };
    m_window.toasts().post(message);
}

} // namespace pilothouse::ui
