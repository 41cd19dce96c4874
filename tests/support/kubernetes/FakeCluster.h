// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/kubernetes/FakeObjects.h"

#include <QString>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::test {

/// The API server of a cluster, over http on loopback or TLS: content types, preconditions, silent
/// drops, watches and refusals as the real one has them.
class FakeCluster
{
public:
    /// PEM of a certificate for 127.0.0.1; none = http.
    struct Identity
    {
        std::string certificate;
        std::string key;
        /// PEM of the CA whose client certificates are asked for; "" = none are.
        std::string clientAuthority;
    };

    FakeCluster();
    explicit FakeCluster(const Identity& identity);
    ~FakeCluster();
    FakeCluster(const FakeCluster&) = delete;
    FakeCluster& operator=(const FakeCluster&) = delete;

    int port() const;
    QString url() const;
    /// Of a kubeconfig with the namespace of its objects; `user` is YAML: "{token: abc}".
    QString kubeconfig(const QString& user = QStringLiteral("{}")) const;
    /// Nobody answers any more; connections are cut.
    void stop();

    /// Looks at, or changes, the objects, while no request is answered.
    template <typename Work>
    auto with(Work work)
    {
        const std::lock_guard lock(m_mutex);
        return work(m_objects);
    }

    /// Requests need this bearer token; "" = none.
    void setToken(const std::string& token);
    /// The next `times` requests whose path contains `part` get this code.
    void fail(const std::string& part, int code, int times);
    /// Requests whose path contains `part` are not answered, and not done, until it is "" again.
    void hang(const std::string& part);
    /// The next request whose "METHOD path" contains `part` is done, and its answer is lost.
    void loseAnswer(const std::string& part);
    /// Watches are cut at once.
    void setDropsWatches(bool drops) { m_dropsWatches.store(drops); }
    /// Runs before the next PATCH is looked at, once: somebody else is quicker.
    void beforePatch(std::function<void(FakeObjects&)> work);

    /// "METHOD path" of everything that was asked.
    std::vector<std::string> requests() const;
    int countOf(const std::string& part) const;

private:
    struct Net;
    struct Failure
    {
        std::string part;
        int code = 0;
        int times = 0;
    };

    template <typename Stream>
    void serve(Stream& stream);
    template <typename Stream, typename Request>
    bool answer(Stream& stream, const Request& request);
    /// Whether the request was kept without an answer, and is to be forgotten.
    bool hasHung(const std::string& request);
    bool isLost(const std::string& request);
    template <typename Stream>
    void watch(Stream& stream, const std::string& service);
    FakeObjects::Answer answerTo(
        const std::string& method,
        const std::string& target,
        const std::string& contentType,
        const std::string& authorization,
        const std::string& body);
    void accept();

    mutable std::mutex m_mutex;
    FakeObjects m_objects;
    std::string m_token;
    std::vector<Failure> m_failures;
    std::string m_hanging;
    std::string m_losing;
    std::vector<std::string> m_requests;
    std::function<void(FakeObjects&)> m_beforePatch;
    std::atomic<bool> m_dropsWatches{false};
    std::atomic<bool> m_isStopping{false};
    std::unique_ptr<Net> m_net;
};

} // namespace pilothouse::test
