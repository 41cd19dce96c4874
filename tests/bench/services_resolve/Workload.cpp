// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/services_resolve/Workload.h"

#include "tests/bench/support/Statistics.h"
#include "tests/support/api/ApiClient.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <deque>
#include <memory>
#include <random>

namespace pilothouse::bench {

namespace {

using Clock = std::chrono::steady_clock;

double millis(Clock::duration time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

/// One run: everything happens on the thread of `io`.
class Run
{
public:
    Run(v1::RegistryService::Stub& stub,
        std::string service,
        v1::BalancingStrategy strategy,
        const Workload::Options& options)
        : m_stub(stub),
          m_service(std::move(service)),
          m_strategy(strategy),
          m_options(options),
          m_instances(static_cast<std::size_t>(options.instances))
    {}

    Workload::Result go()
    {
        m_from = Clock::now() + m_options.warmUp;
        m_until = m_from + m_options.measured;
        for (int caller = 0; caller < m_options.callers; ++caller) {
            ask(std::make_shared<Caller>());
        }
        m_io.run(); // until every caller has seen the end
        Workload::Result result;
        if (m_latencies.empty() || m_hasFailed) {
            return result;
        }
        result.p50 = percentile(m_latencies, 0.5);
        result.p99 = percentile(m_latencies, 0.99);
        result.resolveP50 = percentile(m_questions, 0.5) * 1000;
        const double seconds = millis(m_options.measured) / 1000;
        result.callsPerSecond = static_cast<double>(m_latencies.size()) / seconds;
        result.shareOfSlow =
            static_cast<double>(m_slowCalls) / static_cast<double>(m_latencies.size());
        result.isComplete = true;
        return result;
    }

private:
    struct Caller
    {
        std::unique_ptr<grpc::ClientContext> context;
        v1::ResolveRequest request;
        v1::ResolveResponse response;
        Clock::time_point asked;
        Clock::time_point sent;
    };
    using CallerPtr = std::shared_ptr<Caller>;
    struct Instance
    {
        int working = 0;
        std::deque<CallerPtr> waiting;
    };

    void ask(const CallerPtr& caller)
    {
        if (Clock::now() >= m_until || m_hasFailed) {
            return;
        }
        caller->context = std::make_unique<grpc::ClientContext>();
        caller->request.set_service(m_service);
        caller->request.set_strategy(m_strategy);
        caller->response.Clear();
        caller->asked = Clock::now();
        // The answer comes on a thread of gRPC's; the work guard keeps the loop until then.
        auto guard = std::make_shared<
            boost::asio::executor_work_guard<boost::asio::io_context::executor_type>>(
            m_io.get_executor());
        m_stub.async()->Resolve(
            caller->context.get(),
            &caller->request,
            &caller->response,
            [this, caller, guard](const grpc::Status& status) {
                boost::asio::post(m_io, [this, caller, guard, isOk = status.ok()] {
                    isOk ? send(caller) : fail();
                });
            });
    }

    void fail() { m_hasFailed = true; }

    void send(const CallerPtr& caller)
    {
        caller->sent = Clock::now();
        const std::size_t index = std::stoul(caller->response.instances(0).id().substr(1));
        Instance& instance = m_instances[index];
        if (instance.working < m_options.atOnce) {
            begin(index, caller);
        } else {
            instance.waiting.push_back(caller);
        }
    }

    void begin(std::size_t index, const CallerPtr& caller)
    {
        ++m_instances[index].working;
        const auto usual = m_options.usual * (index == 0 ? m_options.slowFactor : 1);
        // Between half and one and a half of it.
        const double factor = std::uniform_real_distribution<double>(0.5, 1.5)(m_random);
        auto timer = std::make_shared<boost::asio::steady_timer>(m_io);
        timer->expires_after(std::chrono::duration_cast<Clock::duration>(usual * factor));
        timer->async_wait(
            [this, timer, index, caller](const boost::system::error_code&) { end(index, caller); });
    }

    void end(std::size_t index, const CallerPtr& caller)
    {
        Instance& instance = m_instances[index];
        --instance.working;
        if (!instance.waiting.empty()) {
            const CallerPtr next = instance.waiting.front();
            instance.waiting.pop_front();
            begin(index, next);
        }
        const auto now = Clock::now();
        if (caller->asked >= m_from && now < m_until) {
            m_latencies.push_back(millis(now - caller->asked));
            m_questions.push_back(millis(caller->sent - caller->asked));
            m_slowCalls += index == 0 ? 1 : 0;
        }
        caller->request.clear_outcomes();
        auto* outcome = caller->request.add_outcomes();
        outcome->set_instance_id(caller->response.instances(0).id());
        outcome->mutable_latency()->set_nanos(static_cast<std::int32_t>(
            std::chrono::nanoseconds(now - caller->sent).count() % 1000000000));
        outcome->mutable_latency()->set_seconds(
            std::chrono::duration_cast<std::chrono::seconds>(now - caller->sent).count());
        ask(caller);
    }

    v1::RegistryService::Stub& m_stub;
    const std::string m_service;
    const v1::BalancingStrategy m_strategy;
    const Workload::Options m_options;
    boost::asio::io_context m_io{1};
    std::vector<Instance> m_instances;
    std::mt19937 m_random{7};
    Clock::time_point m_from;
    Clock::time_point m_until;
    std::vector<double> m_latencies;
    std::vector<double> m_questions;
    std::size_t m_slowCalls = 0;
    bool m_hasFailed = false;
};

} // namespace

bool Workload::enroll(const std::string& service, int instances)
{
    for (int index = 0; index < instances; ++index) {
        v1::RegisterInstanceRequest request;
        request.mutable_spec()->set_service(service);
        request.mutable_spec()->set_id("i" + std::to_string(index));
        request.mutable_spec()->set_address("127.0.0.1:1");
        request.mutable_spec()->mutable_ttl()->set_seconds(3600);
        if (!test::call(m_stub, &v1::RegistryService::Stub::RegisterInstance, request)
                 .status.ok()) {
            return false;
        }
    }
    return true;
}

Workload::Result Workload::run(v1::BalancingStrategy strategy, const Options& options)
{
    const std::string service = fmt::format("bench-{}", static_cast<int>(strategy));
    return enroll(service, options.instances) ? Run(m_stub, service, strategy, options).go()
                                              : Result();
}

} // namespace pilothouse::bench
