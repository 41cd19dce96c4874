// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/ChangeWindow.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::rollouts {

namespace {

using Kind = ChangeWindow::Kind;

constexpr const char* kGate = "window";
/// A window that opens more often than that before it closes is open all the time.
constexpr int kMostOpenings = 1000;

std::string whenText(absl::Time time, const ChangeWindow& window)
{
    return fmt::format(
        "{} ({})", absl::FormatTime("%a %e %b %H:%M", time, window.zone), window.zone.name());
}

std::string because(const ChangeWindow& window)
{
    return window.description.empty() ? std::string() : ": " + window.description;
}

/// The window of this kind that opens next.
const ChangeWindow* nextToOpen(
    const std::vector<ChangeWindow>& windows, Kind kind, absl::Time now, absl::Time& when)
{
    const ChangeWindow* next = nullptr;
    for (const ChangeWindow& window : windows) {
        if (window.kind != kind) {
            continue;
        }
        if (const absl::Time opens = window.schedule.next(now); next == nullptr || opens < when) {
            next = &window;
            when = opens;
        }
    }
    return next;
}

/// The window of this kind that is open longest.
const ChangeWindow* openNow(
    const std::vector<ChangeWindow>& windows, Kind kind, absl::Time now, absl::Time& until)
{
    const ChangeWindow* open = nullptr;
    for (const ChangeWindow& window : windows) {
        const auto closes = window.kind == kind ? openUntil(window, now) : std::nullopt;
        if (closes && (open == nullptr || *closes > until)) {
            open = &window;
            until = *closes;
        }
    }
    return open;
}

} // namespace

absl::StatusOr<ChangeWindow> makeChangeWindow(
    Kind kind,
    std::string_view schedule,
    absl::Duration duration,
    std::string_view timeZone,
    std::string description)
{
    PH_ASSIGN_OR_RETURN(jobs::Cron cron, jobs::Cron::parse(schedule, timeZone));
    absl::TimeZone zone = absl::UTCTimeZone();
    if (!timeZone.empty() && !absl::LoadTimeZone(std::string(timeZone), &zone)) {
        return absl::InvalidArgumentError(fmt::format("unknown time zone '{}'", timeZone));
    }
    return ChangeWindow{kind, std::move(cron), duration, zone, std::move(description)};
}

std::optional<absl::Time> openUntil(const ChangeWindow& window, absl::Time now)
{
    absl::Time opened = window.schedule.next(now - window.duration);
    if (opened > now) {
        return std::nullopt;
    }
    for (int opening = 0; opening < kMostOpenings; ++opening) {
        const absl::Time next = window.schedule.next(opened);
        if (next > now) {
            break;
        }
        opened = next;
    }
    return opened + window.duration;
}

std::optional<Gate> windowGate(const std::vector<ChangeWindow>& windows, absl::Time now)
{
    if (windows.empty()) {
        return std::nullopt;
    }
    absl::Time when;
    if (const ChangeWindow* freeze = openNow(windows, Kind::Deny, now, when)) {
        return Gate{
            kGate,
            GateResult::Failed,
            fmt::format("no promotions until {}{}", whenText(when, *freeze), because(*freeze))};
    }
    if (const ChangeWindow* open = openNow(windows, Kind::Allow, now, when)) {
        return Gate{
            kGate,
            GateResult::Passed,
            fmt::format("open until {}{}", whenText(when, *open), because(*open))};
    }
    if (const ChangeWindow* next = nextToOpen(windows, Kind::Allow, now, when)) {
        return Gate{
            kGate,
            GateResult::Failed,
            fmt::format("closed; opens {}{}", whenText(when, *next), because(*next))};
    }
    const ChangeWindow* freeze = nextToOpen(windows, Kind::Deny, now, when);
    return Gate{
        kGate,
        GateResult::Passed,
        fmt::format("no freeze before {}{}", whenText(when, *freeze), because(*freeze))};
}

} // namespace pilothouse::rollouts
