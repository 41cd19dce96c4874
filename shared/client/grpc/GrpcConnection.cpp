// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcConnection.h"

#include "shared/client/grpc/ConnectionCore.h"
#include "shared/client/grpc/EventLoop.h"
#include "shared/client/grpc/GrpcAccessAdminClient.h"
#include "shared/client/grpc/GrpcAccessClient.h"
#include "shared/client/grpc/GrpcAuditClient.h"
#include "shared/client/grpc/GrpcJobsClient.h"
#include "shared/client/grpc/GrpcMetricsClient.h"
#include "shared/client/grpc/GrpcPlansClient.h"
#include "shared/client/grpc/GrpcRolloutsClient.h"
#include "shared/client/grpc/GrpcScalingClient.h"
#include "shared/client/grpc/GrpcServicesClient.h"
#include "shared/client/grpc/GrpcSystemClient.h"
#include "shared/client/grpc/Link.h"

namespace pilothouse::client {

namespace {

// Cancelled calls come back within milliseconds; this only keeps a broken gRPC from holding the
// program.
constexpr absl::Duration kCallsEndWithin = absl::Seconds(2);

std::string nameOf(const ConnectionOptions& options)
{
    const auto address = parseAddress(options.address);
    return address.ok() ? address->toString() : options.address;
}

} // namespace

GrpcConnection::GrpcConnection(ConnectionOptions options)
    : m_loop(EventLoop::start()),
      m_link(std::make_shared<Link>(m_loop, nameOf(options), options.callTimeout)),
      m_system(std::make_unique<GrpcSystemClient>(m_link)),
      m_access(std::make_unique<GrpcAccessClient>(m_link, options.clientName)),
      m_accessAdmin(std::make_unique<GrpcAccessAdminClient>(m_link)),
      m_plans(std::make_unique<GrpcPlansClient>(m_link)),
      m_metrics(std::make_unique<GrpcMetricsClient>(m_link)),
      m_jobs(std::make_unique<GrpcJobsClient>(m_link)),
      m_audit(std::make_unique<GrpcAuditClient>(m_link)),
      m_rollouts(std::make_unique<GrpcRolloutsClient>(m_link)),
      m_services(std::make_unique<GrpcServicesClient>(m_link)),
      m_scaling(std::make_unique<GrpcScalingClient>(m_link))
{
    m_core = std::make_shared<ConnectionCore>(std::move(options), m_loop, m_link, systemClock());
    m_link->onUnauthenticated = [core = std::weak_ptr(m_core)](const absl::Status& why) {
        if (const auto self = core.lock()) {
            self->step([&](ConnectionMachine& machine) { machine.callUnauthenticated(why); });
        }
    };
}

GrpcConnection::~GrpcConnection()
{
    m_core->setListener(nullptr);
    // The loop's thread has ended then, or is the one that runs this: what belongs to it may be
    // touched.
    m_loop->stop([core = m_core, link = m_link] {
        core->close();
        link->waitForCalls(kCallsEndWithin);
        link->releaseChannels();
    });
}

ConnectionStatus GrpcConnection::status() const
{
    return m_core->status();
}

void GrpcConnection::onStatus(std::function<void(const ConnectionStatus&)> listener)
{
    m_core->setListener(std::move(listener));
}

void GrpcConnection::connect()
{
    m_loop->post([core = m_core] { core->connect(); });
}

void GrpcConnection::disconnect()
{
    m_loop->post(
        [core = m_core] { core->step([](ConnectionMachine& machine) { machine.disconnect(); }); });
}

void GrpcConnection::retryNow()
{
    m_loop->post([core = m_core] {
        if (core->status().state == ConnectionState::Disconnected) {
            core->connect();
        } else {
            core->step([](ConnectionMachine& machine) { machine.retryNow(); });
        }
    });
}

void GrpcConnection::answerTrust(bool trusted)
{
    m_loop->post([core = m_core, trusted] { core->answerTrust(trusted); });
}

void GrpcConnection::signIn(
    const std::string& name, const std::string& password, OnDone<access::SignedIn> onDone)
{
    m_loop->post([core = m_core, name, password, done = std::move(onDone)] {
        core->signIn(name, password, done);
    });
}

void GrpcConnection::signOut()
{
    m_loop->post([core = m_core] { core->signOut(); });
}

std::string GrpcConnection::pinnedFingerprint() const
{
    return m_core->acceptedFingerprint();
}

std::unique_ptr<Connection> makeConnection(ConnectionOptions options)
{
    return std::make_unique<GrpcConnection>(std::move(options));
}

} // namespace pilothouse::client
