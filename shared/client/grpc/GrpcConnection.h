// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Connection.h"

#include <memory>

namespace pilothouse::client {

class ConnectionCore;
class EventLoop;
class Link;

/// Connection over gRPC: hands every wish to its ConnectionCore on the loop's thread, and ends both
/// safely.
class GrpcConnection final : public Connection
{
public:
    explicit GrpcConnection(ConnectionOptions options);
    ~GrpcConnection() override;
    GrpcConnection(const GrpcConnection&) = delete;
    GrpcConnection& operator=(const GrpcConnection&) = delete;

    ConnectionStatus status() const override;
    void onStatus(std::function<void(const ConnectionStatus&)> listener) override;
    void connect() override;
    void disconnect() override;
    void retryNow() override;
    void answerTrust(bool trusted) override;
    void signIn(
        const std::string& name,
        const std::string& password,
        OnDone<access::SignedIn> onDone) override;
    void signOut() override;
    std::string pinnedFingerprint() const override;

    SystemClient& system() override { return *m_system; }
    AccessClient& access() override { return *m_access; }
    AccessAdminClient& accessAdmin() override { return *m_accessAdmin; }
    PlansClient& plans() override { return *m_plans; }
    MetricsClient& metrics() override { return *m_metrics; }
    JobsClient& jobs() override { return *m_jobs; }
    AuditClient& audit() override { return *m_audit; }
    RolloutsClient& rollouts() override { return *m_rollouts; }
    ServicesClient& services() override { return *m_services; }
    ScalingClient& scaling() override { return *m_scaling; }

private:
    std::shared_ptr<EventLoop> m_loop;
    std::shared_ptr<Link> m_link;
    std::shared_ptr<ConnectionCore> m_core;
    std::unique_ptr<SystemClient> m_system;
    std::unique_ptr<AccessClient> m_access;
    std::unique_ptr<AccessAdminClient> m_accessAdmin;
    std::unique_ptr<PlansClient> m_plans;
    std::unique_ptr<MetricsClient> m_metrics;
    std::unique_ptr<JobsClient> m_jobs;
    std::unique_ptr<AuditClient> m_audit;
    std::unique_ptr<RolloutsClient> m_rollouts;
    std::unique_ptr<ServicesClient> m_services;
    std::unique_ptr<ScalingClient> m_scaling;
};

} // namespace pilothouse::client
