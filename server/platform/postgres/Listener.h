// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::postgres {

/// A connection of its own that hears NOTIFY. Used by one thread. When it breaks it stays broken;
/// whatever was told meanwhile is lost, so a listener asks for everything after it has a new one.
class Listener
{
public:
    struct Notification
    {
        std::string channel;
        std::string payload;
    };

    /// `text` is a complete libpq connection string.
    static absl::StatusOr<std::unique_ptr<Listener>> open(
        const std::string& text, const std::vector<std::string>& channels);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Waits up to `limit` for at least one; none is no error.
    absl::StatusOr<std::vector<Notification>> wait(absl::Duration limit);

private:
    struct State;
    explicit Listener(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace pilothouse::postgres
