// SPDX-License-Identifier: Apache-2.0
#include "shared/audit/Entry.h"

namespace pilothouse::audit {

std::string_view outcomeText(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Ok:
        return "ok";
    case Outcome::Denied:
        return "denied";
    case Outcome::Failed:
        break;
    }
    return "failed";
}

} // namespace pilothouse::audit
