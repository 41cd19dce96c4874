// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/ServicesClient.h"
#include "shared/client/SystemClient.h"
#include "ui/components/StateView.h"
#include "ui/session/LiveMailbox.h"

#include <QObject>
#include <QStringList>

#include <map>
#include <memory>
#include <vector>

namespace pilothouse::ui {

/// "How are the parts?": the instances of all services and the server's components, live. Streams
/// run only while opened. GUI thread only.
class ServicesViewModel : public QObject
{
    Q_OBJECT

public:
    ServicesViewModel(
        client::ServicesClient& services, client::SystemClient& system, QObject* parent = nullptr);
    ~ServicesViewModel() override;

    void open();
    void close();
    bool isOpen() const { return m_watch != nullptr; }
    void refresh();

    /// By "service/id".
    const services::Instance* find(const QString& key) const;
    std::vector<const services::Instance*> instances() const;
    std::vector<services::ServiceSummary> summaries() const;
    const system::Health& health() const { return m_health; }
    int unhealthyCount() const;
    /// How much of its service's calls this one gets, 0 to 1; negative when there are none.
    double shareOf(const services::Instance& instance) const;
    const DataState& state() const { return m_state; }

Q_SIGNALS:
    /// Everything is different.
    void reset();
    void instancesChanged(const QStringList& changed, const QStringList& removed);
    void healthChanged();
    void stateChanged();

private:
    void watch();
    void take(std::vector<client::InstancesUpdate> updates);
    void refreshState();

    client::ServicesClient& m_services;
    client::SystemClient& m_system;
    std::map<services::InstanceKey, services::Instance> m_instances;
    /// Calls a second of each service together.
    std::map<std::string, double> m_rates;
    bool m_isKnown = false;
    absl::Status m_error;
    DataState m_state;
    system::Health m_health;
    std::unique_ptr<LiveMailbox<client::InstancesUpdate>> m_box;
    std::unique_ptr<LiveMailbox<system::Health>> m_healthBox;
    client::CallPtr m_watch;
    client::CallPtr m_healthWatch;
};

} // namespace pilothouse::ui
