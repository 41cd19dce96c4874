// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/StateView.h"
#include "ui/session/Fetched.h"
#include "ui/session/Session.h"

#include <QObject>

namespace pilothouse::ui {

/// "Who may do what here?": operators, roles, the operator's own tokens, sessions and the approvals
/// inbox. Lists are read again when the server says that they changed. What the operator may not
/// see is not asked for. GUI thread only.
class AccessViewModel : public QObject
{
    Q_OBJECT

public:
    static constexpr int kMostOperators = 10'000;
    static constexpr int kMostSessions = 10'000;
    static constexpr int kMostApprovals = 500;

    explicit AccessViewModel(Session& session, QObject* parent = nullptr);
    ~AccessViewModel() override;

    void open();
    void close();
    void refresh();

    const std::vector<access::Account>& operators() const { return m_operators.value(); }
    const std::vector<access::Role>& roles() const { return m_roles.value(); }
    const std::vector<access::Token>& tokens() const { return m_tokens.value(); }
    /// Of all operators where that is allowed, else the operator's own.
    const std::vector<access::OperatorSession>& sessions() const { return m_sessions; }
    bool seesAllSessions() const;
    const std::vector<plans::Approval>& approvals() const { return m_approvals.value(); }

    const access::Account* findOperator(const QString& name) const;
    const access::Role* findRole(const QString& name) const;
    const access::Token* findToken(const QString& id) const;
    const access::OperatorSession* findSession(const QString& id) const;
    const plans::Approval* findApproval(const QString& id) const;

    DataState operatorsState() const;
    DataState rolesState() const;
    DataState tokensState() const;
    DataState sessionsState() const;
    DataState approvalsState() const;

    void revokeToken(const QString& id);
    /// One of the operator's own sessions.
    void revokeSession(const QString& id);
    void withdraw(const QString& approvalId);

Q_SIGNALS:
    void operatorsChanged();
    void rolesChanged();
    void tokensChanged();
    void sessionsChanged();
    void approvalsChanged();
    void done(const QString& text);
    void failed(const QString& what, const absl::Status& status);

private:
    void followSafety();
    void takeSessions();
    template <typename T>
    DataState stateOf(
        const Fetched<T>& list, const QString& permission, const QString& emptyText) const;
    client::OnDone<client::Nothing> answered(const QString& what, const QString& doneText);

    Session& m_session;
    bool m_isOpen = false;
    std::int64_t m_revision = -1;
    Fetched<std::vector<access::Account>> m_operators;
    Fetched<std::vector<access::Role>> m_roles;
    Fetched<std::vector<access::Token>> m_tokens;
    Fetched<std::vector<access::OperatorSession>> m_allSessions;
    Fetched<std::vector<access::Session>> m_ownSessions;
    Fetched<std::vector<plans::Approval>> m_approvals;
    std::vector<access::OperatorSession> m_sessions;
    client::CallPtr m_action;
};

} // namespace pilothouse::ui
