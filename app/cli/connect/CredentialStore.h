// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>

namespace pilothouse::cli {

/// Session token and certificate pin of each server, in $XDG_CONFIG_HOME/pilothouse/servers (or
/// ~/.config/…), a folder a server, readable by the user alone.
class CredentialStore
{
public:
    explicit CredentialStore(std::filesystem::path folder);
    /// FAILED_PRECONDITION when the environment names no home.
    static absl::StatusOr<CredentialStore> ofUser();

    /// Empty when there is none. PERMISSION_DENIED when others could read the token.
    absl::StatusOr<std::string> token(const std::string& server) const;
    absl::StatusOr<std::string> pin(const std::string& server) const;
    absl::Status saveToken(const std::string& server, const std::string& token) const;
    absl::Status savePin(const std::string& server, const std::string& fingerprint) const;
    absl::Status removeToken(const std::string& server) const;

    std::filesystem::path folderOf(const std::string& server) const;

private:
    absl::Status write(
        const std::string& server, const char* name, const std::string& content) const;

    std::filesystem::path m_folder;
};

} // namespace pilothouse::cli
