// SPDX-License-Identifier: Apache-2.0
#include "server/services/Probe.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <utility>

#include <grpc/health/v1/health.grpc.pb.h>

namespace pilothouse::services {

namespace {

namespace health = grpc::health::v1;

std::shared_ptr<grpc::ChannelCredentials> credentialsOf(
    bool isTls, const std::filesystem::path& caFile)
{
    if (!isTls) {
        return grpc::InsecureChannelCredentials();
    }
    grpc::SslCredentialsOptions options;
    if (!caFile.empty()) {
        std::ifstream file(caFile, std::ios::binary);
        options.pem_root_certs.assign(std::istreambuf_iterator<char>(file), {});
    }
    return grpc::SslCredentials(options);
}

absl::Status statusOf(const grpc::Status& status, const health::HealthCheckResponse& response)
{
    if (!status.ok()) {
        return absl::UnavailableError(status.error_message());
    }
    return response.status() == health::HealthCheckResponse::SERVING
               ? absl::OkStatus()
               : absl::UnavailableError(fmt::format(
                     "the health service says {}",
                     health::HealthCheckResponse::ServingStatus_Name(response.status())));
}

/// One call, with everything that gRPC needs until it has ended.
struct HealthCall
{
    std::shared_ptr<grpc::Channel> channel;
    std::shared_ptr<health::Health::Stub> stub;
    grpc::ClientContext context;
    health::HealthCheckRequest request;
    health::HealthCheckResponse response;
    /// On the io_context's thread; null when nobody waits any more.
    Probe::Done onDone;
};

class GrpcProbe final : public Probe
{
public:
    GrpcProbe(const ProbeContext& context, const InstanceSpec& spec)
        : m_io(context.io),
          m_calls(context.calls),
          m_check(spec.check),
          m_channel(grpc::CreateCustomChannel(
              spec.address, credentialsOf(spec.check.isTls, context.caFile), channelArguments())),
          m_stub(health::Health::NewStub(m_channel))
    {}
    ~GrpcProbe() override
    {
        if (m_call) {
            m_call->onDone = nullptr;
            m_call->context.TryCancel();
        }
    }
    GrpcProbe(const GrpcProbe&) = delete;
    GrpcProbe& operator=(const GrpcProbe&) = delete;

    void run(Done onDone) override
    {
        m_call = std::make_shared<HealthCall>();
        m_call->channel = m_channel;
        m_call->stub = m_stub;
        m_call->request.set_service(m_check.target);
        m_call->context.set_deadline(
            std::chrono::system_clock::now() + absl::ToChronoNanoseconds(m_check.timeout));
        m_call->onDone = std::move(onDone);
        m_calls.begin();
        m_stub->async()->Check(
            &m_call->context,
            &m_call->request,
            &m_call->response,
            [call = m_call, &io = m_io, &calls = m_calls](const grpc::Status& status) mutable {
                // The call goes to its own thread to be dropped there: gRPC must not destroy a
                // channel on a thread of its own.
                boost::asio::post(io, [ended = std::move(call), status] {
                    if (const Done done = std::exchange(ended->onDone, nullptr)) {
                        done(statusOf(status, ended->response));
                    }
                });
                calls.end();
            });
    }

private:
    static grpc::ChannelArguments channelArguments()
    {
        grpc::ChannelArguments arguments;
        // After a failure the next check connects anew instead of waiting for gRPC's own back-off.
        arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
        arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
        arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 250);
        // Two instances at one address (one stopped, one new) are not to share a connection.
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        return arguments;
    }

    boost::asio::io_context& m_io;
    CallCount& m_calls;
    const Check m_check;
    const std::shared_ptr<grpc::Channel> m_channel;
    const std::shared_ptr<health::Health::Stub> m_stub;
    std::shared_ptr<HealthCall> m_call; // shared with gRPC until it has ended
};

} // namespace

std::unique_ptr<Probe> makeGrpcProbe(const ProbeContext& context, const InstanceSpec& spec)
{
    return std::make_unique<GrpcProbe>(context, spec);
}

} // namespace pilothouse::services
