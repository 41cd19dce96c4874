// SPDX-License-Identifier: Apache-2.0
#include "tests/support/client_server/ScriptedServer.h"

#include "shared/access/proto/AccessProto.h"
#include "shared/metrics/proto/MetricsProto.h"
#include "shared/system/proto/SystemProto.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <pilothouse/v1/access.grpc.pb.h>
#include <pilothouse/v1/metrics.grpc.pb.h>
#include <pilothouse/v1/system.grpc.pb.h>

#include <chrono>
#include <thread>

namespace pilothouse::test {

namespace {

constexpr auto kNap = std::chrono::milliseconds(5);

access::Operator dana()
{
    return {"dana", "Dana", {"admin"}};
}

} // namespace

grpc::Status ScriptedServer::authorize(State& state, grpc::ServerContext& context)
{
    const auto found = context.client_metadata().find("authorization");
    const std::string given = found == context.client_metadata().end()
                                  ? std::string()
                                  : std::string(found->second.data(), found->second.size());
    const std::lock_guard lock(state.mutex);
    state.script.authorizations.push_back(given);
    if (state.script.trustsEveryone || given == "Bearer " + state.script.token) {
        return grpc::Status::OK;
    }
    return {grpc::UNAUTHENTICATED, "session expired"};
}

bool ScriptedServer::isStopped(State& state, grpc::ServerContext& context)
{
    const std::lock_guard lock(state.mutex);
    return state.isStopping || context.IsCancelled();
}

class ScriptedServer::System final : public v1::SystemService::Service
{
public:
    explicit System(State& state) : m_state(state) {}

    grpc::Status GetServerInfo(
        grpc::ServerContext* /*context*/,
        const v1::GetServerInfoRequest* /*request*/,
        v1::GetServerInfoResponse* response) override
    {
        const std::lock_guard lock(m_state.mutex);
        response->set_version("0.1.0");
        response->set_api_major(m_state.script.apiMajor);
        response->set_minimum_console_version("2.4");
        response->set_display_name("scripted");
        return grpc::Status::OK;
    }

    grpc::Status GetHealth(
        grpc::ServerContext* context,
        const v1::GetHealthRequest* /*request*/,
        v1::GetHealthResponse* response) override
    {
        *response->mutable_health() = system::toProto(system::Health());
        return authorize(m_state, *context);
    }

    grpc::Status WatchHealth(
        grpc::ServerContext* context,
        const v1::WatchHealthRequest* /*request*/,
        grpc::ServerWriter<v1::WatchHealthResponse>* writer) override
    {
        if (grpc::Status status = authorize(m_state, *context); !status.ok()) {
            return status;
        }
        auto next = std::chrono::steady_clock::now();
        while (!isStopped(m_state, *context)) {
            std::unique_lock lock(m_state.mutex);
            if (m_state.script.isMute || std::chrono::steady_clock::now() < next) {
                lock.unlock();
                std::this_thread::sleep_for(kNap);
                continue;
            }
            next += std::chrono::milliseconds(m_state.script.pulseMs);
            lock.unlock();
            v1::WatchHealthResponse response;
            *response.mutable_health() = system::toProto(system::Health());
            writer->Write(response);
        }
        return {grpc::UNAVAILABLE, "stopping"};
    }

private:
    State& m_state;
};

class ScriptedServer::Access final : public v1::AccessService::Service
{
public:
    explicit Access(State& state) : m_state(state) {}

    grpc::Status WhoAmI(
        grpc::ServerContext* context,
        const v1::WhoAmIRequest* /*request*/,
        v1::WhoAmIResponse* response) override
    {
        access::Identity identity;
        identity.who = dana();
        *response = access::toProto(identity);
        return authorize(m_state, *context);
    }

    grpc::Status SignIn(
        grpc::ServerContext* /*context*/,
        const v1::SignInRequest* request,
        v1::SignInResponse* response) override
    {
        const std::lock_guard lock(m_state.mutex);
        ++m_state.script.signIns;
        if (request->password() != m_state.script.password) {
            return {grpc::UNAUTHENTICATED, "wrong name or password"};
        }
        response->set_token(m_state.script.token);
        *response->mutable_operator_() = access::toProto(dana());
        return grpc::Status::OK;
    }

    grpc::Status SignOut(
        grpc::ServerContext* context,
        const v1::SignOutRequest* /*request*/,
        v1::SignOutResponse* /*response*/) override
    {
        return authorize(m_state, *context);
    }

private:
    State& m_state;
};

class ScriptedServer::Metrics final : public v1::MetricsService::Service
{
    template <typename Function>
    auto locked(Function function)
    {
        const std::lock_guard lock(m_state.mutex);
        return function(m_state.script);
    }

public:
    explicit Metrics(State& state) : m_state(state) {}

