// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::scaling {

enum class Mode {
    /// Says what it would do.
    Recommend,
    /// Does it.
    Act,
};

/// What a metric's expression answers.
enum class Measures {
    /// One number: what an instance has on average.
    Average,
    /// A number for each instance. Those that are missing count as idle when more are asked for,
    /// and as on target when fewer are.
    Each,
    /// One number: what all have together (a queue's length). The target is one instance's share.
    Total,
};

struct Metric
{
    std::string name;
    /// For people: "requests/s".
    std::string unit;
    /// PromQL over the server's metrics.
    std::string expression;
    double target = 1;
    Measures measures = Measures::Average;

    bool operator==(const Metric&) const = default;
};

/// How much may change in a period.
struct RatePolicy
{
    enum class Kind { Instances, Percent };
    Kind kind = Kind::Percent;
    int value = 100;
    absl::Duration period = absl::Seconds(15);

    bool operator==(const RatePolicy&) const = default;
};

/// Which of several rate policies counts.
enum class Select {
    /// The one that allows the greatest change.
    Max,
    Min,
    /// No change in this direction.
    Disabled,
};

/// One direction.
struct Behaviour
{
    /// Of all recommendations in this time the one nearest to what is there counts.
    absl::Duration stabilisation = absl::ZeroDuration();
    std::vector<RatePolicy> rates;
    Select select = Select::Max;

    bool operator==(const Behaviour&) const = default;
};

// Those of Kubernetes' HorizontalPodAutoscaler.
inline constexpr double kDefaultTolerance = 0.1;
inline constexpr absl::Duration kDefaultDownStabilisation = absl::Seconds(300);
Behaviour defaultUp();
Behaviour defaultDown();

inline constexpr int kMostInstances = 10'000;
inline constexpr absl::Duration kLongestStabilisation = absl::Hours(1);
inline constexpr absl::Duration kLongestPeriod = absl::Minutes(30);

/// When a service gets how many instances.
struct Policy
{
    std::string name;
    std::string title;
    Mode mode = Mode::Recommend;
    int least = 1;
    int most = 10;
    /// By how much a ratio may differ from 1 without consequence.
    double tolerance = kDefaultTolerance;
    Behaviour up = defaultUp();
    Behaviour down = defaultDown();
    std::vector<Metric> metrics;
    /// What is counted and scaled, for people: "Deployment shop/checkout". Empty: nothing is.
    std::string target;

    bool operator==(const Policy&) const = default;
};

/// "recommend", "act"
std::string_view modeName(Mode mode);
std::optional<Mode> modeOf(std::string_view name);
/// "average", "each", "total"
std::string_view measuresName(Measures measures);
std::optional<Measures> measuresOf(std::string_view name);
/// "max", "min", "disabled"
std::string_view selectName(Select select);
std::optional<Select> selectOf(std::string_view name);

/// "100% / 15s" or "4 / 1m".
std::string toText(const RatePolicy& rate);
/// INVALID_ARGUMENT says what was expected.
absl::StatusOr<RatePolicy> parseRatePolicy(std::string_view text);

} // namespace pilothouse::scaling
