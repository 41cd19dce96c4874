// SPDX-License-Identifier: Apache-2.0
#include "server/platform/faults/Faults.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::platform {

namespace {

struct Plan
{
    Plan()
    {
        const char* text = std::getenv("PILOTHOUSE_FAULTS");
        const std::vector<std::string> all =
            absl::StrSplit(text == nullptr ? "" : text, ',', absl::SkipEmpty());
        for (const std::string& one : all) {
            const std::pair<std::string, std::string> parts =
                absl::StrSplit(one, absl::MaxSplits('=', 1));
            int count = 1;
            if (absl::SimpleAtoi(parts.second, &count)) {
                left[parts.first] = count;
            }
        }
    }

    std::mutex mutex;
    std::map<std::string, int> left;
};

} // namespace

void faultPoint(const char* place)
{
    static Plan plan;
    const std::lock_guard lock(plan.mutex);
    const auto found = plan.left.find(place);
    if (found != plan.left.end() && --found->second == 0) {
        std::raise(SIGKILL);
    }
}

} // namespace pilothouse::platform
