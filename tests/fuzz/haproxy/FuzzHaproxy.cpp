// SPDX-License-Identifier: Apache-2.0
// Any bytes as an answer of HAProxy or as a map file: no crash, no negative counter, and a file
// that was set once has the entry and does not change when it is set again.
#include "server/platform/haproxy/RuntimeText.h"

#include <cstdint>
#include <cstdlib>

using namespace pilothouse::haproxy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto rows = parseStat(text); rows.ok()) {
        for (const StatRow& row : *rows) {
            if (row.responses < 0 || row.current < 0 || row.timesDown < 0) {
                std::abort();
            }
        }
    }
    parseShownMap(text).IgnoreError();
    const std::vector<MapEntry> wanted{{"active", "green"}, {"preview", "blue"}};
    const std::string once = withEntries(text, wanted);
    const auto entries = parseMapFile(once);
    if (entries.ok() &&
        (valueOf(*entries, "active") != "green" || valueOf(*entries, "preview") != "blue")) {
        std::abort();
    }
    if (withEntries(once, wanted) != once) {
        std::abort();
    }
    return 0;
}
