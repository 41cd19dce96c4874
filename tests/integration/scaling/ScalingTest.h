// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/integration/metrics/PageServer.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"

#include <pilothouse/v1/scaling.grpc.pb.h>

#include <QObject>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::test {

std::string said(const absl::Status& status);

/// A server that scrapes a page with one gauge, "load", which the test sets, and what an operator
/// sees of its scaling policies.
class ScalingTest : public QObject
{
    Q_OBJECT

protected:
    using Stub = v1::ScalingService::Stub;

    /// Milliseconds that anything is waited for.
    static constexpr int kPatience = 60000;

    void setLoad(double load);
    /// Starts a server on the data of the one before, with the scrape job, a short interval and
    /// these further lines; with `faults` it kills itself there. Waits until it has read the load.
    void serve(const QString& config, const QString& faults = {});
    /// Such a server in this folder, started; serve() for who needs several.
    std::unique_ptr<TestServer> makeServer(
        const QString& folder, const QString& config, const QString& faults = {});
    /// Everything below is asked of this server.
    void lookThrough(TestServer& server);

    v1::ScalingPolicyState state(const std::string& policy = "shop");
    /// Newest first.
    std::vector<v1::ScalingRecord> decisions(const std::string& policy = "shop");
    int count(v1::ScalingAct act, const std::string& policy = "shop");
    /// The newest decision with which this was done.
    v1::ScalingRecord newest(v1::ScalingAct act, const std::string& policy = "shop");
    /// Waits for a look that begins after this call.
    bool looksAgain(const std::string& policy = "shop");
    bool recommends(int instances, const std::string& policy = "shop");
    bool hasProblem(const std::string& text, const std::string& policy = "shop");
    ApiReply<v1::PausePolicyResponse> pause(
        const std::string& policy = "shop", const std::string& reason = "a test");
    ApiReply<v1::ResumePolicyResponse> resume(const std::string& policy = "shop");
    /// Whether so many entries come to stand in the audit, whose writer follows soon.
    bool isAudited(
        const std::string& action, int times, v1::AuditOutcome outcome = v1::AUDIT_OUTCOME_OK);
    int auditCount(const std::string& action, v1::AuditOutcome outcome = v1::AUDIT_OUTCOME_OK);

    QString m_folder;
    PageServer m_page;
    std::unique_ptr<TestServer> m_server;
    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<Stub> m_stub;

protected Q_SLOTS:
    void beginTest();
    void endTest();
};

/// A metric of policy "shop" (or another) on the gauge, with this much for each instance.
QString loadMetric(double target, const QString& policy = QStringLiteral("shop"));

} // namespace pilothouse::test
