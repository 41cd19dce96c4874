// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/pool/PoolCore.h"

#include <utility>

namespace pilothouse::platform {

/// A pool of connections of one type, which derives from PooledConnection. Thread-safe.
template <typename Connection>
class Pool
{
public:
    using Factory = std::function<absl::StatusOr<std::unique_ptr<Connection>>()>;

    /// A connection on loan; goes back when the lease ends, also after the pool is gone.
    class Lease
    {
    public:
        Lease(std::shared_ptr<PoolCore> pool, PoolCore::Entry entry)
            : m_pool(std::move(pool)), m_entry(std::move(entry))
        {}
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease()
        {
            if (m_pool) {
                m_pool->release(std::move(m_entry), m_isBroken);
            }
        }

        Connection& operator*() const { return static_cast<Connection&>(*m_entry.connection); }
        Connection* operator->() const { return &**this; }
        /// The connection failed: close it rather than lend it again.
        void markBroken() { m_isBroken = true; }

    private:
        std::shared_ptr<PoolCore> m_pool;
        PoolCore::Entry m_entry;
        bool m_isBroken = false;
    };

    Pool(std::string name, const config::Pool& options, Factory factory)
        : m_core(PoolCore::create(
              std::move(name),
              options,
              [factory =
                   std::move(factory)]() -> absl::StatusOr<std::unique_ptr<PooledConnection>> {
                  absl::StatusOr<std::unique_ptr<Connection>> connection = factory();
                  if (!connection.ok()) {
                      return connection.status();
                  }
                  return std::unique_ptr<PooledConnection>(std::move(*connection));
              }))
    {}
    ~Pool() { m_core->close(); }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    absl::StatusOr<Lease> acquire(absl::Time deadline = absl::InfiniteFuture())
    {
        absl::StatusOr<PoolCore::Entry> entry = m_core->acquire(deadline);
        if (!entry.ok()) {
            return entry.status();
        }
        return Lease(m_core, std::move(*entry));
    }

    void invalidate() { m_core->invalidate(); }
    system::PoolStatus status() const { return m_core->status(); }

private:
    std::shared_ptr<PoolCore> m_core;
};

} // namespace pilothouse::platform
