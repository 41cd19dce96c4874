// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/client/ClientProbe.h"

#include "tests/support/Programs.h"

#include <algorithm>

namespace pilothouse::test {

ClientProbe::ClientProbe(client::ConnectionOptions options)
    : m_connection(client::makeConnection(std::move(options)))
{
    m_connection->onStatus([this](const client::ConnectionStatus& status) {
        const std::lock_guard lock(m_mutex);
        if (m_history.empty() || m_history.back() != status.state) {
            m_history.push_back(status.state);
        }
    });
}

ClientProbe::~ClientProbe() = default;

bool ClientProbe::reaches(client::ConnectionState state, int deadlineMs) const
{
    return waitUntil([&] { return m_connection->status().state == state; }, deadlineMs);
}

std::vector<client::ConnectionState> ClientProbe::history() const
{
    const std::lock_guard lock(m_mutex);
    return m_history;
}

bool ClientProbe::wasIn(client::ConnectionState state) const
{
    const auto states = history();
    return std::ranges::find(states, state) != states.end();
}

} // namespace pilothouse::test
