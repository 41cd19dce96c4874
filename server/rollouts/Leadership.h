// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/leader/LeaderElection.h"

#include <cstdint>
#include <mutex>
#include <optional>

namespace pilothouse::rollouts {

/// Whether this server may switch, and whether it was the last that might: without the database
/// nobody else can have become the leader as far as anybody can tell, and a rollback must not wait
/// for that. Thread-safe.
class Leadership
{
public:
    explicit Leadership(const leader::LeaderElection& election) : m_election(election) {}

    std::optional<leader::Fence> fence();
    /// The number with which this server led last, when it has not heard of another leader since.
    std::optional<std::int64_t> lastFence();
    /// "" when nobody leads.
    std::string host() const { return m_election.leader().host; }

private:
    void look();

    const leader::LeaderElection& m_election;
    std::mutex m_mutex;
    std::optional<std::int64_t> m_last;
};

} // namespace pilothouse::rollouts