    grpc::Status ListTargets(
        grpc::ServerContext* context,
        const v1::ListTargetsRequest* /*request*/,
        v1::ListTargetsResponse* response) override
    {
        grpc::Status status = authorize(m_state, *context);
        const std::lock_guard lock(m_state.mutex);
        ++m_state.script.listTargetsCalls;
        if (m_state.script.unavailableAnswers > 0) {
            --m_state.script.unavailableAnswers;
            return {grpc::UNAVAILABLE, "warming up"};
        }
        response->add_targets()->set_job("node");
        return status;
    }

    grpc::Status ListSeries(
        grpc::ServerContext* context,
        const v1::ListSeriesRequest* request,
        v1::ListSeriesResponse* response) override
    {
        // 2500 series in pages.
        constexpr int kSeries = 2500;
        const int from = request->page_token().empty() ? 0 : std::stoi(request->page_token());
        const int end = std::min(kSeries, from + request->page_size());
        for (int index = from; index < end; ++index) {
            (*response->add_series()->mutable_labels())["n"] = std::to_string(index);
        }
        if (end < kSeries) {
            response->set_next_page_token(std::to_string(end));
        }
        return authorize(m_state, *context);
    }

    grpc::Status Query(
        grpc::ServerContext* context,
        const v1::QueryRequest* request,
        v1::QueryResponse* response) override
    {
        const int delay = locked([](Script& script) { return script.queryDelayMs; });
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(delay);
        while (std::chrono::steady_clock::now() < end) {
            if (isStopped(m_state, *context)) {
                locked([](Script& script) { return ++script.queriesCancelled; });
                return grpc::Status::CANCELLED;
            }
            std::this_thread::sleep_for(kNap);
        }
        *response = metrics::toProto(metrics::QueryResult{request->expression(), {}});
        return authorize(m_state, *context);
    }

    grpc::Status WatchQuery(
        grpc::ServerContext* context,
        const v1::WatchQueryRequest* request,
        grpc::ServerWriter<v1::WatchQueryResponse>* writer) override
    {
        if (grpc::Status status = authorize(m_state, *context); !status.ok()) {
            return status;
        }
        const auto refusal = locked([&](Script& script) {
            script.resumeTokens.push_back(request->resume_token());
            return script.watchQueryRefusal;
        });
        if (refusal) {
            return {*refusal, "refused by script"};
        }
        int number = request->resume_token().empty() ? 0 : std::stoi(request->resume_token());
        while (!isStopped(m_state, *context)) {
            const bool isSnapshot = number == 0;
            writer->Write(message(++number, isSnapshot));
            const int pause = locked([](Script& script) {
                ++script.watchQueryWrites;
                return script.pulseMs;
            });
            std::this_thread::sleep_for(std::chrono::milliseconds(pause));
        }
        return {grpc::UNAVAILABLE, "stopping"};
    }

private:
    v1::WatchQueryResponse message(int number, bool isSnapshot)
    {
        metrics::LiveQueryUpdate update;
        update.snapshot = isSnapshot;
        const int points = locked([](Script& script) { return script.pointsPerMessage; });
        const auto size = static_cast<std::size_t>(points);
        update.series.push_back(
            {{{"a", "b"}},
             std::vector<metrics::TimestampMs>(size, number),
             std::vector<double>(size)});
        v1::WatchQueryResponse response = metrics::toProto(update);
        response.set_resume_token(std::to_string(number));
        return response;
    }

    State& m_state;
};

ScriptedServer::ScriptedServer()
    : m_state(std::make_unique<State>()),
      m_system(std::make_unique<System>(*m_state)),
      m_access(std::make_unique<Access>(*m_state)),
      m_metrics(std::make_unique<Metrics>(*m_state))
{}

ScriptedServer::~ScriptedServer()
{
    stop();
}

bool ScriptedServer::start(const Options& options)
{
    m_state->isStopping = false;
    std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
    if (options.certificate) {
        grpc::SslServerCredentialsOptions tls;
        tls.pem_key_cert_pairs.push_back(
            {options.certificate->keyPem, options.certificate->certificatePem});
        credentials = grpc::SslServerCredentials(tls);
    }
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options.listen, credentials, &m_port);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.RegisterService(m_system.get());
    builder.RegisterService(m_access.get());
    builder.RegisterService(m_metrics.get());
    m_server = builder.BuildAndStart();
    return m_server != nullptr;
}

void ScriptedServer::stop()
{
    if (m_server) {
        {
            const std::lock_guard lock(m_state->mutex);
            m_state->isStopping = true;
        }
        m_server->Shutdown(std::chrono::system_clock::now());
        m_server->Wait();
        m_server.reset();
    }
}

} // namespace pilothouse::test
