// SPDX-License-Identifier: Apache-2.0
#include "server/ServerId.h"

#include "server/platform/crypto/Random.h"

#include <fmt/format.h>

#include <fstream>

namespace pilothouse {

absl::StatusOr<std::string> serverIdIn(const std::filesystem::path& dataDir)
{
    const std::filesystem::path file = dataDir / "server-id";
    std::string id;
    if (std::ifstream stream(file); stream >> id) {
        return id;
    }
    id = platform::newId();
    std::ofstream stream(file);
    stream << id << '\n';
    stream.close();
    if (!stream.good()) {
        return absl::FailedPreconditionError(fmt::format("cannot write {}", file.string()));
    }
    return id;
}

} // namespace pilothouse
