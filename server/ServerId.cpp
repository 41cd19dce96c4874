// SPDX-License-Identifier: Apache-2.0
#include "server/ServerId.h"

#include "server/platform/crypto/Random.h"
#include "server/platform/process/Folders.h"
#include "shared/base/StatusHelpers.h"

#include <fstream>
#include <unistd.h>

namespace pilothouse {

absl::StatusOr<std::string> serverIdIn(const std::filesystem::path& dataDir)
{
    const std::filesystem::path file = dataDir / "server-id";
    std::string id;
    if (std::ifstream stream(file); stream >> id) {
        return id;
    }
    id = platform::newId();
    platform::Account own;
    own.uid = geteuid();
    own.gid = getegid();
    PH_RETURN_IF_ERROR(platform::writePrivateFile(file, id + "\n", own));
    return id;
}

} // namespace pilothouse
