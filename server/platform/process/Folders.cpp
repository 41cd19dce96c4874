// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/Folders.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <grp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace pilothouse::platform {

namespace {

namespace fs = std::filesystem;

/// The folders on the way to `folder`, from the root.
std::vector<std::string> wayTo(const fs::path& folder)
{
    std::vector<std::string> way;
    fs::path current;
    for (const auto& part : fs::absolute(folder).lexically_normal()) {
        current /= part;
        way.push_back(current.string());
    }
    return way;
}

/// Index of the first that cannot be entered, or -1; runs as `account` in a child, because only the
/// kernel knows what modes, groups and access lists come to.
int firstBlocked(const std::vector<std::string>& way, const Account& account)
{
    constexpr int kFree = 255;
    const pid_t pid = fork();
    if (pid == 0) {
        if (!account.isCurrent() && (setgroups(account.groups.size(), account.groups.data()) != 0 ||
                                     setgid(account.gid) != 0 || setuid(account.uid) != 0)) {
            _exit(kFree);
        }
        for (std::size_t index = 0; index < way.size(); ++index) {
            if (access(way[index].c_str(), X_OK) != 0) {
                _exit(static_cast<int>(std::min<std::size_t>(index, kFree - 1)));
            }
        }
        _exit(kFree);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) == kFree) {
        return -1; // where it could not be tried, the program that needs it will say
    }
    return WEXITSTATUS(status);
}

} // namespace

absl::Status systemError(int error, const std::string& what)
{
    absl::Status status(
        absl::ErrnoToStatusCode(error),
        fmt::format("{}: {}", what, std::generic_category().message(error)));
    if (error == ENOSPC || error == EDQUOT) {
        return withHint(
            std::move(status), "Free space on that disk, or choose another --data-dir.");
    }
    if (error == EACCES || error == EPERM || error == EROFS) {
        return withHint(
            std::move(status),
            "Make it writable for the server's user, or choose another --data-dir.");
    }
    return status;
}

absl::Status makeFolder(const fs::path& folder, fs::perms mode)
{
    std::error_code error;
    if (fs::is_directory(folder, error)) {
        return absl::OkStatus();
    }
    fs::create_directories(folder.parent_path(), error);
    if (mkdir(folder.c_str(), static_cast<mode_t>(mode)) != 0 && errno != EEXIST) {
        return systemError(errno, fmt::format("cannot make folder {}", folder.string()));
    }
    if (!fs::is_directory(folder, error)) {
        return withHint(
            absl::FailedPreconditionError(fmt::format("{} is not a folder", folder.string())),
            "Move it away, or choose another --data-dir.");
    }
    chmod(folder.c_str(), static_cast<mode_t>(mode));
    return absl::OkStatus();
}

absl::Status makePrivateFolder(const fs::path& folder, const Account& account)
{
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return systemError(errno, fmt::format("cannot make folder {}", folder.string()));
    }
    struct stat info = {};
    if (lstat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
        return absl::FailedPreconditionError(fmt::format("{} is not a folder", folder.string()));
    }
    if (info.st_uid != account.uid) {
        if (geteuid() != 0) {
            return withHint(
                absl::FailedPreconditionError(fmt::format(
                    "{} belongs to user id {}, not to {}",
                    folder.string(),
                    info.st_uid,
                    account.name)),
                "Start the server as the user that made the data directory, or choose another "
                "--data-dir.");
        }
        if (chown(folder.c_str(), account.uid, account.gid) != 0) {
            return systemError(
                errno, fmt::format("cannot give {} to user {}", folder.string(), account.name));
        }
    }
    if ((info.st_mode & 0777) != 0700 && chmod(folder.c_str(), 0700) != 0) {
        return systemError(errno, fmt::format("cannot make {} private", folder.string()));
    }
    return absl::OkStatus();
}

absl::StatusOr<fs::path> makeSocketFolder(
    const fs::path& wanted, const std::string& name, const Account& account)
{
    const auto fits = [&](const fs::path& folder) {
        return (folder / name).string().size() < sizeof(sockaddr_un::sun_path);
    };
    if (fits(wanted)) {
        PH_RETURN_IF_ERROR(makePrivateFolder(wanted, account));
        return wanted;
    }
    const std::string shortName = fmt::format(
        "pilothouse-{}-{:016x}", account.uid, std::hash<std::string>()(wanted.string()));
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    fs::path folder = fs::path("/tmp") / shortName;
    if (account.isCurrent() && runtime != nullptr && fits(fs::path(runtime) / shortName) &&
        access(runtime, W_OK | X_OK) == 0) {
        folder = fs::path(runtime) / shortName;
    }
    // Everybody may write to /tmp: what is there under our name is not ours for that.
    struct stat info = {};
    if (lstat(folder.c_str(), &info) == 0 &&
        (!S_ISDIR(info.st_mode) || info.st_uid != account.uid)) {
        return withHint(
            absl::FailedPreconditionError(
                fmt::format("{}, the folder for a socket, is somebody else's", folder.string())),
            "Remove it, or choose a --data-dir with a shorter path.");
    }
    PH_RETURN_IF_ERROR(makePrivateFolder(folder, account));
    return folder;
}

absl::Status checkCanEnter(const fs::path& folder, const Account& account)
{
    const std::vector<std::string> way = wayTo(folder);
    const int blocked = firstBlocked(way, account);
    if (blocked < 0) {
        return absl::OkStatus();
    }
    const std::string& where = way[static_cast<std::size_t>(blocked)];
    return withHint(
        absl::PermissionDeniedError(fmt::format(
            "user {}, who runs PostgreSQL, cannot enter {} on the way to {}",
            account.name,
            where,
            folder.string())),
        fmt::format("Choose a --data-dir outside of it, or allow entering: chmod o+x {}.", where));
}

std::uintmax_t freeBytes(const fs::path& folder)
{
    std::error_code error;
    const fs::space_info space = fs::space(folder, error);
    return error ? 0 : space.available;
}

absl::Status writePrivateFile(const fs::path& file, const std::string& text, const Account& account)
{
    const std::string temporary = file.string() + ".new";
    const int descriptor =
        open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        return systemError(errno, fmt::format("cannot write {}", temporary));
    }
    int error = 0;
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size())) {
        error = written < 0 ? errno : ENOSPC;
    } else if (
        (!account.isCurrent() && fchown(descriptor, account.uid, account.gid) != 0) ||
        fsync(descriptor) != 0) {
        error = errno;
    }
    close(descriptor);
    if (error == 0 && rename(temporary.c_str(), file.c_str()) != 0) {
        error = errno;
    }
    if (error != 0) {
        unlink(temporary.c_str());
        return systemError(error, fmt::format("cannot write {}", file.string()));
    }
    return absl::OkStatus();
}

} // namespace pilothouse::platform
