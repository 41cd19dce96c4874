// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/QueryWatch.h"

#include "app/cli/commands/QueryOutput.h"
#include "app/cli/connect/StreamInbox.h"
#include "app/cli/output/Terminal.h"
#include "app/cli/output/TextWidth.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/MetricsClient.h"

#include <fmt/format.h>

#include <map>

namespace pilothouse::cli {

namespace {

void printJson(Printer& printer, const metrics::LiveQueryUpdate& update)
{
    Json series = Json::array();
    for (const auto& one : update.series) {
        series.push_back(seriesJson(one));
    }
    Json json{
        {"snapshot", update.snapshot},
        {"evaluatedAt", jsonTime(update.evaluatedAt)},
        {"conflated", update.conflated},
        {"error", update.error},
        {"series", std::move(series)}};
    printer.line(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void printLines(Printer& printer, const metrics::LiveQueryUpdate& update)
{
    for (const auto& series : update.series) {
        // Of a snapshot only the newest: the past is what `metrics range` is for.
        const std::size_t first =
            update.snapshot && !series.times.empty() ? series.times.size() - 1 : 0;
        for (std::size_t index = first; index < series.times.size(); ++index) {
            printer.line(fmt::format(
                "{}  {}  {}",
                timeText(series.times[index]),
                printable(series.labels.toString()),
                valueText(series.values[index])));
        }
    }
    if (!update.error.empty()) {
        printNote(update.error);
    }
}

/// Redraws the newest value of each series in place.
class Screen
{
public:
    void show(Printer& printer, const metrics::LiveQueryUpdate& update, const std::string& title)
    {
        if (update.snapshot) {
            m_newest.clear();
        }
        for (const auto& series : update.series) {
            if (!series.values.empty()) {
                m_newest[series.labels.toString()] = series.values.back();
            }
        }
        Table table({{"SERIES", Align::Left, true}, {"VALUE", Align::Right}});
        const std::size_t height = terminalHeight();
        const std::size_t rows = height > 5 ? height - 5 : m_newest.size();
        std::size_t shown = 0;
        for (const auto& [name, value] : m_newest) {
            if (shown++ < rows) {
                table.add({name, valueText(value)});
            }
        }
        constexpr std::string_view kHomeAndClear = "\x1b[H\x1b[J";
        printer.line(fmt::format(
            "{}{}  {}{}",
            kHomeAndClear,
            truncated(printable(title), 60),
            absl::FormatTime("%H:%M:%S", update.evaluatedAt, absl::UTCTimeZone()),
            update.error.empty() ? "" : "  " + printable(update.error)));
        printer.print(table);
        if (m_newest.size() > rows) {
            printer.line(fmt::format("... and {} more", m_newest.size() - rows));
        }
    }

private:
    std::map<std::string, double> m_newest;
};

} // namespace

absl::Status watchQuery(
    Printer& printer, ServerSession& session, const metrics::LiveQueryRequest& request, int count)
{
    // Not folded: a reader that is slow makes the stream wait, and the server folds what it missed.
    StreamInbox<metrics::LiveQueryUpdate> inbox(session);
    inbox.open([&](auto onMessage, auto onEnd) {
        return session.metrics().watchQuery(request, std::move(onMessage), std::move(onEnd));
    });
    Screen screen;
    for (int number = 0; count == 0 || number < count; ++number) {
        PH_ASSIGN_OR_RETURN(const auto update, inbox.take());
        if (!update) {
            break;
        }
        if (printer.isJson()) {
            printJson(printer, *update);
        } else if (isTerminal()) {
            screen.show(printer, *update, request.expression);
        } else {
            printLines(printer, *update);
        }
        if (printer.isBroken()) {
            break;
        }
    }
    return absl::OkStatus();
}

} // namespace pilothouse::cli
