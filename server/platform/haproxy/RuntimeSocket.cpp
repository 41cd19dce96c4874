// SPDX-License-Identifier: Apache-2.0
#include "server/platform/haproxy/RuntimeSocket.h"

#include "shared/base/Clock.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace pilothouse::haproxy {

namespace {

constexpr std::size_t kLongestAnswer = std::size_t{4} << 20;
constexpr std::size_t kChunk = std::size_t{64} << 10;

class Descriptor
{
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor()
    {
        if (m_number >= 0) {
            ::close(m_number);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return m_number; }

private:
    const int m_number;
};

absl::Status failed(const std::filesystem::path& socket, int error)
{
    return withHint(
        absl::UnavailableError(fmt::format(
            "HAProxy does not answer on {}: {}", socket.string(), std::strerror(error))),
        "Check that it runs and that this server may use its stats socket at level admin.");
}

absl::Status tooLate(const std::filesystem::path& socket, absl::Duration limit)
{
    return absl::UnavailableError(fmt::format(
        "HAProxy did not answer on {} within {}", socket.string(), absl::FormatDuration(limit)));
}

/// Waits until the socket is ready for `events` or the time is over.
bool isReady(int number, short events, absl::Duration deadline)
{
    while (true) {
        const absl::Duration left = deadline - systemClock().monotonic();
        if (left <= absl::ZeroDuration()) {
            return false;
        }
        pollfd wanted{number, events, 0};
        const int found = ::poll(&wanted, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
        if (found > 0) {
            return true;
        }
        if (found < 0 && errno != EINTR) {
            return false;
        }
    }
}

} // namespace

absl::StatusOr<std::string> askRuntime(
    const std::filesystem::path& socket, std::string_view command, absl::Duration limit)
{
    const absl::Duration deadline = systemClock().monotonic() + limit;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = socket.string();
    if (path.size() >= sizeof(address.sun_path)) {
        return failed(socket, ENAMETOOLONG);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const Descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (connection.number() < 0) {
        return failed(socket, errno);
    }
    // A unix socket connects at once, or its backlog is full (EAGAIN): a peer that does not accept.
    if (::connect(
            connection.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) !=
        0) {
        return failed(socket, errno);
    }
    std::string request(command);
    request += '\n';
    for (std::string_view left = request; !left.empty();) {
        const ssize_t sent = ::send(connection.number(), left.data(), left.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            left.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno != EAGAIN && errno != EINTR) {
            return failed(socket, errno);
        } else if (!isReady(connection.number(), POLLOUT, deadline)) {
            return tooLate(socket, limit);
        }
    }
    std::string answer;
    std::string chunk(kChunk, '\0');
    while (true) {
        const ssize_t got = ::recv(connection.number(), chunk.data(), chunk.size(), 0);
        if (got > 0) {
            if (answer.size() + static_cast<std::size_t>(got) > kLongestAnswer) {
                return absl::ResourceExhaustedError("HAProxy's answer is too long");
            }
            answer.append(chunk, 0, static_cast<std::size_t>(got));
        } else if (got == 0) {
            return answer;
        } else if (errno != EAGAIN && errno != EINTR) {
            return failed(socket, errno);
        } else if (!isReady(connection.number(), POLLIN, deadline)) {
            return tooLate(socket, limit);
        }
    }
}

} // namespace pilothouse::haproxy
