// SPDX-License-Identifier: Apache-2.0
#include "tests/support/rollouts/LoadClients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string_view>

namespace pilothouse::test {

namespace {

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

int connectTo(int port)
{
    const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    const timeval limit{10, 0};
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        ::close(connection);
        return -1;
    }
    return connection;
}

struct Answer
{
    /// "" when it is no 200.
    std::string side;
    /// The last one on its connection.
    bool isLast = false;
};

/// Nothing when there is no answer.
std::optional<Answer> ask(int connection)
{
    if (::send(connection, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) {
        return std::nullopt;
    }
    std::string answer;
    char chunk[4096] = {};
    while (true) {
        const ssize_t got = ::recv(connection, chunk, sizeof(chunk), 0);
        if (got <= 0) {
            return std::nullopt;
        }
        answer.append(chunk, static_cast<std::size_t>(got));
        const std::size_t head = answer.find("\r\n\r\n");
        if (head == std::string::npos) {
            continue;
        }
        std::size_t length = 0;
        for (const char* name : {"Content-Length: ", "content-length: "}) {
            const std::size_t place = answer.find(name);
            if (place < head) {
                length = std::stoul(answer.substr(place + 16));
            }
        }
        if (answer.size() >= head + 4 + length) {
            return Answer{
                answer.starts_with("HTTP/1.1 200") ? answer.substr(head + 4) : std::string(),
                answer.find("connection: close") < head};
        }
    }
}

} // namespace

LoadClients::LoadClients(int port, int clients, std::chrono::microseconds pause)
    : m_port(port), m_pause(pause)
{
    for (int client = 0; client < clients; ++client) {
        m_threads.emplace_back([this] { run(); });
    }
}

LoadClients::~LoadClients()
{
    m_isStopping.store(true);
    for (std::thread& thread : m_threads) {
        thread.join();
    }
}

void LoadClients::expect(const std::string& side)
{
    const std::lock_guard lock(m_mutex);
    m_expected = side;
    m_expectation.fetch_add(1);
}

LoadClients::Counts LoadClients::counts() const
{
    const std::lock_guard lock(m_mutex);
    return m_counts;
}

LoadClients::Clock::time_point LoadClients::lastAnswerOf(const std::string& side) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_last.find(side);
    return found == m_last.end() ? Clock::time_point() : found->second;
}

void LoadClients::watchFor(const std::string& side)
{
    const std::lock_guard lock(m_mutex);
    m_watched = side;
    m_first = {};
}

LoadClients::Clock::time_point LoadClients::firstAnswer() const
{
    const std::lock_guard lock(m_mutex);
    return m_first;
}

void LoadClients::count(const std::string& side, bool isGood, std::uint64_t expectation)
{
    const std::lock_guard lock(m_mutex);
    ++m_counts.requests;
    m_counts.failed += isGood ? 0 : 1;
    if (!isGood) {
        return;
    }
    ++m_counts.bySide[side];
    m_last[side] = Clock::now();
    if (side == m_watched && m_first == Clock::time_point()) {
        m_first = m_last[side];
    }
    // An expectation that changed meanwhile judges nothing.
    const bool isJudged = expectation == m_expectation.load() && !m_expected.empty();
    m_counts.stale += isJudged && side != m_expected ? 1 : 0;
}

void LoadClients::run()
{
    int connection = -1;
    while (!m_isStopping.load()) {
        if (connection < 0) {
            connection = connectTo(m_port);
        }
        const std::uint64_t expectation = m_expectation.load();
        const auto answer = connection < 0 ? std::nullopt : ask(connection);
        const std::string side = answer ? answer->side : std::string();
        count(side, !side.empty(), expectation);
        if (!answer || answer->isLast) {
            ::close(connection);
            connection = -1;
        }
        if (m_pause.count() > 0) {
            std::this_thread::sleep_for(m_pause);
        }
    }
    ::close(connection);
}

} // namespace pilothouse::test
