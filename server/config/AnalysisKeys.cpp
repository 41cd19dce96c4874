// SPDX-License-Identifier: Apache-2.0
#include "server/config/KeyKinds.h"

namespace pilothouse::config {

namespace {

constexpr int kMostMeasurements = 1'000'000;

} // namespace

std::vector<Key<AnalysisMetric>> analysisKeys()
{
    using Keyed = AnalysisMetric;
    return {
        textKey<Keyed>("name", "What operators read; needed, and unique.\n", PH_FIELD(name)),
        choiceKey<Keyed>(
            "stage",
            "\"before\": while both sides are compared; the promotion waits for it. "
            "\"after\": while the old side is kept warm; it\n"
            "is gone back to when the condition fails.\n",
            {"before", "after"},
            PH_FIELD(stage)),
        textKey<Keyed>(
            "query",
            "PromQL over the server's metrics; needed. $candidate and $stable stand for the sides: "
            "the application's blue or green.\n",
            PH_FIELD(query)),
        textKey<Keyed>(
            "success_condition",
            "PromQL with the word result for what was measured: \"result >= 0.95\". Every series "
            "must hold.\n",
            PH_FIELD(successCondition)),
        textKey<Keyed>(
            "failure_condition",
            "The same for what is bad: one series is enough. "
            "Where neither holds, the measurement is inconclusive.\n",
            PH_FIELD(failureCondition)),
        durationKey<Keyed>(
            "initial_delay",
            "Before the first measurement.\n",
            absl::ZeroDuration(),
            kOneDay,
            PH_FIELD(initialDelay)),
        durationKey<Keyed>(
            "interval",
            "Between two measurements.\n",
            absl::Seconds(1),
            kOneDay,
            PH_FIELD(interval)),
        numberKey<Keyed>(
            "count",
            "So many measurements; 0 with stage = \"after\": as long as the old side is kept "
            "warm.\n",
            0,
            kMostMeasurements,
            PH_FIELD(count)),
        numberKey<Keyed>(
            "failure_limit", "So many may fail.\n", 0, kMostMeasurements, PH_FIELD(failureLimit)),
        numberKey<Keyed>(
            "inconclusive_limit",
            "So many may be inconclusive; after that a person decides.\n",
            0,
            kMostMeasurements,
            PH_FIELD(inconclusiveLimit)),
        numberKey<Keyed>(
            "consecutive_error_limit",
            "So many in a row may be errors: no answer, no series. More count as failed.\n",
            0,
            kMostMeasurements,
            PH_FIELD(consecutiveErrorLimit)),
        switchKey<Keyed>(
            "dry_run", "Measured and shown, without consequences.\n", PH_FIELD(isDryRun)),
        textListKey<Keyed>(
            "applications",
            "Names of the applications that it is for. Empty: all of them.\n",
            PH_FIELD(applications)),
    };
}

} // namespace pilothouse::config
