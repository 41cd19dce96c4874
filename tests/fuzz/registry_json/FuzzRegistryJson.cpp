// SPDX-License-Identifier: Apache-2.0
#include "server/services/RegistryJson.h"
#include "shared/services/SpecRules.h"
#include "shared/services/proto/ServicesProto.h"

#include <cstdint>
#include <cstdlib>
#include <string>

/// What a stranger sends as the body of a registration or a heartbeat.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pilothouse;
    using namespace pilothouse::services;
    const std::string text(reinterpret_cast<const char*>(data), size);
    v1::InstanceSpec message;
    const absl::Status parsed = parseBody(text, message);
    if (!parsed.ok()) {
        // Whatever it was, the answer is JSON that a program can read.
        v1::HeartbeatRequest ignored;
        if (errorJson(parsed).front() != '{' || httpStatusOf(parsed) != 400) {
            std::abort();
        }
        parseBody(text, ignored).IgnoreError();
        return 0;
    }
    const auto complete = completeSpec(fromProto(message));
    // What is accepted is complete, and stays as it is on its way through the contract.
    if (complete.ok() && (completeSpec(*complete).value() != *complete ||
                          fromProto(toProto(*complete)) != *complete)) {
        std::abort();
    }
    return 0;
}
