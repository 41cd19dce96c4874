// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Connection.h"

#include <memory>
#include <mutex>
#include <vector>

namespace pilothouse::test {

/// A real Connection and the states that it went through.
class ClientProbe
{
public:
    explicit ClientProbe(client::ConnectionOptions options);
    ~ClientProbe();

    client::Connection& operator*() { return *m_connection; }
    client::Connection* operator->() { return m_connection.get(); }
    client::ConnectionStatus status() const { return m_connection->status(); }
    client::ConnectionState state() const { return status().state; }

    /// Whether the connection is in the state, or comes to it in time.
    bool reaches(client::ConnectionState state, int deadlineMs = 10000) const;
    /// Every state so far, each time that it was entered.
    std::vector<client::ConnectionState> history() const;
    bool wasIn(client::ConnectionState state) const;
    void close() { m_connection.reset(); }

private:
    mutable std::mutex m_mutex;
    std::vector<client::ConnectionState> m_history;
    std::unique_ptr<client::Connection> m_connection;
};

/// Collects what a callback was given, from any thread.
template <typename T>
class Received
{
public:
    void add(T value)
    {
        const std::lock_guard lock(m_mutex);
        m_values.push_back(std::move(value));
    }
    std::vector<T> all() const
    {
        const std::lock_guard lock(m_mutex);
        return m_values;
    }
    std::size_t count() const { return all().size(); }

private:
    mutable std::mutex m_mutex;
    std::vector<T> m_values;
};

} // namespace pilothouse::test
