// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <grpcpp/grpcpp.h>
#include <pilothouse/v1/metrics.grpc.pb.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::test {

/// Asks a server's MetricsService in the plainest way, so that the test sees what is on the wire.
class MetricsProbe
{
public:
    explicit MetricsProbe(const QString& address);

    v1::MetricsService::Stub& stub() { return *m_stub; }

    /// The value of an expression that gives one series or a scalar; nothing when it gives none.
    std::optional<double> value(const std::string& expression);
    grpc::Status query(const std::string& expression, v1::QueryResponse& response);
    std::optional<v1::Target> target(const std::string& job);

private:
    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<v1::MetricsService::Stub> m_stub;
};

/// A WatchQuery that is read on a thread of its own, unless it is told not to read.
class QueryWatcher
{
public:
    QueryWatcher(MetricsProbe& probe, const v1::WatchQueryRequest& request);
    ~QueryWatcher();
    QueryWatcher(const QueryWatcher&) = delete;
    QueryWatcher& operator=(const QueryWatcher&) = delete;

    std::vector<v1::WatchQueryResponse> messages() const;
    std::size_t count() const;
    bool isEnded() const { return m_isEnded; }
    grpc::Status status() const;
    /// Stops or continues to read.
    void setReading(bool isReading);

private:
    grpc::ClientContext m_context;
    std::unique_ptr<grpc::ClientReader<v1::WatchQueryResponse>> m_reader;
    mutable std::mutex m_mutex;
    std::vector<v1::WatchQueryResponse> m_messages;
    grpc::Status m_status;
    std::atomic<bool> m_isReading = true;
    std::atomic<bool> m_isStopping = false;
    std::atomic<bool> m_isEnded = false;
    std::thread m_thread;
};

} // namespace pilothouse::test
