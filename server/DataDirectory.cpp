// SPDX-License-Identifier: Apache-2.0
#include "server/DataDirectory.h"

#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace pilothouse {

namespace {

absl::Status unusable(const std::filesystem::path& path, const std::string& reason)
{
    return withHint(
        absl::FailedPreconditionError(
            fmt::format("cannot use the data directory {}: {}", path.string(), reason)),
        "Give a folder that this user can write to with --data-dir.");
}

absl::Status makeFolder(const std::filesystem::path& path)
{
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        std::filesystem::create_directories(path, error);
        // The account that runs a private PostgreSQL for root has to pass through; every file and
        // folder inside that holds a secret is closed by itself.
        if (!error && chmod(path.c_str(), geteuid() == 0 ? 0711 : 0700) != 0) {
            return unusable(path, std::strerror(errno));
        }
    }
    if (error) {
        return unusable(path, error.message());
    }
    return std::filesystem::is_directory(path, error) ? absl::OkStatus()
                                                      : unusable(path, "it is not a folder");
}

absl::StatusOr<std::string> readOrMakeId(const std::filesystem::path& folder)
{
    const std::filesystem::path file = folder / "server-id";
    std::string id;
    if (std::ifstream stream(file); stream >> id) {
        return id;
    }
    id = platform::newId();
    std::ofstream stream(file);
    stream << id << '\n';
    stream.close();
    return stream.good() ? absl::StatusOr<std::string>(id)
                         : unusable(folder, fmt::format("cannot write {}", file.string()));
}

} // namespace

absl::StatusOr<DataDirectory> DataDirectory::open(const std::filesystem::path& path)
{
    const std::filesystem::path folder = std::filesystem::absolute(path).lexically_normal();
    PH_RETURN_IF_ERROR(makeFolder(folder));
    const std::filesystem::path lockFile = folder / "pilothoused.pid";
    const int lock = ::open(lockFile.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (lock < 0) {
        return unusable(folder, std::strerror(errno));
    }
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        close(lock);
        std::string owner;
        std::ifstream(lockFile) >> owner;
        return withHint(
            absl::FailedPreconditionError(fmt::format(
                "the data directory {} is used by another server (process {})",
                folder.string(),
                owner.empty() ? "unknown" : owner)),
            "Stop that server, or give this one its own --data-dir.");
    }
    const std::string pid = fmt::format("{}\n", getpid());
    if (ftruncate(lock, 0) != 0 || write(lock, pid.data(), pid.size()) < 0) {
        const absl::Status status = unusable(folder, std::strerror(errno));
        close(lock);
        return status;
    }
    auto id = readOrMakeId(folder);
    if (!id.ok()) {
        close(lock);
        return id.status();
    }
    return DataDirectory(folder, lock, *std::move(id));
}

DataDirectory::DataDirectory(std::filesystem::path path, int lock, std::string serverId)
    : m_path(std::move(path)), m_lock(lock), m_serverId(std::move(serverId))
{}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_lock(std::exchange(other.m_lock, -1)),
      m_serverId(std::move(other.m_serverId))
{}

DataDirectory::~DataDirectory()
{
    if (m_lock >= 0) {
        close(m_lock);
    }
}

} // namespace pilothouse
