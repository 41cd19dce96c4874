// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/AccessViewModel.h"

#include "shared/client/AccessAdminClient.h"
#include "shared/client/AccessClient.h"
#include "shared/client/PlansClient.h"
#include "ui/components/FailedState.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

const auto kViewAccess = QStringLiteral("access.view");
const auto kManageAccess = QStringLiteral("access.manage");
const auto kPlans = QStringLiteral("plans.view");

template <typename T, typename Name>
const T* findBy(const std::vector<T>& all, const QString& wanted, Name name)
{
    const std::string key = wanted.toStdString();
    const auto found = std::ranges::find_if(all, [&](const T& one) { return name(one) == key; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace

AccessViewModel::AccessViewModel(Session& session, QObject* parent)
    : QObject(parent),
      m_session(session),
      m_operators(
          this,
          [&session](auto onDone) {
              return session.accessAdmin().listOperators({}, kMostOperators, std::move(onDone));
          },
          [this] { Q_EMIT operatorsChanged(); }),
      m_roles(
          this,
          [&session](auto onDone) { return session.accessAdmin().listRoles(std::move(onDone)); },
          [this] { Q_EMIT rolesChanged(); }),
      m_tokens(
          this,
          [&session](auto onDone) { return session.access().listTokens(std::move(onDone)); },
          [this] { Q_EMIT tokensChanged(); }),
      m_allSessions(
          this,
          [&session](auto onDone) {
              return session.accessAdmin().listAllSessions({}, kMostSessions, std::move(onDone));
          },
          [this] { takeSessions(); }),
      m_ownSessions(
          this,
          [&session](auto onDone) { return session.access().listSessions(std::move(onDone)); },
          [this] { takeSessions(); }),
      m_approvals(
          this,
          [&session](auto onDone) {
              return session.plans().listApprovals(
                  /*pendingOnly=*/false, kMostApprovals, std::move(onDone));
          },
          [this] { Q_EMIT approvalsChanged(); })
{
    connect(&session.safety(), &SafetyFeed::changed, this, &AccessViewModel::followSafety);
}

AccessViewModel::~AccessViewModel() = default;

void AccessViewModel::open()
{
    m_isOpen = true;
    m_revision = m_session.safety().isKnown() ? m_session.safety().safety().accessRevision : -1;
    refresh();
}

void AccessViewModel::close()
{
    m_isOpen = false;
    m_operators.cancel();
    m_roles.cancel();
    m_tokens.cancel();
    m_allSessions.cancel();
    m_ownSessions.cancel();
    m_approvals.cancel();
}

void AccessViewModel::refresh()
{
    if (m_session.mayUse(kViewAccess)) {
        m_operators.reload();
        m_roles.reload();
    }
    m_tokens.reload();
    // The own list says which session is this one.
    m_ownSessions.reload();
    if (seesAllSessions()) {
        m_allSessions.reload();
    }
    if (m_session.mayUse(kPlans)) {
        m_approvals.reload();
    }
}

void AccessViewModel::followSafety()
{
    if (!m_isOpen || !m_session.safety().isKnown()) {
        return;
    }
    const std::int64_t revision = m_session.safety().safety().accessRevision;
    if (std::exchange(m_revision, revision) != revision) {
        refresh();
    } else if (m_session.mayUse(kPlans)) {
        m_approvals.reload();
    }
}

bool AccessViewModel::seesAllSessions() const
{
    return m_session.mayUse(kManageAccess);
}

void AccessViewModel::takeSessions()
{
    m_sessions.clear();
    const auto& own = m_ownSessions.value();
    if (seesAllSessions()) {
        m_sessions = m_allSessions.value();
        for (access::OperatorSession& one : m_sessions) {
            one.session.current = std::ranges::any_of(own, [&](const access::Session& mine) {
                return mine.current && mine.id == one.session.id;
            });
        }
    } else {
        for (const access::Session& mine : own) {
            m_sessions.push_back({m_session.operatorName(), false, mine, {}});
        }
    }
    Q_EMIT sessionsChanged();
}

const access::Account* AccessViewModel::findOperator(const QString& name) const
{
    return findBy(operators(), name, [](const access::Account& one) { return one.who.name; });
}

const access::Role* AccessViewModel::findRole(const QString& name) const
{
    return findBy(roles(), name, [](const access::Role& one) { return one.name; });
}

const access::Token* AccessViewModel::findToken(const QString& id) const
{
    return findBy(tokens(), id, [](const access::Token& one) { return one.id; });
}

const access::OperatorSession* AccessViewModel::findSession(const QString& id) const
{
    return findBy(
        sessions(), id, [](const access::OperatorSession& one) { return one.session.id; });
}

const plans::Approval* AccessViewModel::findApproval(const QString& id) const
{
    return findBy(approvals(), id, [](const plans::Approval& one) { return one.id; });
}

template <typename T>
DataState AccessViewModel::stateOf(
    const Fetched<T>& list, const QString& permission, const QString& emptyText) const
{
    const QString forbidden = m_session.forbiddenReason(permission);
    if (!forbidden.isEmpty()) {
        return {DataState::Kind::Forbidden, forbidden, {}, {}};
    }
    if (!list.error().ok()) {
        return failedState(list.error());
    }
    if (!list.isLoaded()) {
        return {};
    }
    return list.value().empty() ? DataState{DataState::Kind::Empty, emptyText, {}, {}}
                                : DataState::live();
}

DataState AccessViewModel::operatorsState() const
{
    return stateOf(m_operators, kViewAccess, tr("There is no operator."));
}

DataState AccessViewModel::rolesState() const
{
    return stateOf(m_roles, kViewAccess, tr("There is no role."));
}

DataState AccessViewModel::tokensState() const
{
    return stateOf(
        m_tokens, {}, tr("You have no personal token. Scripts and pilothousectl use them."));
}

DataState AccessViewModel::sessionsState() const
{
    return seesAllSessions()
               ? stateOf(m_allSessions, kManageAccess, tr("Nobody is signed in."))
               : stateOf(
                     m_ownSessions, {}, tr("You are here without a session: by the local socket."));
}

DataState AccessViewModel::approvalsState() const
{
    return stateOf(m_approvals, kPlans, tr("Nothing was asked for approval."));
}

client::OnDone<client::Nothing> AccessViewModel::answered(
    const QString& what, const QString& doneText)
{
    return onGuiThread<client::Nothing>(
        this, [this, what, doneText](const absl::StatusOr<client::Nothing>& answer) {
            if (answer.ok()) {
                Q_EMIT done(doneText);
                refresh();
            } else {
                Q_EMIT failed(what, answer.status());
            }
        });
}

void AccessViewModel::revokeToken(const QString& id)
{
    const access::Token* token = findToken(id);
    const QString name = token != nullptr ? QString::fromStdString(token->name) : id;
    m_action = m_session.access().revokeToken(
        id.toStdString(), answered(tr("Revoke %1").arg(name), tr("%1 is revoked").arg(name)));
}

void AccessViewModel::revokeSession(const QString& id)
{
    m_action = m_session.access().revokeSession(
        id.toStdString(), answered(tr("End the session"), tr("The session is ended")));
}

void AccessViewModel::withdraw(const QString& approvalId)
{
    m_action = m_session.plans().withdrawApproval(
        approvalId.toStdString(),
        onGuiThread<plans::Approval>(this, [this](const absl::StatusOr<plans::Approval>& answer) {
            if (answer.ok()) {
                Q_EMIT done(tr("The request is withdrawn"));
                m_approvals.reload();
            } else {
                Q_EMIT failed(tr("Withdraw"), answer.status());
            }
        }));
}

} // namespace pilothouse::ui
