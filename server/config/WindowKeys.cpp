// SPDX-License-Identifier: Apache-2.0
#include "server/config/KeyKinds.h"

namespace pilothouse::config {

namespace {

constexpr int kLongestDays = 366;

} // namespace

std::vector<Key<ChangeWindow>> windowKeys()
{
    using Keyed = ChangeWindow;
    return {
        choiceKey<Keyed>(
            "kind",
            "\"allow\": promotions in this time; where there are such windows, in no other. "
            "\"deny\": none in this time, a freeze.\n",
            {"allow", "deny"},
            PH_FIELD(kind)),
        textKey<Keyed>(
            "schedule",
            "When it opens, as a cron expression (minute, hour, day, month, day of week); "
            "needed.\n",
            PH_FIELD(schedule)),
        durationKey<Keyed>(
            "duration",
            "For how long it stays open.\n",
            absl::Minutes(1),
            kOneDay * kLongestDays,
            PH_FIELD(duration)),
        textKey<Keyed>("time_zone", "Of the schedule: \"Europe/Berlin\".\n", PH_FIELD(timeZone)),
        textListKey<Keyed>(
            "applications",
            "Names of the applications that it is for. Empty: all of them.\n",
            PH_FIELD(applications)),
        textKey<Keyed>("description", "What operators read.\n", PH_FIELD(description)),
    };
}

} // namespace pilothouse::config
