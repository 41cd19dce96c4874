// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/ingest/TargetServer.h"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pilothouse::bench {

TargetServer::TargetServer(int targets)
{
    for (int target = 0; target < targets; ++target) {
        m_pages.push_back({std::make_unique<ReferenceTarget>(target), -1, {}});
    }
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    socklen_t length = sizeof(address);
    if (::bind(m_listener, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        ::listen(m_listener, 1024) != 0 ||
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        fmt::print(stderr, "cannot listen\n");
        std::exit(1);
    }
    m_port = ntohs(address.sin_port);
    m_poll = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = m_listener;
    ::epoll_ctl(m_poll, EPOLL_CTL_ADD, m_listener, &event);
}

TargetServer::~TargetServer()
{
    ::close(m_poll);
    ::close(m_listener);
}

const std::string& TargetServer::page(std::size_t target)
{
    Page& page = m_pages[target];
    const std::int64_t second = std::time(nullptr);
    if (page.second != second) {
        page.second = second;
        const std::string& body = page.target->body();
        page.answer = fmt::format(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: "
            "{}\r\n\r\n{}",
            body.size(),
            body);
    }
    return page.answer;
}

void TargetServer::accept()
{
    while (true) {
        const int descriptor =
            ::accept4(m_listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) {
            return;
        }
        sockaddr_in local{};
        socklen_t length = sizeof(local);
        ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&local), &length);
        auto connection = std::make_unique<Connection>();
        connection->descriptor = descriptor;
        const std::uint32_t last = ntohl(local.sin_addr.s_addr) & 0xff; // 127.0.1.1 is the first
        connection->target = std::min<std::size_t>(last == 0 ? 0 : last - 1, m_pages.size() - 1);
        if (m_connections.size() <= std::size_t(descriptor)) {
            m_connections.resize(std::size_t(descriptor) + 1);
        }
        m_connections[std::size_t(descriptor)] = std::move(connection);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.fd = descriptor;
        ::epoll_ctl(m_poll, EPOLL_CTL_ADD, descriptor, &event);
    }
}

bool TargetServer::writeTo(Connection& connection)
{
    while (!connection.unsent.empty()) {
        const ssize_t count = ::send(
            connection.descriptor,
            connection.unsent.data(),
            connection.unsent.size(),
            MSG_NOSIGNAL);
        if (count < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        connection.unsent.erase(0, std::size_t(count));
    }
    return true;
}

bool TargetServer::readFrom(Connection& connection)
{
    std::array<char, 4096> buffer{};
    while (true) {
        const ssize_t count = ::recv(connection.descriptor, buffer.data(), buffer.size(), 0);
        if (count == 0) {
            return false;
        }
        if (count < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        connection.request.append(buffer.data(), std::size_t(count));
        for (std::size_t end = 0;
             (end = connection.request.find("\r\n\r\n")) != std::string::npos;) {
            connection.request.erase(0, end + 4);
            connection.unsent += page(connection.target);
        }
        if (!writeTo(connection)) {
            return false;
        }
    }
}

void TargetServer::serve()
{
    std::array<epoll_event, 256> events{};
    while (true) {
        const int count = ::epoll_wait(m_poll, events.data(), int(events.size()), -1);
        for (int at = 0; at < count; ++at) {
            const int descriptor = events[std::size_t(at)].data.fd;
            if (descriptor == m_listener) {
                accept();
                continue;
            }
            auto& connection = m_connections[std::size_t(descriptor)];
            if (connection && (!writeTo(*connection) || !readFrom(*connection))) {
                ::close(descriptor);
                connection.reset();
            }
        }
    }
}

} // namespace pilothouse::bench
