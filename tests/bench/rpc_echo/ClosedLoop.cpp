// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/rpc_echo/ClosedLoop.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace pilothouse::bench {

namespace {

constexpr int kConnections = 4;
constexpr int kCallsEach = 16;

/// Shared by the calls under way.
struct Tally
{
    std::atomic<bool> running{true};
    std::atomic<std::int64_t> calls{0};
    std::atomic<std::int64_t> failures{0};
    std::mutex mutex;
    std::condition_variable idle;
    int open = 0;
};

/// One place in the loop: a call that begins again when it ends.
struct Slot
{
    v1::SystemService::Stub* stub = nullptr;
    const std::string* authorization = nullptr;
    Tally* tally = nullptr;
    std::optional<grpc::ClientContext> context;
    v1::GetHealthRequest request;
    v1::GetHealthResponse response;

    void begin()
    {
        context.emplace();
        if (!authorization->empty()) {
            context->AddMetadata("authorization", *authorization);
        }
        stub->async()->GetHealth(
            &*context, &request, &response, [this](const grpc::Status& status) { end(status); });
    }

    void end(const grpc::Status& status)
    {
        ++(status.ok() ? tally->calls : tally->failures);
        if (tally->running.load(std::memory_order_relaxed)) {
            begin();
            return;
        }
        const std::lock_guard lock(tally->mutex);
        if (--tally->open == 0) {
            tally->idle.notify_all();
        }
    }
};

} // namespace

ClosedLoop::ClosedLoop(
    const std::string& address, const std::string& caPem, const std::string& token)
    : m_token(token.empty() ? std::string() : "Bearer " + token)
{
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = caPem;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    for (int connection = 0; connection < kConnections; ++connection) {
        m_stubs.push_back(v1::SystemService::NewStub(
            grpc::CreateCustomChannel(address, grpc::SslCredentials(options), arguments)));
    }
}

ClosedLoop::Outcome ClosedLoop::run(std::chrono::milliseconds time)
{
    Tally tally;
    std::vector<Slot> places(std::size_t{kConnections} * kCallsEach);
    tally.open = static_cast<int>(places.size());
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t index = 0; index < places.size(); ++index) {
        places[index].stub = m_stubs[index % m_stubs.size()].get();
        places[index].authorization = &m_token;
        places[index].tally = &tally;
        places[index].begin();
    }
    std::unique_lock lock(tally.mutex);
    tally.idle.wait_for(lock, time, [] { return false; });
    tally.running.store(false);
    tally.idle.wait(lock, [&] { return tally.open == 0; });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    Outcome outcome;
    outcome.calls = tally.calls.load();
    outcome.failures = tally.failures.load();
    outcome.callsPerSecond = static_cast<double>(outcome.calls) / took.count();
    return outcome;
}

} // namespace pilothouse::bench
