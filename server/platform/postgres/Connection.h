// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/pool/PoolCore.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <string>

namespace pqxx {
class connection_base;
}

namespace pilothouse::postgres {

/// One connection to PostgreSQL with the session settings that all of ours have. Used by one thread
/// at a time. A connection that broke stays broken: the pool replaces it.
class Connection final : public platform::PooledConnection
{
public:
    /// `text` is a complete libpq connection string.
    static absl::StatusOr<std::unique_ptr<Connection>> open(const std::string& text);
    ~Connection() override;

    bool looksAlive() const override;
    absl::Status validate() override;

    /// Statements from now on are stopped after `limit`; zero = never. Rounded up to a step, so
    /// that requests with similar deadlines need no round trip. Throws as libpqxx does.
    void setStatementTimeout(absl::Duration limit);

    pqxx::connection_base& raw();

private:
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace pilothouse::postgres
