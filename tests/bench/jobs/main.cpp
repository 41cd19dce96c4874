// SPDX-License-Identifier: Apache-2.0
#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"
#include "tests/bench/jobs/BareQueue.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Statistics.h"
#include "tests/integration/jobs/JobDatabase.h"

#include <absl/strings/numbers.h>
#include <absl/time/clock.h>
#include <fmt/format.h>

#include <QCoreApplication>
#include <QProcess>

#include <algorithm>
#include <atomic>
#include <csignal>

namespace {

using namespace pilothouse;

constexpr int kBatch = 50;
constexpr int kLatencies = 300;
constexpr int kDags = 500;
constexpr int kLeases = 1000;
/// As a server has it when its configuration says nothing.
constexpr absl::Duration kLease = absl::Seconds(5);
constexpr const char* kLeaseSeconds = "5";
constexpr absl::Duration kHold = absl::Seconds(10);
constexpr absl::Duration kPatience = absl::Minutes(5);
/// How often the engine is asked whether it is done: more would be work beside it, less would count
/// as its time.
constexpr absl::Duration kLook = absl::Milliseconds(4);
constexpr int kRounds = 9;

/// Does nothing, and says when it began.
class NothingHandler final : public jobs::JobHandler
{
public:
    NothingHandler()
    {
        m_kind.name = "bench.nothing";
        m_kind.parameters = {{"tasks", jobs::ParameterType::Integer, false, "1", ""}};
    }
    const jobs::Kind& kind() const override { return m_kind; }
    absl::StatusOr<jobs::JobPlan> plan(const jobs::Parameters& parameters) const override
    {
        int count = 1;
        if (!absl::SimpleAtoi(parameters.at("tasks"), &count)) {
            return absl::InvalidArgumentError("tasks");
        }
        jobs::JobPlan plan;
        plan.title = "Nothing";
        plan.target = "bench";
        for (int index = 0; index < count; ++index) {
            jobs::TaskPlan task;
            task.name = std::to_string(index);
            task.title = task.name;
            if (index > 0) {
                task.dependsOn = {std::to_string(index - 1)};
            }
            plan.tasks.push_back(std::move(task));
        }
        return plan;
    }
    absl::Status run(jobs::TaskContext&) override
    {
        started.store(absl::ToUnixNanos(absl::Now()));
        ++runs;
        return absl::OkStatus();
    }

    std::atomic<std::int64_t> started{0};
    std::atomic<int> runs{0};

private:
    jobs::Kind m_kind;
};

/// The engine with nothing around it.
struct Engine
{
    Engine(postgres::Database& database, int threads)
        : health(systemClock()),
          executor("jobs", threads, 5000),
          records(database),
          audit(database),
          kinds(kindsWith(handler)),
          engine(
              {database, kinds, records, executor, health, systemClock(), [] {}},
              {"bench", "bench", kLease, threads, 500}),
          jobs(database, kinds, audit, engine, [] {})
    {}

    static jobs::JobKinds kindsWith(const std::shared_ptr<NothingHandler>& handler)
    {
        jobs::JobKinds kinds;
        kinds.add(handler);
        return kinds;
    }

    std::int64_t create(const char* tasks)
    {
        jobs::JobOrder order;
        order.kind = "bench.nothing";
        order.parameters = {{"tasks", tasks}};
        return jobs.create(order, {"bench", {}, "bench", {}, {}}, absl::InfiniteFuture())
            .value_or(0);
    }

