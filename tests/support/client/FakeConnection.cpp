// SPDX-License-Identifier: Apache-2.0
#include "tests/support/client/FakeConnection.h"

namespace pilothouse::test {

void FakeConnection::setStatus(client::ConnectionStatus status)
{
    m_status = std::move(status);
    if (m_listener) {
        m_listener(m_status);
    }
}

void FakeConnection::setState(client::ConnectionState state)
{
    client::ConnectionStatus next = m_status;
    next.state = state;
    next.since = absl::Now();
    setStatus(std::move(next));
}

void FakeConnection::onStatus(std::function<void(const client::ConnectionStatus&)> listener)
{
    m_listener = std::move(listener);
}

void FakeConnection::signIn(
    const std::string& name, const std::string& password, client::OnDone<access::SignedIn> onDone)
{
    m_signIns.push_back(accessClient.signIn(name, password, std::move(onDone)));
}

} // namespace pilothouse::test
