// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/DataDirectory.h"

#include "server/platform/process/Folders.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace pilothouse::platform {

namespace {

namespace fs = std::filesystem;

constexpr const char* kLockName = "pilothouse.lock";

std::string ownerOf(int lock)
{
    std::array<char, 32> text{};
    const ssize_t count = pread(lock, text.data(), text.size() - 1, 0);
    const std::string owner(text.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    const std::size_t digits = owner.find_first_not_of("0123456789");
    return owner.substr(0, digits);
}

absl::Status writeOwner(int lock, const fs::path& path)
{
    const std::string text = std::to_string(getpid()) + "\n";
    if (ftruncate(lock, 0) != 0 ||
        pwrite(lock, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        return systemError(
            errno, fmt::format("cannot write to the data directory {}", path.string()));
    }
    return absl::OkStatus();
}

} // namespace

absl::StatusOr<std::unique_ptr<DataDirectory>> DataDirectory::open(const fs::path& path)
{
    const fs::path folder = fs::absolute(path).lexically_normal();
    // As root, PostgreSQL runs as another user that must be able to pass through.
    const fs::perms mode = geteuid() == 0 ? fs::perms(0711) : fs::perms(0700);
    PH_RETURN_IF_ERROR(makeFolder(folder, mode));
    const int lock =
        ::open((folder / kLockName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) {
        return systemError(
            errno, fmt::format("cannot write to the data directory {}", folder.string()));
    }
    std::unique_ptr<DataDirectory> directory(new DataDirectory(folder, lock));
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return systemError(
                errno, fmt::format("cannot lock the data directory {}", folder.string()));
        }
        return withHint(
            absl::FailedPreconditionError(fmt::format(
                "the data directory {} is in use by the Pilothouse server with pid {}",
                folder.string(),
                ownerOf(lock))),
            "Stop that server, or give this one another --data-dir.");
    }
    PH_RETURN_IF_ERROR(writeOwner(lock, folder));
    return directory;
}

DataDirectory::DataDirectory(fs::path path, int lock) : m_path(std::move(path)), m_lock(lock) {}

DataDirectory::~DataDirectory()
{
    close(m_lock);
}

} // namespace pilothouse::platform
