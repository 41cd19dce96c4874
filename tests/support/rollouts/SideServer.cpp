// SPDX-License-Identifier: Apache-2.0
#include "tests/support/rollouts/SideServer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

namespace pilothouse::test {

namespace {

sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// -1: it is somebody else's.
int tryListenOn(int port)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    const sockaddr_in address = loopback(port);
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        ::listen(listener, 1024) != 0) {
        ::close(listener);
        return -1;
    }
    return listener;
}

int listenOn(int port)
{
    const int listener = tryListenOn(port);
    if (listener < 0) {
        std::perror("a side's server cannot listen");
        std::abort();
    }
    return listener;
}

bool isFree(int port)
{
    const int listener = tryListenOn(port);
    ::close(listener);
    return listener >= 0;
}

/// Of "GET /slow/MILLISECONDS"; 0 for anything else.
int slownessOf(const std::string& input)
{
    constexpr std::string_view kSlow = "GET /slow/";
    return input.starts_with(kSlow) ? std::atoi(input.c_str() + kSlow.size()) : 0;
}

int portOf(int listener)
{
    sockaddr_in address{};
    socklen_t size = sizeof(address);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

} // namespace

int freePort()
{
    const int listener = listenOn(0);
    const int port = portOf(listener);
    ::close(listener);
    return port;
}

int freePorts(int count)
{
    // Below what the kernel gives to connections.
    constexpr int kFirst = 18000;
    constexpr int kLast = 32000;
    std::random_device random;
    while (true) {
        const int first = kFirst + static_cast<int>(random() % (kLast - kFirst));
        int found = 0;
        while (found < count && isFree(first + found)) {
            ++found;
        }
        if (found == count) {
            return first;
        }
    }
}

SideServer::SideServer(std::string name, int port)
    : m_name(std::move(name)), m_listener(listenOn(port)), m_port(portOf(m_listener))
{
    m_accepting = std::thread([this] { accept(); });
}

SideServer::~SideServer()
{
    m_isStopping.store(true);
    ::shutdown(m_listener, SHUT_RDWR);
    m_accepting.join();
    ::close(m_listener);
    {
        const std::lock_guard lock(m_mutex);
        for (const int connection : m_connections) {
            ::shutdown(connection, SHUT_RDWR);
        }
    }
    for (std::thread& thread : m_threads) {
        thread.join();
    }
}

void SideServer::accept()
{
    while (!m_isStopping.load()) {
        const int connection = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) {
            continue;
        }
        const int yes = 1;
        ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        const std::lock_guard lock(m_mutex);
        m_connections.push_back(connection);
        m_threads.emplace_back([this, connection] { serve(connection); });
    }
}

void SideServer::serve(int connection)
{
    std::string input;
    char chunk[4096] = {};
    while (true) {
        const ssize_t got = ::recv(connection, chunk, sizeof(chunk), 0);
        if (got <= 0) {
            break;
        }
        input.append(chunk, static_cast<std::size_t>(got));
        for (std::size_t end = input.find("\r\n\r\n"); end != std::string::npos;
             end = input.find("\r\n\r\n")) {
            const bool isCheck = std::string_view(input).starts_with("GET /healthz");
            const int slowness = slownessOf(input);
            input.erase(0, end + 4);
            const unsigned number = m_requests.fetch_add(1);
            const bool isBad = !isCheck && static_cast<int>(number * 7919 % 1000) < m_errors.load();
            if (const int delay = std::max(m_delay.load(), slowness); delay > 0 && !isCheck) {
                std::this_thread::sleep_for(std::chrono::milliseconds(delay));
            }
            const std::string answer = (isBad ? "HTTP/1.1 500 Bad\r\n" : "HTTP/1.1 200 OK\r\n") +
                                       ("Content-Length: " + std::to_string(m_name.size())) +
                                       "\r\n\r\n" + m_name;
            ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
        }
    }
    const std::lock_guard lock(m_mutex);
    std::erase(m_connections, connection);
    ::close(connection);
}

} // namespace pilothouse::test
