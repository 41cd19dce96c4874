// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

namespace pilothouse::scaling {

/// Instances of what is scaled.
struct Count
{
    /// As many as there should be now.
    int wanted = 0;
    int ready = 0;

    bool operator==(const Count&) const = default;
};

/// What a metric answered.
struct Reading
{
    std::vector<double> values;
    /// Why it could not be read; "" when it was.
    std::string error;

    bool operator==(const Reading&) const = default;
};

/// What one metric asks for.
struct Proposal
{
    std::string metric;
    bool isKnown = false;
    /// On average, or in all, as the metric measures.
    double usage = 0;
    double target = 0;
    double ratio = 0;
    int instances = 0;
    /// The arithmetic, or why there is none.
    std::string text;

    bool operator==(const Proposal&) const = default;
};

/// What comes of one look at a policy's metrics.
struct Decision
{
    absl::Time time = absl::InfinitePast();
    /// Whether anything could be decided: instances were counted, and enough metrics read.
    bool isValid = false;
    Count count;
    std::vector<Proposal> proposals;
    /// What the metrics ask for, before stabilisation and limits.
    int asked = 0;
    /// What there should be now. As it is when nothing could be decided.
    int recommended = 0;
    /// The whole arithmetic in one line.
    std::string text;
    /// What stands in the way of deciding, or could not be read; "" when nothing does.
    std::string problem;

    bool isChange() const { return isValid && recommended != count.wanted; }

    bool operator==(const Decision&) const = default;
};

/// What became of a decision that was written down.
enum class Act {
    /// Nothing is to be done: a recommendation, or no change.
    None,
    /// Decided, and not known to be done.
    Pending,
    Done,
    /// The cluster refused, or was changed by somebody else meanwhile.
    Failed,
    /// A later one was made before it was done.
    Superseded,
};

/// A decision of the history.
struct Record
{
    std::string id;
    std::string policy;
    Decision decision;
    Act act = Act::None;
    /// Why it failed.
    std::string message;
    /// When it was done, or failed.
    absl::Time actTime = absl::InfinitePast();

    bool operator==(const Record&) const = default;
};

/// An operator's stop: the policy goes on recommending and does nothing.
struct Pause
{
    std::string by;
    std::string reason;
    absl::Time time = absl::InfinitePast();

    bool operator==(const Pause&) const = default;
};

/// "none", "pending", "done", "failed", "superseded"
std::string_view actName(Act act);
/// Act::None for what is none.
Act actOf(std::string_view name);

} // namespace pilothouse::scaling
