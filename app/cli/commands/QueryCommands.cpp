// SPDX-License-Identifier: GPL-3.0-or-later
// metrics query, metrics range, metrics watch.
#include "app/cli/commands/Command.h"
#include "app/cli/commands/QueryOutput.h"
#include "app/cli/commands/QueryWatch.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/MetricsClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

struct QueryFlags
{
    std::string expression;
    std::string time = "now";
};

struct RangeFlags
{
    std::string expression;
    std::string start = "-1h";
    std::string end = "now";
    std::string step;
    int maxPoints = 0;
};

// Without --step a range is cut into about this many steps.
constexpr int kDefaultSteps = 60;

absl::Status query(Context& context, ServerSession& session, const QueryFlags& flags)
{
    PH_ASSIGN_OR_RETURN(const absl::Time time, parseTime(flags.time, absl::Now()));
    // "now" is the server's now, whatever this machine's clock says.
    const absl::Time at = flags.time == "now" ? absl::InfinitePast() : time;
    PH_ASSIGN_OR_RETURN(
        const metrics::QueryResult result, await<metrics::QueryResult>([&](auto done) {
            return session.metrics().query(flags.expression, at, std::move(done));
        }));
    printResult(context.printer, result);
    return absl::OkStatus();
}

absl::StatusOr<client::QueryRange> rangeOf(const RangeFlags& flags)
{
    const absl::Time now = absl::Now();
    client::QueryRange range;
    range.expression = flags.expression;
    range.maxPoints = flags.maxPoints;
    PH_ASSIGN_OR_RETURN(range.start, parseTime(flags.start, now));
    PH_ASSIGN_OR_RETURN(range.end, parseTime(flags.end, now));
    if (range.end < range.start) {
        return withHint(
            absl::InvalidArgumentError(fmt::format(
                "the range ends ({}) before it starts ({})",
                shortTime(range.end),
                shortTime(range.start))),
            "Swap --start and --end.");
    }
    if (flags.step.empty()) {
        range.step = std::max(
            absl::Seconds(1),
            absl::Floor((range.end - range.start) / kDefaultSteps, absl::Seconds(1)));
        return range;
    }
    PH_ASSIGN_OR_RETURN(range.step, parseDuration(flags.step));
    if (range.step < absl::Milliseconds(1)) {
        return withHint(
            absl::InvalidArgumentError("the step is less than a millisecond"), "Give --step 15s.");
    }
    return range;
}

absl::Status queryRange(Context& context, ServerSession& session, const client::QueryRange& range)
{
    PH_ASSIGN_OR_RETURN(const metrics::Matrix matrix, await<metrics::Matrix>([&](auto done) {
                            return session.metrics().queryRange(range, std::move(done));
                        }));
    printResult(context.printer, {.value = matrix, .warnings = {}});
    return absl::OkStatus();
}

void addQuery(CLI::App& metrics, Context& context)
{
    const auto flags = std::make_shared<QueryFlags>();
    CLI::App* command = metrics.add_subcommand("query", "Value of a PromQL expression at one time");
    command->add_option("EXPR", flags->expression, "PromQL")->required();
    command->add_option("--time", flags->time, "now, -30m, 2026-03-01T12:00:00Z (default now)")
        ->type_name("TIME");
    command->footer("\nExamples:\n"
                    "  pilothousectl metrics query 'sum by (job) (up)'\n"
                    "  pilothousectl metrics query 'rate(http_requests_total[5m])' --time -1h");
    runsWithSession(command, context, [&context, flags](ServerSession& session) {
        return query(context, session, *flags);
    });
}

void addRange(CLI::App& metrics, Context& context)
{
    const auto flags = std::make_shared<RangeFlags>();
    CLI::App* command =
        metrics.add_subcommand("range", "Values of a PromQL expression over a range");
    command->add_option("EXPR", flags->expression, "PromQL")->required();
    command->add_option("--start", flags->start, "default -1h")->type_name("TIME");
    command->add_option("--end", flags->end, "default now")->type_name("TIME");
    command->add_option("--step", flags->step, "default: a sixtieth of the range")
        ->type_name("DURATION");
    command
        ->add_option(
            "--max-points", flags->maxPoints, "cut each series to this many, keeping extremes")
        ->type_name("N")
        ->check(CLI::Range(0, 1000000));
    command->footer(
        "\nExamples:\n"
        "  pilothousectl metrics range 'rate(http_requests_total[1m])' --start -30m --step 15s\n"
        "  pilothousectl metrics range up --start 2026-03-01 --end 2026-03-02 --step 1h --output "
        "json");
    command->callback([&context, flags] {
        context.run = [&context, flags]() -> absl::Status {
            // What is wrong with the arguments is said without a server.
            PH_ASSIGN_OR_RETURN(const client::QueryRange range, rangeOf(*flags));
            auto session = openSession(context);
            return session.ok() ? queryRange(context, **session, range) : session.status();
        };
    });
}

void addWatch(CLI::App& metrics, Context& context)
{
    struct WatchFlags
    {
        std::string expression;
        int count = 0;
    };
    const auto flags = std::make_shared<WatchFlags>();
    CLI::App* command = metrics.add_subcommand("watch", "A PromQL expression live, each second");
    command->add_option("EXPR", flags->expression, "PromQL")->required();
    command->add_option("--count", flags->count, "end after this many updates (default: never)")
        ->type_name("N")
        ->check(CLI::Range(0, 1000000000));
    command->footer("\nOn a terminal the newest values are redrawn in place; elsewhere each update "
                    "is a line a series,\n"
                    "or with --output json one JSON object a line. Ends with Ctrl+C, or when "
                    "nobody reads any more.");
    command->callback([&context, flags] {
        context.run = [&context, flags]() -> absl::Status {
            auto session = openSession(context);
            if (!session.ok()) {
                return session.status();
            }
            metrics::LiveQueryRequest request;
            request.expression = flags->expression;
            request.window = absl::Minutes(1);
            return watchQuery(context.printer, **session, request, flags->count);
        };
    });
}

} // namespace

void addQueryCommands(CLI::App& metrics, Context& context)
{
    addQuery(metrics, context);
    addRange(metrics, context);
    addWatch(metrics, context);
}

} // namespace pilothouse::cli
