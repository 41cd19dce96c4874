// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "shared/system/Health.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>

namespace pilothouse::platform {

/// What a pool keeps; closing is destruction.
class PooledConnection
{
public:
    virtual ~PooledConnection() = default;
    /// Whether the other side has not closed it, without asking it; called before every use.
    virtual bool looksAlive() const = 0;
    /// One cheap round trip; called before a connection that was unused for long is handed out.
    virtual absl::Status validate() = 0;
};

/// A bounded set of connections. Between minimum and maximum are open; who asks when all are in use
/// waits in order of arrival, up to the acquire timeout. Connections are replaced when they are
/// older than their lifetime, closed when they are unused for the idle timeout (over the minimum)
/// and checked when they were unused for long or since `invalidate`. Thread-safe. `Pool` is the
/// typed face.
class PoolCore : public std::enable_shared_from_this<PoolCore>
{
public:
    using Factory = std::function<absl::StatusOr<std::unique_ptr<PooledConnection>>()>;

    static std::shared_ptr<PoolCore> create(
        std::string name, const config::Pool& options, Factory factory);
    ~PoolCore();
    PoolCore(const PoolCore&) = delete;
    PoolCore& operator=(const PoolCore&) = delete;

    /// A connection taken out of the pool.
    struct Entry
    {
        std::unique_ptr<PooledConnection> connection;
        absl::Duration openedAt;
        absl::Duration lifetime;
        absl::Duration lastUsed;
    };

    /// DEADLINE_EXCEEDED when `deadline` passed, RESOURCE_EXHAUSTED with a retry delay after the
    /// acquire timeout, or what the factory said.
    absl::StatusOr<Entry> acquire(absl::Time deadline);
    /// `isBroken`: it is closed, and every idle one is checked before its next use.
    void release(Entry entry, bool isBroken);

    /// Checks every idle connection before its next use: the other side is known to have restarted.
    void invalidate();
    /// Ends all waiting with UNAVAILABLE and closes what is idle; what is in use closes on release.
    void close();
    system::PoolStatus status() const;

private:
    struct State;
    PoolCore(std::string name, const config::Pool& options, Factory factory);
    std::unique_ptr<State> m_state;
};

} // namespace pilothouse::platform
