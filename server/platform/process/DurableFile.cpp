// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/DurableFile.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pilothouse::platform {

namespace {

constexpr std::size_t kLargestSmallFile = std::size_t{4} << 20;
constexpr mode_t kNewFileMode = 0644;

absl::Status fileFailed(const char* what, const std::filesystem::path& file)
{
    const int error = errno;
    absl::Status status(
        absl::ErrnoToStatusCode(error),
        fmt::format("cannot {} {}: {}", what, file.string(), std::strerror(error)));
    return error == EACCES || error == EPERM
               ? withHint(
                     std::move(status),
                     "Let the server's user read and write it and the folder that it lies in.")
               : status;
}

class OwnedDescriptor
{
public:
    explicit OwnedDescriptor(int number) : m_number(number) {}
    ~OwnedDescriptor() { close(); }
    OwnedDescriptor(const OwnedDescriptor&) = delete;
    OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
    int number() const { return m_number; }
    bool close()
    {
        const int number = m_number;
        m_number = -1;
        return number < 0 || ::close(number) == 0;
    }

private:
    int m_number;
};

absl::Status writeWhole(int number, const std::string& text, const std::filesystem::path& file)
{
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t written = ::write(number, text.data() + done, text.size() - done);
        if (written < 0 && errno != EINTR) {
            return fileFailed("write", file);
        }
        done += written > 0 ? static_cast<std::size_t>(written) : 0;
    }
    return ::fsync(number) == 0 ? absl::OkStatus() : fileFailed("write", file);
}

} // namespace

absl::StatusOr<std::string> readSmallFile(const std::filesystem::path& file)
{
    OwnedDescriptor open(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (open.number() < 0) {
        return fileFailed("read", file);
    }
    std::string text(kLargestSmallFile + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(open.number(), text.data() + size, text.size() - size);
        if (got < 0 && errno != EINTR) {
            return fileFailed("read", file);
        }
        if (got == 0) {
            break;
        }
        size += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    if (size > kLargestSmallFile) {
        return absl::ResourceExhaustedError(
            fmt::format("the file {} is larger than 4 MiB", file.string()));
    }
    text.resize(size);
    return text;
}

absl::Status replaceFile(const std::filesystem::path& file, const std::string& text)
{
    const std::filesystem::path fresh = file.string() + ".new";
    struct stat before = {};
    const bool isThere = ::stat(file.c_str(), &before) == 0;
    {
        OwnedDescriptor open(
            ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kNewFileMode));
        if (open.number() < 0) {
            return fileFailed("write", fresh);
        }
        if (isThere) {
            // Not ours to give away, perhaps; HAProxy can read it in any case.
            [[maybe_unused]] const int owned =
                ::fchown(open.number(), before.st_uid, before.st_gid);
            if (::fchmod(open.number(), before.st_mode & 07777U) != 0) {
                return fileFailed("write", fresh);
            }
        }
        if (absl::Status status = writeWhole(open.number(), text, fresh); !status.ok()) {
            return status;
        }
        if (!open.close()) {
            return fileFailed("write", fresh);
        }
    }
    if (::rename(fresh.c_str(), file.c_str()) != 0) {
        return fileFailed("replace", file);
    }
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    OwnedDescriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.number() < 0 || ::fsync(parent.number()) != 0) {
        return fileFailed("write", folder);
    }
    return absl::OkStatus();
}

} // namespace pilothouse::platform
