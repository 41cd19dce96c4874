// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scaling/ScalingViewModel.h"

#include "ui/components/FailedState.h"
#include "ui/session/OnGuiThread.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// What an inspector can show; the rest is told by pilothousectl.
constexpr int kMostHistory = 100;

} // namespace

ScalingViewModel::ScalingViewModel(client::ScalingClient& scaling, QObject* parent)
    : QObject(parent), m_scaling(scaling)
{}

ScalingViewModel::~ScalingViewModel() = default;

void ScalingViewModel::open()
{
    if (isOpen()) {
        return;
    }
    m_error = absl::OkStatus();
    m_box = std::make_unique<LiveMailbox<std::vector<scaling::PolicyState>>>(
        1, [this](std::vector<std::vector<scaling::PolicyState>> updates) {
            take(std::move(updates.back()));
        });
    m_watch =
        m_scaling.watchPolicies({}, m_box->sink(), onGuiThread(this, [this](absl::Status status) {
                                    if (!status.ok() && !absl::IsCancelled(status)) {
                                        m_error = status;
                                        refreshState();
                                        Q_EMIT changed();
                                    }
                                }));
    refreshState();
}

void ScalingViewModel::close()
{
    m_watch.reset();
}

void ScalingViewModel::refresh()
{
    if (!isOpen()) {
        return;
    }
    close();
    m_isKnown = false;
    m_policies.clear();
    open();
    m_asked.reset();
    askHistory();
    Q_EMIT changed();
}

void ScalingViewModel::take(std::vector<scaling::PolicyState> policies)
{
    if (!isOpen()) {
        return;
    }
    m_isKnown = true;
    m_policies = std::move(policies);
    refreshState();
    const scaling::PolicyState* chosen = find(m_chosen);
    if (chosen != nullptr && chosen->record != m_asked) {
        askHistory();
    }
    Q_EMIT changed();
}

const scaling::PolicyState* ScalingViewModel::find(const QString& policy) const
{
    const auto found = std::ranges::find_if(m_policies, [&](const scaling::PolicyState& state) {
        return state.policy.name == policy.toStdString();
    });
    return found == m_policies.end() ? nullptr : &*found;
}

void ScalingViewModel::choose(const QString& policy)
{
    if (policy == m_chosen) {
        return;
    }
    m_chosen = policy;
    m_history.clear();
    m_historyState = {};
    askHistory();
    Q_EMIT historyChanged();
}

void ScalingViewModel::askHistory()
{
    m_historyCall.reset();
    if (m_chosen.isEmpty()) {
        return;
    }
    const scaling::PolicyState* chosen = find(m_chosen);
    m_asked = chosen == nullptr ? std::nullopt : chosen->record;
    m_historyCall = m_scaling.listDecisions(
        m_chosen.toStdString(),
        kMostHistory,
        onGuiThread<std::vector<
            scaling::Record>>(this, [this](absl::StatusOr<std::vector<scaling::Record>> records) {
            if (!records.ok()) {
                m_historyState = failedState(records.status());
            } else {
                m_history = *std::move(records);
                m_historyState =
                    m_history.empty()
                        ? DataState{DataState::Kind::Empty, tr("Nothing was decided yet."), {}, {}}
                        : DataState::live();
            }
            Q_EMIT historyChanged();
        }));
}

void ScalingViewModel::refreshState()
{
    if (!m_error.ok()) {
        m_state = failedState(m_error);
    } else if (!m_isKnown) {
        m_state = {};
    } else if (m_policies.empty()) {
        m_state = {
            DataState::Kind::Empty,
            tr("No autoscaling policy is configured."),
            tr("[[scaling.policies]] in the server's configuration makes one."),
            {}};
    } else {
        m_state = DataState::live();
    }
}

} // namespace pilothouse::ui
