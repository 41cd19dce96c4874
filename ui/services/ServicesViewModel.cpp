// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/ServicesViewModel.h"

#include "ui/components/FailedState.h"
#include "ui/session/OnGuiThread.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Updates that may wait for a busy GUI; more are joined to the last.
constexpr std::size_t kServicesWaiting = 64;

QString textOf(const services::InstanceKey& key)
{
    return QString::fromStdString(key.text());
}

services::InstanceKey keyOf(const QString& text)
{
    const auto slash = text.indexOf(QLatin1Char('/'));
    return {text.left(slash).toStdString(), text.mid(slash + 1).toStdString()};
}

/// Joins two updates to one, so that none is lost however long the GUI was busy.
bool foldInstances(std::vector<client::InstancesUpdate>& pending, client::InstancesUpdate& incoming)
{
    if (incoming.snapshot) {
        pending.clear();
        return false;
    }
    if (pending.size() < kServicesWaiting) {
        return false;
    }
    client::InstancesUpdate& last = pending.back();
    for (services::Instance& instance : incoming.instances) {
        std::erase(last.removed, instance.spec.key);
        std::erase_if(last.instances, [&](const services::Instance& known) {
            return known.spec.key == instance.spec.key;
        });
        last.instances.push_back(std::move(instance));
    }
    for (services::InstanceKey& key : incoming.removed) {
        std::erase_if(
            last.instances, [&](const services::Instance& known) { return known.spec.key == key; });
        last.removed.push_back(std::move(key));
    }
    last.serverTime = incoming.serverTime;
    return true;
}

} // namespace

ServicesViewModel::ServicesViewModel(
    client::ServicesClient& services, client::SystemClient& system, QObject* parent)
    : QObject(parent), m_services(services), m_system(system)
{}

ServicesViewModel::~ServicesViewModel() = default;

void ServicesViewModel::open()
{
    if (isOpen()) {
        return;
    }
    watch();
    m_healthBox = std::make_unique<LiveMailbox<system::Health>>(
        1, [this](std::vector<system::Health> updates) {
            m_health = std::move(updates.back());
            Q_EMIT healthChanged();
        });
    // What the server's parts lack shows in their chips; a stream that ends says nothing more.
    m_healthWatch = m_system.watchHealth(m_healthBox->sink(), [](const absl::Status&) {});
}

void ServicesViewModel::watch()
{
    m_error = absl::OkStatus();
    m_box = std::make_unique<LiveMailbox<client::InstancesUpdate>>(
        kServicesWaiting + 1,
        [this](std::vector<client::InstancesUpdate> updates) { take(std::move(updates)); },
        foldInstances);
    m_watch =
        m_services.watchInstances({}, m_box->sink(), onGuiThread(this, [this](absl::Status status) {
                                      if (!status.ok() && !absl::IsCancelled(status)) {
                                          m_error = status;
                                          refreshState();
                                      }
                                  }));
}

void ServicesViewModel::close()
{
    m_watch.reset();
    m_healthWatch.reset();
}

void ServicesViewModel::refresh()
{
    m_isKnown = false;
    m_instances.clear();
    m_rates.clear();
    if (isOpen()) {
        watch();
    }
    refreshState();
    Q_EMIT reset();
}

void ServicesViewModel::take(std::vector<client::InstancesUpdate> updates)
{
    if (!isOpen()) {
        return;
    }
    QStringList changed;
    QStringList removed;
    bool isReset = false;
    for (client::InstancesUpdate& update : updates) {
        if (update.snapshot) {
            m_instances.clear();
            m_isKnown = true;
            isReset = true;
        }
        for (services::Instance& instance : update.instances) {
            const QString key = textOf(instance.spec.key);
            removed.removeAll(key);
            changed << key;
            m_instances[instance.spec.key] = std::move(instance);
        }
        for (const services::InstanceKey& key : update.removed) {
            if (m_instances.erase(key) > 0) {
                changed.removeAll(textOf(key));
                removed << textOf(key);
            }
        }
    }
    m_rates.clear();
    for (const auto& [key, instance] : m_instances) {
        m_rates[key.service] += instance.traffic.resolvedPerSecond;
    }
    refreshState();
    if (isReset) {
        Q_EMIT reset();
    } else if (!changed.isEmpty() || !removed.isEmpty()) {
        Q_EMIT instancesChanged(changed, removed);
    }
}

const services::Instance* ServicesViewModel::find(const QString& key) const
{
    const auto found = m_instances.find(keyOf(key));
    return found == m_instances.end() ? nullptr : &found->second;
}

std::vector<const services::Instance*> ServicesViewModel::instances() const
{
    std::vector<const services::Instance*> all;
    all.reserve(m_instances.size());
    for (const auto& [key, instance] : m_instances) {
        all.push_back(&instance);
    }
    return all;
}

std::vector<services::ServiceSummary> ServicesViewModel::summaries() const
{
    std::vector<services::ServiceSummary> all;
    std::vector<const services::Instance*> together;
    for (auto entry = m_instances.begin(); entry != m_instances.end();) {
        const std::string service = entry->first.service;
        together.clear();
        for (; entry != m_instances.end() && entry->first.service == service; ++entry) {
            together.push_back(&entry->second);
        }
        all.push_back(services::summaryOf(service, together));
    }
    return all;
}

int ServicesViewModel::unhealthyCount() const
{
    return static_cast<int>(std::ranges::count_if(m_instances, [](const auto& entry) {
        return entry.second.state == services::InstanceState::Unhealthy;
    }));
}

double ServicesViewModel::shareOf(const services::Instance& instance) const
{
    const auto rate = m_rates.find(instance.spec.key.service);
    return rate == m_rates.end() || rate->second <= 0
               ? -1
               : instance.traffic.resolvedPerSecond / rate->second;
}

void ServicesViewModel::refreshState()
{
    if (!m_error.ok()) {
        m_state = failedState(m_error);
    } else if (!m_isKnown) {
        m_state = {};
    } else if (m_instances.empty()) {
        m_state = {
            DataState::Kind::Empty,
            tr("No instance is registered."),
            tr("Programs register themselves; 'pilothousectl services register' does it by hand."),
            {}};
    } else {
        m_state = DataState::live();
    }
    Q_EMIT stateChanged();
}

} // namespace pilothouse::ui
