// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/scaling/ScalingTest.h"

#include <pilothouse/v1/audit.grpc.pb.h>

#include <QDateTime>
#include <QDir>
#include <QTest>

namespace pilothouse::test {

std::string said(const absl::Status& status)
{
    return std::string(status.message());
}

QString loadMetric(double target, const QString& policy)
{
    return QStringLiteral("[[scaling.metrics]]\npolicy = \"%1\"\nname = \"load\"\n"
                          "expression = \"max(load)\"\ntarget = %2\nunit = \"jobs\"\n"
                          "measures = \"total\"\n")
        .arg(policy)
        .arg(target);
}

void ScalingTest::beginTest()
{
    m_folder = makeWorkFolder();
    setLoad(200);
}

void ScalingTest::endTest()
{
    m_stub.reset();
    m_channel.reset();
    m_server.reset();
    QDir(m_folder).removeRecursively();
}

void ScalingTest::setLoad(double load)
{
    m_page.setPage("# TYPE load gauge\nload " + QByteArray::number(load) + "\n");
}

void ScalingTest::serve(const QString& config, const QString& faults)
{
    m_stub.reset();
    m_channel.reset();
    m_server.reset();
    m_server = makeServer(m_folder + QStringLiteral("/server"), config, faults);
    QVERIFY2(m_server->isRunning(), qPrintable(m_server->log()));
    lookThrough(*m_server);
}

std::unique_ptr<TestServer> ScalingTest::makeServer(
    const QString& folder, const QString& config, const QString& faults)
{
    TestServer::Options options;
    options.folder = folder;
    options.faults = faults;
    QDir().mkpath(options.folder);
    options.config = QStringLiteral("[scaling]\ninterval = \"200ms\"\n"
                                    "[[metrics.scrape]]\njob = \"app\"\ninterval = \"200ms\"\n"
                                    "targets = [\"%1\"]\n%2")
                         .arg(QString::fromLatin1(m_page.address()), config);
    auto server = std::make_unique<TestServer>(options);
    if (!server->start()) {
        qWarning("%s", qPrintable(server->log()));
        server->kill();
    }
    return server;
}

void ScalingTest::lookThrough(TestServer& server)
{
    m_channel = socketChannel(server);
    m_stub = v1::ScalingService::NewStub(m_channel);
}

v1::ScalingPolicyState ScalingTest::state(const std::string& policy)
{
    const auto found = call(*m_stub, &Stub::ListPolicies, v1::ListPoliciesRequest());
    for (const auto& one : found.value.policies()) {
        if (one.policy().name() == policy) {
            return one;
        }
    }
    return {};
}

std::vector<v1::ScalingRecord> ScalingTest::decisions(const std::string& policy)
{
    v1::ListDecisionsRequest request;
    request.set_policy(policy);
    request.set_page_size(100);
    const auto found = call(*m_stub, &Stub::ListDecisions, request);
    return {found.value.decisions().begin(), found.value.decisions().end()};
}

int ScalingTest::count(v1::ScalingAct act, const std::string& policy)
{
    int number = 0;
    for (const v1::ScalingRecord& record : decisions(policy)) {
        number += record.act() == act ? 1 : 0;
    }
    return number;
}

v1::ScalingRecord ScalingTest::newest(v1::ScalingAct act, const std::string& policy)
{
    for (const v1::ScalingRecord& record : decisions(policy)) {
        if (record.act() == act) {
            return record;
        }
    }
    return {};
}

bool ScalingTest::looksAgain(const std::string& policy)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    return waitUntil(
        [&] {
            const auto time = state(policy).last().decide_time();
            return time.seconds() * 1000 + time.nanos() / 1'000'000 > now;
        },
        kPatience);
}

bool ScalingTest::recommends(int instances, const std::string& policy)
{
    return waitUntil(
        [&] {
            const v1::ScalingPolicyState now = state(policy);
            return now.last().valid() && now.last().recommended() == instances;
        },
        kPatience);
}

bool ScalingTest::hasProblem(const std::string& text, const std::string& policy)
{
    return waitUntil(
        [&] {
            const v1::ScalingPolicyState now = state(policy);
            return now.problem().find(text) != std::string::npos ||
                   now.last().problem().find(text) != std::string::npos;
        },
        kPatience);
}

ApiReply<v1::PausePolicyResponse> ScalingTest::pause(
    const std::string& policy, const std::string& reason)
{
    v1::PausePolicyRequest request;
    request.set_policy(policy);
    request.mutable_confirmation()->set_reason(reason);
    return call(*m_stub, &Stub::PausePolicy, request);
}

ApiReply<v1::ResumePolicyResponse> ScalingTest::resume(const std::string& policy)
{
    v1::ResumePolicyRequest request;
    request.set_policy(policy);
    return call(*m_stub, &Stub::ResumePolicy, request);
}

bool ScalingTest::isAudited(const std::string& action, int times, v1::AuditOutcome outcome)
{
    return waitUntil([&] { return auditCount(action, outcome) == times; }, kPatience);
}

int ScalingTest::auditCount(const std::string& action, v1::AuditOutcome outcome)
{
    const auto stub = v1::AuditService::NewStub(m_channel);
    v1::ListEntriesRequest request;
    request.mutable_filter()->set_action(action);
    request.mutable_filter()->add_outcomes(outcome);
    request.set_page_size(100);
    return call(*stub, &v1::AuditService::Stub::ListEntries, request).value.entries_size();
}

} // namespace pilothouse::test
