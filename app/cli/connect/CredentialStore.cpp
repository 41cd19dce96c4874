// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/connect/CredentialStore.h"

#include "app/cli/input/Prompt.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pilothouse::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* kToken = "token";
constexpr const char* kPin = "pin";

/// An address as a file name.
std::string escaped(const std::string& server)
{
    std::string result;
    for (const char character : server) {
        const auto byte = static_cast<unsigned char>(character);
        if (std::isalnum(byte) != 0 || character == '.' || character == '-' || character == '_') {
            result += character;
        } else {
            result += fmt::format("%{:02X}", static_cast<unsigned>(byte));
        }
    }
    return result;
}

absl::Status cannotWrite(const fs::path& path, int error)
{
    return withHint(
        absl::InternalError(
            fmt::format("cannot write '{}': {}", path.string(), std::strerror(error))),
        "Check the permissions of your configuration folder.");
}

absl::StatusOr<std::string> readIfThere(const fs::path& path)
{
    std::error_code error;
    if (!fs::exists(path, error)) {
        return std::string();
    }
    return readSecretFile(path);
}

bool writeAll(int descriptor, std::string_view content)
{
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        content.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return true;
}

} // namespace

CredentialStore::CredentialStore(fs::path folder) : m_folder(std::move(folder)) {}

absl::StatusOr<CredentialStore> CredentialStore::ofUser()
{
    const char* configured = std::getenv("XDG_CONFIG_HOME");
    if (configured != nullptr && configured[0] == '/') {
        return CredentialStore(fs::path(configured) / "pilothouse" / "servers");
    }
    const char* home = std::getenv("HOME");
    if (home == nullptr || home[0] != '/') {
        return withHint(
            absl::FailedPreconditionError("there is no home to keep sessions in"),
            "Set HOME or XDG_CONFIG_HOME.");
    }
    return CredentialStore(fs::path(home) / ".config" / "pilothouse" / "servers");
}

fs::path CredentialStore::folderOf(const std::string& server) const
{
    return m_folder / escaped(server);
}

absl::StatusOr<std::string> CredentialStore::token(const std::string& server) const
{
    const fs::path path = folderOf(server) / kToken;
    struct stat info
    {};
    if (::stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return withHint(
            absl::PermissionDeniedError(
                fmt::format("others may read the session token in '{}'", path.string())),
            fmt::format("Sign in again after 'rm {}'.", path.string()));
    }
    return readIfThere(path);
}

absl::StatusOr<std::string> CredentialStore::pin(const std::string& server) const
{
    return readIfThere(folderOf(server) / kPin);
}

absl::Status CredentialStore::saveToken(const std::string& server, const std::string& token) const
{
    return write(server, kToken, token);
}

absl::Status CredentialStore::savePin(
    const std::string& server, const std::string& fingerprint) const
{
    return write(server, kPin, fingerprint);
}

absl::Status CredentialStore::removeToken(const std::string& server) const
{
    const fs::path path = folderOf(server) / kToken;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return cannotWrite(path, errno);
    }
    return absl::OkStatus();
}

absl::Status CredentialStore::write(
    const std::string& server, const char* name, const std::string& content) const
{
    const fs::path folder = folderOf(server);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        return cannotWrite(folder, error.value());
    }
    for (const auto& each : {m_folder, folder}) {
        fs::permissions(each, fs::perms::owner_all, error);
    }
    // A new file renamed into place: never half written, never readable by others for a moment.
    std::string temporary = (folder / (std::string(name) + ".XXXXXX")).string();
    const int descriptor = ::mkstemp(temporary.data());
    if (descriptor < 0) {
        return cannotWrite(folder, errno);
    }
    const bool isWritten = writeAll(descriptor, content + "\n") && ::fsync(descriptor) == 0;
    const int writeError = errno;
    ::close(descriptor);
    if (!isWritten || ::rename(temporary.c_str(), (folder / name).c_str()) != 0) {
        const int cause = isWritten ? errno : writeError;
        ::unlink(temporary.c_str());
        return cannotWrite(folder / name, cause);
    }
    return absl::OkStatus();
}

} // namespace pilothouse::cli
