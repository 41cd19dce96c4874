// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Analysis.h"
#include "shared/rollouts/Comparison.h"

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::rollouts {

/// The two places where a version of an application runs. Either may be the one with the traffic:
/// after a promotion they have changed their roles.
enum class Colour { Blue, Green };

/// "blue", "green".
std::string_view colourName(Colour colour);
std::optional<Colour> colourOf(std::string_view name);
constexpr Colour other(Colour colour)
{
    return colour == Colour::Blue ? Colour::Green : Colour::Blue;
}

/// Where new requests go: to `active`, but for so many of a hundred, which go to the other side.
struct Routing
{
    Colour active = Colour::Blue;
    int splitPercent = 0;

    friend bool operator==(const Routing&, const Routing&) = default;
};

enum class Step {
    /// Waits for the candidate to be ready.
    Planned,
    PreviewReady,
    /// Candidate and stable side are compared.
    Analysing,
    AwaitingPromotion,
    /// Decided: traffic goes to the candidate, or will as soon as the driver can.
    Switching,
    /// The candidate has the traffic; the stable side is kept warm, to go back at once.
    Switched,
    /// The time for going back is over; what the stable side still answers is waited for.
    Draining,
    Done,
    /// Decided: traffic goes back to the stable side.
    SwitchingBack,
    RolledBack,
    /// Ended before the candidate had any traffic.
    Aborted,
};

/// "planned", "preview-ready", …: the words of the database and of the command line.
std::string_view stepName(Step step);
/// Of a name that is one.
std::optional<Step> stepOf(std::string_view name);

constexpr bool hasEnded(Step step)
{
    return step == Step::Done || step == Step::RolledBack || step == Step::Aborted;
}
/// The candidate has no traffic yet.
constexpr bool isBeforeSwitch(Step step)
{
    return step <= Step::AwaitingPromotion;
}

// What an operator may do with a rollout in this step.
constexpr bool canPromote(Step step)
{
    return step >= Step::PreviewReady && step <= Step::AwaitingPromotion;
}
constexpr bool canAbort(Step step)
{
    return isBeforeSwitch(step);
}
constexpr bool canRollBack(Step step)
{
    return step == Step::Switching || step == Step::Switched || step == Step::Draining;
}
/// A switch that was decided is not held up.
constexpr bool canPause(Step step)
{
    return isBeforeSwitch(step) || step == Step::Switched;
}
constexpr bool canStepTraffic(Step step)
{
    return canPromote(step);
}
constexpr bool canKeepWarm(Step step)
{
    return step == Step::Switched;
}

/// With more, it would be a promotion.
inline constexpr int kMostCandidatePercent = 99;

struct Rollout
{
    std::string id;
    std::string application;
    /// What is rolled out, in the operator's words: "2.4.0".
    std::string revision;
    std::string description;
    /// The side with the traffic when it began, and the other.
    Colour stable = Colour::Blue;
    Colour candidate = Colour::Green;
    Step step = Step::Planned;
    bool isPaused = false;
    /// So many requests of a hundred go to the candidate before its promotion.
    int candidatePercent = 0;
    /// Counts every change: whoever changes it names the one that was seen.
    std::int64_t generation = 0;
    std::string createdBy;
    absl::Time createTime = absl::InfinitePast();
    /// Since when it is in this step.
    absl::Time stepTime = absl::InfinitePast();
    std::string promotedBy;
    absl::Time promoteTime = absl::InfinitePast();
    absl::Time switchTime = absl::InfinitePast();
    /// Until when the stable side is kept warm.
    absl::Time warmUntil = absl::InfiniteFuture();
    absl::Time endTime = absl::InfinitePast();
    /// What it waits for, or why it ended.
    std::string message;
    /// Of the comparison, as it stood when it was last written.
    Verdict verdict = Verdict::Undecided;
    std::vector<MetricEvidence> evidence;
    /// Why it was promoted although a gate had not passed, or "".
    std::string overrideReason;
    /// What ran on the candidate when its promotion was decided, see Side::servers; "" = it was
    /// not.
    std::string approvedServers;

    friend bool operator==(const Rollout&, const Rollout&) = default;
};

/// One line of a rollout's history.
struct Event
{
    absl::Time time = absl::InfinitePast();
    /// "started", "preview-ready", "promoted", "drift", …
    std::string kind;
    Step step = Step::Planned;
    /// Operator's name, or "server".
    std::string actor;
    std::string message;

    friend bool operator==(const Event&, const Event&) = default;
};

/// A side as the driver sees it. The counters begin anew when the driver does.
struct Side
{
    /// The driver's name of it, for people.
    std::string backend;
    int serversUp = 0;
    int serversTotal = 0;
    /// Requests under way or waiting.
    std::int64_t inFlight = 0;
    std::int64_t responses = 0;
    std::int64_t serverErrors = 0;
    std::int64_t clientErrors = 0;
    /// How often a server of it went down.
    std::int64_t timesDown = 0;
    /// What runs there, so that a change of it can be told: "green1 127.0.0.1:9002, …"; in a
    /// cluster the hashes of the pods' templates.
    std::string servers;
    /// Answers whose time is known, and those of them that took too long; nothing where that is
    /// not counted.
    std::optional<Counts> timed = std::nullopt;
    /// What queries call it ($side); "" when there is no such side now. Kept by the server only.
    std::string name = {};

    friend bool operator==(const Side&, const Side&) = default;
};

/// The world as a driver sees it. Never what was last commanded.
struct Observation
{
    absl::Time time = absl::InfinitePast();
    /// Which side gets the traffic; nothing: neither of the two.
    std::optional<Colour> active;
    /// So many requests of a hundred go to the other side.
    int splitPercent = 0;
    /// The same after the driver's next start.
    std::optional<Colour> activeAfterRestart;
    int splitPercentAfterRestart = 0;
    /// What is there instead when it is neither.
    std::string found;
    /// Of the last leader that switched; 0 = nobody did.
    std::int64_t fence = 0;
    /// Whether the sides' counts are known; else they are 0 and say nothing.
    bool countsInFlight = true;
    bool countsResponses = true;
    Side blue;
    Side green;

    const Side& side(Colour colour) const { return colour == Colour::Blue ? blue : green; }
    /// Now, and after the driver's next start.
    bool isRouted(const Routing& routing) const
    {
        return active == routing.active && activeAfterRestart == routing.active &&
               splitPercent == routing.splitPercent &&
               splitPercentAfterRestart == routing.splitPercent;
    }
};

enum class GateResult { Passed, Failed, Waiting, Overridden };

/// "passed", "failed", "waiting", "overridden".
std::string_view gateResultName(GateResult result);

/// Something that must hold before a promotion.
struct Gate
{
    /// "ready", "no-drift", "capacity", "verdict", "analysis", "window".
    std::string name;
    GateResult result = GateResult::Waiting;
    /// What was looked at: "2 of 2 servers of green are up".
    std::string detail;

    friend bool operator==(const Gate&, const Gate&) = default;
};

/// Whether an operator may promote although it has not passed, with a reason.
bool canBeOverridden(const Gate& gate);

/// Whether it stands in the way of more traffic before the promotion: what is measured on that
/// traffic does not, nor what all of it needs.
bool holdsUpTraffic(const Gate& gate);

/// An application of the configuration, as everything is now.
struct Application
{
    std::string name;
    std::string driver;
    /// The side that should have the traffic; nothing: not known yet.
    std::optional<Colour> active;
    /// Nothing: the driver does not answer, and `problem` says why.
    std::optional<Observation> observation;
    /// What is wrong, for the operator; "" when nothing is.
    std::string problem;
    /// The open one, else the last.
    std::optional<Rollout> rollout;
    /// Of the open one before its switch.
    std::vector<Gate> gates;
    /// Of the conditions that are measured now; nothing: none are.
    std::optional<AnalysisState> analysis;
    /// See Policy.
    int holdBackPercent = 0;
    bool rollsBackByItself = false;
    std::vector<int> trafficSteps;
    /// How often somebody else switched and it was put right, since the server started.
    std::int64_t driftsRepaired = 0;
};

} // namespace pilothouse::rollouts
