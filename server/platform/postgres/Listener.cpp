// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Listener.h"

#include "server/platform/postgres/Connection.h"
#include "server/platform/postgres/Errors.h"
#include "shared/base/StatusHelpers.h"

#include <pqxx/pqxx>

#include <utility>

namespace pilothouse::postgres {

namespace {

class Receiver final : public pqxx::notification_receiver
{
public:
    Receiver(
        pqxx::connection_base& connection,
        const std::string& channel,
        std::vector<Listener::Notification>& heard)
        : pqxx::notification_receiver(connection, channel), m_heard(heard)
    {}

    void operator()(const std::string& payload, int /*backend*/) override
    {
        m_heard.push_back({channel(), payload});
    }

private:
    std::vector<Listener::Notification>& m_heard;
};

} // namespace

struct Listener::State
{
    std::unique_ptr<Connection> connection;
    std::vector<Notification> heard;
    // Go before the connection: each says UNLISTEN.
    std::vector<std::unique_ptr<pqxx::notification_receiver>> receivers;
};

Listener::Listener(std::unique_ptr<State> state) : m_state(std::move(state)) {}

Listener::~Listener()
{
    try {
        m_state->receivers.clear();
    } catch (...) {
        currentExceptionAsStatus("unlisten").IgnoreError(); // the connection has gone
    }
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::open(
    const std::string& text, const std::vector<std::string>& channels)
{
    auto state = std::make_unique<State>();
    PH_ASSIGN_OR_RETURN(state->connection, Connection::open(text));
    try {
        for (const std::string& channel : channels) {
            state->receivers.push_back(
                std::make_unique<Receiver>(state->connection->raw(), channel, state->heard));
        }
    } catch (...) {
        return currentExceptionAsStatus("listen");
    }
    return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

absl::StatusOr<std::vector<Listener::Notification>> Listener::wait(absl::Duration limit)
{
    try {
        const auto micros = absl::ToInt64Microseconds(limit);
        m_state->connection->raw().await_notification(
            static_cast<long>(micros / 1000000), static_cast<long>(micros % 1000000));
        return std::exchange(m_state->heard, {});
    } catch (...) {
        return currentExceptionAsStatus("waiting for notifications");
    }
}

} // namespace pilothouse::postgres
