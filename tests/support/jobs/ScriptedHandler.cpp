// SPDX-License-Identifier: Apache-2.0
#include "tests/support/jobs/ScriptedHandler.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/numbers.h>
#include <absl/time/clock.h>
#include <fmt/format.h>

#include <stdexcept>

namespace pilothouse::test {

namespace {

constexpr postgres::Statement kTable{
    "test.effects.table",
    "CREATE TABLE IF NOT EXISTS test_effects (id bigint GENERATED ALWAYS AS IDENTITY, "
    "job text NOT NULL, task text NOT NULL, claim bigint NOT NULL)"};
constexpr postgres::Statement kEffect{
    "test.effects.add",
    "INSERT INTO test_effects (job, task, claim) SELECT $1::text, $2::text, r.claim "
    "FROM pilothouse.job_running r JOIN pilothouse.job_tasks t ON t.job_id = r.job_id "
    "AND t.position = r.position WHERE r.job_id = ($1::text)::bigint AND t.name = $2::text"};

jobs::Kind describeKind(const ScriptedHandler::Options& options)
{
    jobs::Kind kind;
    kind.name = options.name;
    kind.title = "Scripted";
    kind.description = "Does what it is told.";
    kind.concurrency = options.concurrency;
    kind.parameters = {
        {"shape", jobs::ParameterType::Text, false, "1", "Tasks."},
        {"act", jobs::ParameterType::Text, false, "work", "What to do."},
        {"on", jobs::ParameterType::Text, false, "", "Which task."},
        {"millis", jobs::ParameterType::Integer, false, "0", "How long."},
        {"key", jobs::ParameterType::Text, false, "", "Concurrency key."},
    };
    return kind;
}

int numberOf(const jobs::Parameters& parameters, const char* name)
{
    int number = 0;
    const auto found = parameters.find(name);
    return found != parameters.end() && absl::SimpleAtoi(found->second, &number) ? number : 0;
}

std::string textOf(const jobs::Parameters& parameters, const char* name)
{
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
}

} // namespace

ScriptedHandler::ScriptedHandler(postgres::Database& database, Options options)
    : m_database(database), m_options(std::move(options)), m_kind(describeKind(m_options))
{}

absl::Status ScriptedHandler::createTable(postgres::Database& database)
{
    return database.execute(kTable).status();
}

absl::StatusOr<jobs::JobPlan> ScriptedHandler::plan(const jobs::Parameters& parameters) const
{
    const std::string shape = textOf(parameters, "shape");
    const auto colon = shape.find(':');
    int count = 1;
    if (colon != std::string::npos && !absl::SimpleAtoi(shape.substr(colon + 1), &count)) {
        return absl::InvalidArgumentError("shape is wrong");
    }
    const bool isChain = shape.starts_with("chain");
    jobs::JobPlan plan;
    plan.title = fmt::format("Scripted {}", shape);
    plan.target = "tests/scripted";
    plan.concurrencyKey = textOf(parameters, "key");
    jobs::TaskPlan last;
    for (int index = 0; index < count; ++index) {
        jobs::TaskPlan task;
        task.name = fmt::format("t{}", index);
        task.title = fmt::format("Task {}", index);
        task.timeout = m_options.timeout;
        task.retry = {m_options.maxAttempts, absl::Milliseconds(20), absl::Milliseconds(100)};
        if (isChain && index > 0) {
            task.dependsOn = {plan.tasks.back().name};
        }
        last.dependsOn.push_back(task.name);
        plan.tasks.push_back(std::move(task));
    }
    if (shape.starts_with("fan")) {
        last.name = "last";
        last.title = "Last";
        last.timeout = m_options.timeout;
        last.retry = plan.tasks.back().retry;
        plan.tasks.push_back(std::move(last));
    }
    return plan;
}

absl::Status ScriptedHandler::run(jobs::TaskContext& context)
{
    const int now = ++m_running;
    for (int most = m_most.load(); now > most && !m_most.compare_exchange_weak(most, now);) {
    }
    struct Leave
    {
        std::atomic<int>& running;
        ~Leave() { --running; }
    } const leave{m_running};
    const std::string on = textOf(context.parameters(), "on");
    const std::string what = on.empty() || on == context.task()
                                 ? textOf(context.parameters(), "act")
                                 : std::string("work");
    return act(context, what);
}

absl::Status ScriptedHandler::act(jobs::TaskContext& context, const std::string& what)
{
    if (what == "fail" || (what == "fail-once" && context.attempt() == 1)) {
        return absl::UnavailableError("the thing is away");
    }
    if (what == "refuse") {
        return absl::InvalidArgumentError("that makes no sense");
    }
    if (what == "throw") {
        throw std::runtime_error("thrown on purpose");
    }
    while (what == "hang" && !m_isReleased.load()) {
        absl::SleepFor(absl::Milliseconds(10));
    }
    while (what == "wait" && !context.waitFor(absl::Milliseconds(50))) {
        context.progress(1, 2, "waits");
    }
    if (what == "wait") {
        return absl::CancelledError("told to stop");
    }
    const int millis = numberOf(context.parameters(), "millis");
    if (millis > 0 && context.waitFor(absl::Milliseconds(millis))) {
        return absl::CancelledError("told to stop");
    }
    context.log(jobs::LogLevel::Info, fmt::format("{} done", context.task()));
    context.setResult(context.task());
    return record(context);
}

absl::Status ScriptedHandler::record(jobs::TaskContext& context)
{
    return m_database.transact([&](postgres::Transaction& transaction) -> absl::Status {
        PH_RETURN_IF_ERROR(context.hold(transaction));
        return transaction.execute(kEffect, {context.jobId(), context.task()}).status();
    });
}

} // namespace pilothouse::test
