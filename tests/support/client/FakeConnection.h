// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Connection.h"
#include "tests/support/client/FakeAccessAdminClient.h"
#include "tests/support/client/FakeAccessClient.h"
#include "tests/support/client/FakeAuditClient.h"
#include "tests/support/client/FakeJobsClient.h"
#include "tests/support/client/FakeMetricsClient.h"
#include "tests/support/client/FakePlansClient.h"
#include "tests/support/client/FakeRolloutsClient.h"
#include "tests/support/client/FakeScalingClient.h"
#include "tests/support/client/FakeServicesClient.h"
#include "tests/support/client/FakeSystemClient.h"

namespace pilothouse::test {

/// A Connection whose states the test sets; it counts what it was told to do and does nothing by
/// itself. For the test's (GUI) thread only.
class FakeConnection final : public client::Connection
{
public:
    FakeSystemClient systemClient;
    FakeAccessClient accessClient;
    FakeAccessAdminClient accessAdminClient;
    FakePlansClient plansClient;
    FakeMetricsClient metricsClient;
    FakeJobsClient jobsClient;
    FakeAuditClient auditClient;
    FakeRolloutsClient rolloutsClient;
    FakeServicesClient servicesClient;
    FakeScalingClient scalingClient;

    int connects = 0;
    int disconnects = 0;
    int retries = 0;
    int signOuts = 0;
    std::vector<bool> trustAnswers;
    std::string pin;

    /// Becomes the status, and the listener hears of it.
    void setStatus(client::ConnectionStatus status);
    /// The same with only the state given (since now).
    void setState(client::ConnectionState state);

    client::ConnectionStatus status() const override { return m_status; }
    void onStatus(std::function<void(const client::ConnectionStatus&)> listener) override;
    void connect() override { ++connects; }
    void disconnect() override { ++disconnects; }
    void retryNow() override { ++retries; }
    void answerTrust(bool trusted) override { trustAnswers.push_back(trusted); }
    /// Goes to `accessClient.signIns`.
    void signIn(
        const std::string& name,
        const std::string& password,
        client::OnDone<access::SignedIn> onDone) override;
    void signOut() override { ++signOuts; }
    std::string pinnedFingerprint() const override { return pin; }

    client::SystemClient& system() override { return systemClient; }
    client::AccessClient& access() override { return accessClient; }
    client::AccessAdminClient& accessAdmin() override { return accessAdminClient; }
    client::PlansClient& plans() override { return plansClient; }
    client::MetricsClient& metrics() override { return metricsClient; }
    client::JobsClient& jobs() override { return jobsClient; }
    client::AuditClient& audit() override { return auditClient; }
    client::RolloutsClient& rollouts() override { return rolloutsClient; }
    client::ServicesClient& services() override { return servicesClient; }
    client::ScalingClient& scaling() override { return scalingClient; }

private:
    client::ConnectionStatus m_status;
    std::function<void(const client::ConnectionStatus&)> m_listener;
    std::vector<client::CallPtr> m_signIns;
};

} // namespace pilothouse::test
