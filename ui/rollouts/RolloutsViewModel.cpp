// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/RolloutsViewModel.h"

#include "shared/client/RolloutsClient.h"
#include "ui/components/FailedState.h"

#include <utility>

namespace pilothouse::ui {

RolloutsViewModel::RolloutsViewModel(
    client::RolloutsClient& rollouts, const Clock& clock, QObject* parent)
    : QObject(parent),
      m_rollouts(rollouts),
      m_feed(rollouts, clock),
      m_history(
          this,
          [this](client::OnDone<std::vector<rollouts::Rollout>> onDone) {
              return m_rollouts.listRollouts(
                  m_askedApplication.toStdString(), kHistory, std::move(onDone));
          },
          [this] {
              m_historyState =
                  !m_history.error().ok() ? failedState(m_history.error())
                  : m_history.value().empty()
                      ? DataState{DataState::Kind::Empty, tr("Nothing was rolled out yet."), {}, {}}
                      : DataState::live();
              Q_EMIT historyChanged();
          }),
      m_current(
          this,
          [this](client::OnDone<client::RolloutReceipt> onDone) {
              return m_rollouts.getRollout(m_askedRollout, std::move(onDone));
          },
          [this] {
              m_eventsState =
                  m_current.error().ok() ? DataState::live() : failedState(m_current.error());
              Q_EMIT eventsChanged();
          }),
      m_receipt(
          this,
          [this](client::OnDone<client::RolloutReceipt> onDone) {
              return m_rollouts.getRollout(m_receiptId.toStdString(), std::move(onDone));
          },
          [this] { Q_EMIT receiptChanged(); })
{
    connect(&m_feed, &RolloutFeed::changed, this, &RolloutsViewModel::take);
    connect(&m_feed, &RolloutFeed::verbsChanged, this, &RolloutsViewModel::verbsChanged);
}

void RolloutsViewModel::open()
{
    if (!isOpen()) {
        m_feed.open();
    }
}

void RolloutsViewModel::close()
{
    m_feed.close();
}

void RolloutsViewModel::refresh()
{
    m_askedApplication.clear();
    if (isOpen()) {
        m_feed.open();
    }
}

QStringList RolloutsViewModel::names() const
{
    QStringList names;
    for (const rollouts::Application& one : m_feed.applications()) {
        names << QString::fromStdString(one.name);
    }
    return names;
}

const rollouts::Application* RolloutsViewModel::application() const
{
    const rollouts::Application* found = m_feed.find(m_chosen);
    if (found == nullptr && !m_feed.applications().empty()) {
        found = &m_feed.applications().front();
    }
    return found;
}

void RolloutsViewModel::choose(const QString& name)
{
    if (name != m_chosen) {
        m_chosen = name;
        closeReceipt();
        take();
        Q_EMIT verbsChanged();
    }
}

void RolloutsViewModel::take()
{
    askWhatChanged();
    refreshState();
    Q_EMIT changed();
}

/// History and log have no stream of their own: they are asked for again when the rollout changed.
void RolloutsViewModel::askWhatChanged()
{
    const rollouts::Application* chosen = application();
    if (chosen == nullptr || !isOpen()) {
        return;
    }
    const QString name = QString::fromStdString(chosen->name);
    const std::string rollout = chosen->rollout ? chosen->rollout->id : std::string();
    const std::int64_t generation = chosen->rollout ? chosen->rollout->generation : 0;
    if (name == m_askedApplication && rollout == m_askedRollout &&
        generation == m_askedGeneration) {
        return;
    }
    if (name != m_askedApplication) {
        m_historyState = {};
        m_eventsState = {};
    }
    m_askedApplication = name;
    m_askedRollout = rollout;
    m_askedGeneration = generation;
    m_history.reload();
    if (rollout.empty()) {
        m_current.cancel();
        m_eventsState = {DataState::Kind::Empty, tr("Nothing was rolled out yet."), {}, {}};
        Q_EMIT eventsChanged();
    } else {
        m_current.reload();
    }
    if (m_receiptId.toStdString() == rollout && !rollout.empty()) {
        m_receipt.reload();
    }
}

const client::RolloutReceipt* RolloutsViewModel::receipt() const
{
    const client::RolloutReceipt& loaded = m_receipt.value();
    return !m_receiptId.isEmpty() && loaded.rollout.id == m_receiptId.toStdString() ? &loaded
                                                                                    : nullptr;
}

void RolloutsViewModel::openReceipt(const QString& id)
{
    if (id != m_receiptId) {
        m_receiptId = id;
        m_receipt.reload();
    }
}

void RolloutsViewModel::closeReceipt()
{
    if (!m_receiptId.isEmpty()) {
        m_receiptId.clear();
        m_receipt.cancel();
        Q_EMIT receiptChanged();
    }
}

void RolloutsViewModel::refreshState()
{
    if (!m_feed.error().ok()) {
        m_state = failedState(m_feed.error());
    } else if (!m_feed.isKnown()) {
        m_state = {};
    } else if (m_feed.applications().empty()) {
        m_state = {
            DataState::Kind::Empty,
            tr("No application is set up for rollouts."),
            tr("Each stands in the server's configuration, as [[rollouts.applications]]."),
            {}};
    } else {
        m_state = DataState::live();
    }
}

} // namespace pilothouse::ui
