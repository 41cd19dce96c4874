// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/exposition/Utf8.h"

#include <cstdint>

namespace pilothouse::metrics {

bool isValidUtf8(std::string_view text)
{
    std::size_t at = 0;
    while (at < text.size()) {
        const auto lead = static_cast<std::uint8_t>(text[at++]);
        if (lead < 0x80) {
            continue;
        }
        const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4) {
            return false;
        }
        std::uint32_t code = lead & (0x3fU >> more);
        for (int left = more; left > 0; --left, ++at) {
            if (at == text.size() || (static_cast<std::uint8_t>(text[at]) & 0xc0) != 0x80) {
                return false;
            }
            code = code << 6 | (static_cast<std::uint8_t>(text[at]) & 0x3fU);
        }
        const bool isOverlong = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
        const bool isSurrogate = code >= 0xd800 && code <= 0xdfff;
        if (isOverlong || isSurrogate || code > 0x10ffff) {
            return false;
        }
    }
    return true;
}

} // namespace pilothouse::metrics
