// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <sys/types.h>
#include <vector>

namespace pilothouse::platform {

/// An account of the operating system that a child can run as.
struct Account
{
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    std::string home;
    std::vector<gid_t> groups;

    /// Whether it is the account of this process.
    bool isCurrent() const;
};

absl::StatusOr<Account> findAccount(const std::string& name);
absl::StatusOr<Account> findAccount(uid_t uid);

/// Who runs what refuses to run as root: this process's account, or, when that is root,
/// `preferred`, or the first of pilothouse, postgres and nobody that exists.
absl::StatusOr<Account> serviceAccount(const std::string& preferred);

} // namespace pilothouse::platform
