// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/JobWatch.h"

#include "app/cli/commands/JobOutput.h"
#include "app/cli/connect/StreamInbox.h"
#include "app/cli/output/Terminal.h"
#include "app/cli/output/TextWidth.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/JobsClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pilothouse::cli {

namespace {

constexpr int kLogLines = 1000;

/// The newest job, and every line since it was last looked at.
void fold(client::JobUpdate& waiting, client::JobUpdate&& incoming)
{
    waiting.job = std::move(incoming.job);
    waiting.log.insert(waiting.log.end(), incoming.log.begin(), incoming.log.end());
}

/// The log, and under it one line with a bar that is drawn over itself.
class Bar
{
public:
    void show(Printer& printer, const client::JobUpdate& update)
    {
        constexpr std::string_view kClearLine = "\r\x1b[K";
        std::string text(m_isDrawn ? kClearLine : "");
        for (const auto& line : update.log) {
            text += logLineText(line) + "\n";
        }
        std::fwrite(text.data(), 1, text.size(), stdout);
        draw(update.job);
        if (jobs::hasEnded(update.job.state)) {
            printer.line("");
        }
        std::fflush(stdout);
    }

private:
    void draw(const jobs::Job& job)
    {
        constexpr int kBarWidth = 24;
        const double fraction = job.state == jobs::JobState::Succeeded
                                    ? 1
                                    : std::clamp(job.progress.fraction, 0.0, 1.0);
        const int filled = static_cast<int>(std::lround(fraction * kBarWidth));
        std::string bar;
        for (int place = 0; place < kBarWidth; ++place) {
            bar += place < filled ? "█" : "░";
        }
        std::string line = fmt::format("{} {} {}", job.title, bar, jobs::jobStateName(job.state));
        if (!jobs::hasEnded(job.state)) {
            const std::string detail = progressDetail(job.progress, absl::Now());
            line += (detail.empty() ? "" : "  ") + detail;
        }
        const std::size_t width = terminalWidth();
        line = truncated(printable(line), width > 1 ? width - 1 : 79);
        std::fwrite(line.data(), 1, line.size(), stdout);
        m_isDrawn = true;
    }

    bool m_isDrawn = false;
};

/// A line when the state, the stage or a tenth of the way is new.
class Lines
{
public:
    void show(Printer& printer, const client::JobUpdate& update)
    {
        for (const auto& line : update.log) {
            printer.line(logLineText(line));
        }
        const jobs::Job& job = update.job;
        std::string key = fmt::format(
            "{} {} {:.0f}",
            jobs::jobStateName(job.state),
            job.progress.stage,
            std::floor(job.progress.fraction * 10));
        if (key == m_shown) {
            return;
        }
        m_shown = std::move(key);
        const std::string detail = progressDetail(job.progress, absl::Now());
        printer.line(fmt::format(
            "job {} {}{}{}{}{}",
            job.id,
            jobs::jobStateName(job.state),
            job.progress.stage.empty() ? "" : ": ",
            printable(job.progress.stage),
            detail.empty() ? "" : "  ",
            detail));
    }

private:
    std::string m_shown;
};

void printJson(Printer& printer, const client::JobUpdate& update)
{
    Json log = Json::array();
    for (const auto& line : update.log) {
        log.push_back(logLineJson(line));
    }
    const Json json{{"job", jobJson(update.job)}, {"log", std::move(log)}};
    printer.line(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

absl::Status outcomeOf(const jobs::Job& job)
{
    if (job.state == jobs::JobState::Succeeded) {
        return absl::OkStatus();
    }
    return absl::InternalError(fmt::format(
        "job {} {}{}{}",
        job.id,
        jobs::jobStateName(job.state),
        job.message.empty() ? "" : ": ",
        job.message));
}

} // namespace

absl::Status watchJob(Printer& printer, ServerSession& session, const std::string& id)
{
    StreamInbox<client::JobUpdate> inbox(session, fold);
    inbox.open([&](auto onMessage, auto onEnd) {
        return session.jobs().watchJob(id, kLogLines, std::move(onMessage), std::move(onEnd));
    });
    Bar bar;
    Lines lines;
    jobs::Job job;
    while (!printer.isBroken()) {
        PH_ASSIGN_OR_RETURN(auto update, inbox.take());
        if (!update) {
            break;
        }
        if (printer.isJson()) {
            printJson(printer, *update);
        } else if (isTerminal()) {
            bar.show(printer, *update);
        } else {
            lines.show(printer, *update);
        }
        job = std::move(update->job);
    }
    return jobs::hasEnded(job.state) ? outcomeOf(job) : absl::OkStatus();
}

} // namespace pilothouse::cli
