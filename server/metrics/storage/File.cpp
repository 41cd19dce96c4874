// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/storage/File.h"

#include "shared/base/StatusHelpers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pilothouse::metrics {

namespace {

absl::Status errnoStatus(int error, const char* doing, const std::filesystem::path& path)
{
    const std::string message =
        fmt::format("cannot {} {}: {}", doing, path.string(), std::strerror(error));
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return withHint(absl::ResourceExhaustedError(message), "Free space on the file system.");
    case ENOENT:
        return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
        return withHint(
            absl::PermissionDeniedError(message),
            "Give the server's account write access to its data directory.");
    default:
        return absl::UnavailableError(message);
    }
}

} // namespace

absl::StatusOr<File> File::open(const std::filesystem::path& path, Mode mode)
{
    int flags = O_CLOEXEC;
    flags |= mode == Mode::Read     ? O_RDONLY
             : mode == Mode::Append ? O_WRONLY | O_CREAT | O_APPEND
                                    : O_RDWR | O_CREAT;
    constexpr mode_t kOwnerOnly = 0600;
    const int fd = ::open(path.c_str(), flags, kOwnerOnly);
    if (fd < 0) {
        return errnoStatus(errno, "open", path);
    }
    return File(path, fd);
}

File& File::operator=(File&& other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_fd, other.m_fd);
    return *this;
}

File::~File()
{
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

absl::Status File::failure(const char* doing) const
{
    return errnoStatus(errno, doing, m_path);
}

absl::Status File::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return failure("write");
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return absl::OkStatus();
}

absl::Status File::writeAt(std::uint64_t offset, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written =
            ::pwrite(m_fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return failure("write");
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return absl::OkStatus();
}

absl::Status File::sync()
{
    return ::fdatasync(m_fd) == 0 ? absl::OkStatus() : failure("sync");
}

absl::Status File::resize(std::uint64_t bytes)
{
    return ::ftruncate(m_fd, static_cast<off_t>(bytes)) == 0 ? absl::OkStatus() : failure("resize");
}

void File::punch(std::uint64_t offset, std::uint64_t bytes)
{
#ifdef FALLOC_FL_PUNCH_HOLE
    constexpr std::uint64_t kPage = 4096;
    const std::uint64_t from = (offset + kPage - 1) / kPage * kPage;
    const std::uint64_t to = (offset + bytes) / kPage * kPage;
    if (from < to) { // an error costs space, nothing else: the file goes when all of it is old
        (void)::fallocate(
            m_fd,
            FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
            static_cast<off_t>(from),
            static_cast<off_t>(to - from));
    }
#else
    (void)offset;
    (void)bytes;
#endif
}

absl::StatusOr<std::uint64_t> File::size() const
{
    struct stat status
    {};
    if (::fstat(m_fd, &status) != 0) {
        return failure("examine");
    }
    return static_cast<std::uint64_t>(status.st_size);
}

absl::Status syncFolder(const std::filesystem::path& folder)
{
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return errnoStatus(errno, "open", folder);
    }
    const int result = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    return result == 0 ? absl::OkStatus() : errnoStatus(error, "sync", folder);
}

absl::StatusOr<std::string> readWholeFile(const std::filesystem::path& path)
{
    PH_ASSIGN_OR_RETURN(const File file, File::open(path, File::Mode::Read));
    PH_ASSIGN_OR_RETURN(const std::uint64_t size, file.size());
    std::string content(size, '\0');
    std::size_t at = 0;
    while (at < content.size()) {
        const ssize_t count = ::read(file.descriptor(), content.data() + at, content.size() - at);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return errnoStatus(errno, "read", path);
        }
        if (count == 0) {
            break;
        }
        at += static_cast<std::size_t>(count);
    }
    content.resize(at);
    return content;
}

} // namespace pilothouse::metrics