    std::shared_ptr<NothingHandler> handler = std::make_shared<NothingHandler>();
    system::HealthRegistry health;
    platform::Executor executor;
    jobs::JobRecords records;
    audit::AuditLog audit;
    jobs::JobKinds kinds;
    jobs::JobEngine engine;
    jobs::Jobs jobs;
};

template <typename Condition>
bool wait(Condition condition, absl::Duration pause = kLook)
{
    const absl::Time until = absl::Now() + kPatience;
    while (!condition()) {
        if (absl::Now() > until) {
            return false;
        }
        absl::SleepFor(pause);
    }
    return true;
}

double median(std::vector<absl::Duration> values)
{
    std::ranges::sort(values);
    return absl::ToDoubleMilliseconds(values[values.size() / 2]);
}

absl::Status throughput(
    bench::Report& report, test::JobDatabase& database, int tasks, int tasksOfJob, const char* what)
{
    bench::BareQueue bare(database.database());
    std::vector<double> floors;
    std::vector<double> rates;
    for (int round = 0; round < kRounds; ++round) {
        PH_RETURN_IF_ERROR(bare.create());
        PH_RETURN_IF_ERROR(bare.fill(tasks));
        PH_ASSIGN_OR_RETURN(const absl::Duration floor, bare.drain(kBatch));
        PH_RETURN_IF_ERROR(database.reset());
        PH_RETURN_IF_ERROR(database.flood("bench.nothing", tasks / tasksOfJob, tasksOfJob));
        const absl::Time started = absl::Now();
        Engine engine(database.database(), 2);
        const bool isDone = wait([&] {
            return engine.handler->runs == tasks &&
                   database.number("SELECT count(*) AS n FROM pilothouse.jobs "
                                   "WHERE finished_at IS NULL") == 0;
        });
        const absl::Duration took = absl::Now() - started;
        if (!isDone) {
            return absl::DeadlineExceededError("the engine did not finish");
        }
        floors.push_back(tasks / absl::ToDoubleSeconds(floor));
        rates.push_back(tasks / absl::ToDoubleSeconds(took));
    }
    report.ratio(
        what,
        "/s",
        {"engine", bench::median(rates)},
        {"bare queue", bench::median(floors)},
        bench::atLeast(0.8));
    return absl::OkStatus();
}

absl::Status latency(bench::Report& report, test::JobDatabase& database)
{
    bench::BareQueue bare(database.database());
    PH_RETURN_IF_ERROR(bare.create());
    PH_ASSIGN_OR_RETURN(const auto floor, bare.latencies(kLatencies));
    PH_RETURN_IF_ERROR(database.reset());
    Engine engine(database.database(), 2);
    std::vector<absl::Duration> ours;
    for (int number = 0; number < kLatencies; ++number) {
        const int before = engine.handler->runs;
        const absl::Time started = absl::Now();
        engine.create("1");
        while (engine.handler->runs == before) {
            absl::SleepFor(absl::Microseconds(20));
        }
        ours.push_back(absl::FromUnixNanos(engine.handler->started.load()) - started);
        // As the bare queue, which completes one before it begins the next, and does not rest in
        // between: a processor that has fallen asleep would be what is measured.
        const auto isOver = [&] {
            return database.number("SELECT count(*) AS n FROM pilothouse.jobs "
                                   "WHERE finished_at IS NULL") == 0;
        };
        if (!wait(isOver, absl::Microseconds(20))) {
            return absl::DeadlineExceededError("the engine did not finish");
        }
    }
    report.ratio(
        "enqueue to started, p50",
        "ms",
        {"engine", median(ours)},
        {"bare queue", median(floor)},
        bench::atMost(1.5));
    return absl::OkStatus();
}

absl::Status dags(bench::Report& report, test::JobDatabase& database)
{
    PH_RETURN_IF_ERROR(database.reset());
    Engine engine(database.database(), 2);
    const absl::Time started = absl::Now();
    for (int number = 0; number < kDags; ++number) {
        engine.create("3");
    }
    if (!wait([&] { return engine.handler->runs == 3 * kDags; })) {
        return absl::DeadlineExceededError("the graphs did not finish");
    }
    report.figure(
        "graphs of three tasks, created one by one",
        "/s",
        kDags / absl::ToDoubleSeconds(absl::Now() - started),
        bench::atLeast(100));
    return absl::OkStatus();
}

absl::Status leases(bench::Report& report, test::JobDatabase& database)
{
    PH_RETURN_IF_ERROR(database.reset());
    test::EngineHost::Options options;
    options.url = database.url();
    options.threads = kLeases;
    options.lease = kLease;
    PH_ASSIGN_OR_RETURN(const auto host, test::EngineHost::start(options));
    for (int number = 0; number < kLeases; ++number) {
        host->create({{"act", "wait"}});
    }
    if (!wait([&] { return host->handler().running() == kLeases; })) {
        return absl::DeadlineExceededError("not all leases were taken");
    }
    absl::SleepFor(kHold);
    report.figure(
        "leases held for 10 s",
        "",
        static_cast<double>(host->handler().running()),
        bench::atLeast(kLeases));
    // One try each: none was lost and taken again.
    report.figure(
        "tries of them",
        "",
        static_cast<double>(
            database.number("SELECT sum(tries) + count(*) AS n FROM pilothouse.job_running")),
        bench::atMost(kLeases));
    return absl::OkStatus();
}

/// A server whose tasks wait for ever, killed; then `heir`: another one that stood by, or the same,
/// started again.
absl::Status recovery(
    bench::Report& report, test::JobDatabase& database, const char* heir, const char* what)
{
    PH_RETURN_IF_ERROR(database.reset());
    const QString program = QCoreApplication::applicationDirPath() + "/../tests/jobs_worker";
    const QString url = QString::fromStdString(database.url());
    const QString killed = "server-a";
    QProcess first;
    first.start(program, {url, killed, kLeaseSeconds});
    test::EngineHost::Options options;
    options.url = database.url();
    options.threads = 1;
    {
        PH_ASSIGN_OR_RETURN(const auto maker, test::EngineHost::start(options));
        maker->engine().stop(absl::ZeroDuration());
        for (int number = 0; number < 4; ++number) {
            maker->create({{"act", "wait"}});
        }
    }
    const auto heldBy = [&](const std::string& host, std::int64_t after) {
        return database.number(fmt::format(
            "SELECT count(*) AS n FROM pilothouse.job_running WHERE host = '{}' "
            "AND worker_id > {}",
            host,
            after));
    };
    if (!wait([&] { return heldBy(killed.toStdString(), 0) == 4; })) {
        return absl::DeadlineExceededError("the first server took nothing");
    }
    const std::int64_t worker =
        database.number("SELECT max(worker_id) AS n FROM pilothouse.job_running");
    QProcess second;
    if (heir != killed) {
        second.start(program, {url, heir, kLeaseSeconds});
        absl::SleepFor(absl::Seconds(3));
    }
    const absl::Time since = absl::Now();
    first.kill();
    first.waitForFinished();
    if (heir == killed) {
        second.start(program, {url, heir, kLeaseSeconds});
    }
    const bool isTaken = wait([&] { return heldBy(heir, worker) == 4; });
    if (!isTaken) {
        return absl::DeadlineExceededError("the second server took nothing");
    }
    report.figure(what, "s", absl::ToDoubleSeconds(absl::Now() - since), bench::atMost(30));
    second.kill();
    second.waitForFinished();
    return absl::OkStatus();
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    int tasks = 20000;
    if (argc > 1 && !absl::SimpleAtoi(argv[1], &tasks)) {
        return 2;
    }
    bench::Report report("jobs");
    test::JobDatabase database;
    absl::Status status =
        platform::initCrypto() ? database.start() : absl::InternalError("no random numbers");
    for (const auto& part :
         {std::function<absl::Status()>([&] {
              return throughput(
                  report, database, tasks, 10, "claim and complete, 50 at once, ten tasks a job");
          }),
          std::function<absl::Status()>([&] {
              return throughput(
                  report, database, tasks, 1, "claim and complete, 50 at once, one task a job");
          }),
          std::function<absl::Status()>([&] { return latency(report, database); }),
          std::function<absl::Status()>([&] { return dags(report, database); }),
          std::function<absl::Status()>([&] { return leases(report, database); }),
          std::function<absl::Status()>([&] {
              return recovery(
                  report,
                  database,
                  "server-b",
                  "all leases (of 5 s) with another server after kill -9");
          }),
          std::function<absl::Status()>([&] {
              return recovery(
                  report,
                  database,
                  "server-a",
                  "all leases with the same server, killed and started again");
          })}) {
        if (status.ok()) {
            status = part();
        }
    }
    if (!status.ok()) {
        fmt::print(stderr, "bench_jobs: {}\n", describe(status));
    }
    return status.ok() ? report.exitCode() : 1;
}
