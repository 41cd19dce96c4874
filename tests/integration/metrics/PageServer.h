// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QTcpServer>
#include <QThread>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace pilothouse::test {

/// A scrape target of a test: answers every request as it is told, on a thread of its own.
class PageServer
{
public:
    PageServer();
    ~PageServer();
    PageServer(const PageServer&) = delete;
    PageServer& operator=(const PageServer&) = delete;

    quint16 port() const { return m_port; }
    QByteArray address() const { return "127.0.0.1:" + QByteArray::number(m_port); }
    int requests() const { return m_requests; }

    /// A page of metrics, made anew for each request.
    void setPage(std::function<QByteArray()> page);
    void setPage(const QByteArray& page);
    /// Any bytes instead of an HTTP answer; `endless` is then sent again and again.
    void setRaw(const QByteArray& answer, const QByteArray& endless = {});
    /// Accepts and never answers.
    void setSilent();

private:
    struct Behaviour
    {
        std::function<QByteArray()> answer;
        QByteArray endless;
    };
    Behaviour behaviour() const;
    void serve(QTcpServer& server);

    mutable std::mutex m_mutex;
    Behaviour m_behaviour;
    std::atomic<int> m_requests = 0;
    std::atomic<quint16> m_port = 0;
    std::unique_ptr<QThread> m_thread;
};

} // namespace pilothouse::test
