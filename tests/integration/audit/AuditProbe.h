// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/api/ApiClient.h"

#include <QString>

#include <string>
#include <vector>

namespace pilothouse::test {

/// The private cluster of a running server as its owner reaches it with psql.
class ClusterShell
{
public:
    explicit ClusterShell(const TestServer& server);

    /// First value of the result, or the error.
    QString run(const std::string& sql) const;
    const std::string& url() const { return m_url; }

private:
    std::string m_url;
};

/// What tests ask the audit most.
class AuditProbe
{
public:
    explicit AuditProbe(ApiClient& client) : m_client(client) {}

    /// Newest first.
    std::vector<v1::AuditEntry> list(
        const v1::AuditFilter& filter = {}, const std::string& token = {});
    /// The newest entry of the action; waits until there are `count`.
    v1::AuditEntry newest(const std::string& action, int count = 1);
    struct Export
    {
        absl::Status status;
        std::string data;
        std::int64_t entries = 0;
        std::int64_t last = 0;
        /// Of one message.
        std::size_t largest = 0;
    };
    Export exportAll(v1::ExportFormat format, std::int64_t after = 0);
    v1::ChainStatus verify();

private:
    ApiClient& m_client;
};

} // namespace pilothouse::test
