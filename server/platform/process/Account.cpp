// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/Account.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <array>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace pilothouse::platform {

namespace {

/// Large enough for any entry that a directory service returns.
constexpr std::size_t kEntryBytes = 16384;
constexpr int kMaxGroups = 256;

Account fromEntry(const passwd& entry)
{
    Account account{entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir, {}};
    account.groups.resize(kMaxGroups);
    int count = kMaxGroups;
    if (getgrouplist(entry.pw_name, entry.pw_gid, account.groups.data(), &count) < 0) {
        count = kMaxGroups;
    }
    account.groups.resize(static_cast<std::size_t>(count));
    return account;
}

} // namespace

bool Account::isCurrent() const
{
    return uid == geteuid();
}

absl::StatusOr<Account> findAccount(const std::string& name)
{
    std::array<char, kEntryBytes> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr) {
        return absl::NotFoundError(fmt::format("there is no account named {}", name));
    }
    return fromEntry(entry);
}

absl::StatusOr<Account> findAccount(uid_t uid)
{
    std::array<char, kEntryBytes> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr) {
        return absl::NotFoundError(fmt::format("there is no account with the user id {}", uid));
    }
    return fromEntry(entry);
}

absl::StatusOr<Account> serviceAccount(const std::string& preferred)
{
    if (geteuid() != 0) {
        const auto current = findAccount(geteuid());
        return current.ok()
                   ? current
                   : withHint(
                         current.status(),
                         "Run the server as a user that the system knows (/etc/passwd), or set "
                         "database.url.");
    }
    if (!preferred.empty()) {
        auto account = findAccount(preferred);
        if (!account.ok()) {
            return withHint(
                withContext(account.status(), "database.user"),
                "Create the account, or set database.user to one that exists.");
        }
        if (account->uid == 0) {
            return withHint(
                absl::InvalidArgumentError("database.user is root, which PostgreSQL refuses"),
                "Set database.user to an unprivileged account.");
        }
        return account;
    }
    for (const char* name : {"pilothouse", "postgres", "nobody"}) {
        if (auto account = findAccount(name); account.ok()) {
            return account;
        }
    }
    return withHint(
        absl::FailedPreconditionError("there is no unprivileged account to run PostgreSQL as"),
        "Create one: useradd --system pilothouse.");
}

} // namespace pilothouse::platform
