// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/rollouts/RolloutProbe.h"

#include <pilothouse/v1/audit.grpc.pb.h>

#include <QFile>

#include <csignal>

namespace pilothouse::test {

RolloutProbe::RolloutProbe(std::shared_ptr<grpc::Channel> channel, std::string token)
    : m_stub(v1::RolloutsService::NewStub(std::move(channel))), m_token(std::move(token))
{}

ApiReply<v1::StartRolloutResponse> RolloutProbe::start(const std::string& revision)
{
    v1::StartRolloutRequest request;
    request.set_application("shop");
    request.set_revision(revision);
    return execute(&Stub::StartRollout, request);
}

ApiReply<v1::PromoteRolloutResponse> RolloutProbe::promote(const std::string& overrideReason)
{
    v1::PromoteRolloutRequest request;
    request.set_application("shop");
    request.set_override_gates(!overrideReason.empty());
    request.set_override_reason(overrideReason);
    return execute(&Stub::PromoteRollout, request);
}

ApiReply<v1::RollBackResponse> RolloutProbe::rollBack()
{
    v1::RollBackRequest request;
    request.set_application("shop");
    return execute(&Stub::RollBack, request);
}

ApiReply<v1::RollBackResponse> RolloutProbe::rollBackAtOnce()
{
    v1::RollBackRequest request;
    request.set_application("shop");
    request.mutable_confirmation()->set_reason("a test without a database");
    return call(*m_stub, &Stub::RollBack, request, m_token);
}

ApiReply<v1::AbortRolloutResponse> RolloutProbe::abort()
{
    v1::AbortRolloutRequest request;
    request.set_application("shop");
    return execute(&Stub::AbortRollout, request);
}

v1::RolloutApplication RolloutProbe::shop()
{
    const auto found =
        call(*m_stub, &Stub::ListApplications, v1::ListApplicationsRequest(), m_token);
    for (const auto& application : found.value.applications()) {
        if (application.name() == "shop") {
            return application;
        }
    }
    return {};
}

ApiReply<v1::GetRolloutResponse> RolloutProbe::receipt(const std::string& id)
{
    v1::GetRolloutRequest request;
    request.set_id(id);
    return call(*m_stub, &Stub::GetRollout, request, m_token);
}

QList<qint64> postgresProcesses(const TestServer& server)
{
    QFile file(server.dataDir() + QStringLiteral("/postgres/data/postmaster.pid"));
    QList<qint64> pids;
    if (!file.open(QIODevice::ReadOnly)) {
        return pids;
    }
    const qint64 postmaster = file.readLine().trimmed().toLongLong();
    pids << postmaster;
    QFile children(QStringLiteral("/proc/%1/task/%1/children").arg(postmaster));
    if (children.open(QIODevice::ReadOnly)) {
        for (const QByteArray& pid : children.readAll().simplified().split(' ')) {
            pids << pid.toLongLong();
        }
    }
    return pids;
}

void signalAll(const QList<qint64>& pids, int number)
{
    for (const qint64 pid : pids) {
        if (pid > 1) {
            ::kill(static_cast<pid_t>(pid), number);
        }
    }
}

int auditCount(const std::shared_ptr<grpc::Channel>& channel, const std::string& action)
{
    const auto stub = v1::AuditService::NewStub(channel);
    v1::ListEntriesRequest request;
    request.mutable_filter()->set_action(action);
    request.mutable_filter()->add_outcomes(v1::AUDIT_OUTCOME_OK);
    request.set_page_size(100);
    return call(*stub, &v1::AuditService::Stub::ListEntries, request).value.entries_size();
}

} // namespace pilothouse::test
