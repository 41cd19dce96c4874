// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/client_server/CertificateMaker.h"

#include <grpcpp/server.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::test {

/// What a ScriptedServer answers and what it saw. Guarded by its mutex: read and change it by
/// with().
struct Script
{
    int apiMajor = 1;
    /// The token that is signed in; what a sign-in with the right password returns.
    std::string token = "good-token";
    std::string password = "correct horse";
    /// Peers without a token are signed in, as on the server's own unix socket.
    bool trustsEveryone = false;
    int pulseMs = 200;
    /// Streams stay open but say nothing.
    bool isMute = false;
    /// ListTargets answers UNAVAILABLE this many times, then well.
    int unavailableAnswers = 0;
    /// Query takes this long (until cancelled).
    int queryDelayMs = 0;
    /// WatchQuery ends with this code instead of a stream.
    std::optional<grpc::StatusCode> watchQueryRefusal;
    /// Payload of each WatchQuery message in points.
    int pointsPerMessage = 1;

    int listTargetsCalls = 0;
    int signIns = 0;
    int queriesCancelled = 0;
    std::vector<std::string> authorizations;
    std::vector<std::string> resumeTokens;
    /// Messages that WatchQuery streams have written.
    int watchQueryWrites = 0;
};

/// A gRPC server in this process that speaks pilothouse.v1 as its script says. WatchQuery counts:
/// message n is one point at n ms, resume token "n", and goes on after the resume token; a snapshot
/// starts at 1.
class ScriptedServer
{
public:
    struct Options
    {
        /// "127.0.0.1:0" or "unix:/path".
        std::string listen = "127.0.0.1:0";
        /// None: no TLS.
        std::optional<Issued> certificate;
    };

    ScriptedServer();
    ~ScriptedServer();

    bool start(const Options& options);
    /// Breaks every connection at once.
    void stop();
    int port() const { return m_port; }

    template <typename Function>
    auto with(Function function)
    {
        const std::lock_guard lock(m_state->mutex);
        return function(m_state->script);
    }

private:
    struct State
    {
        std::mutex mutex;
        Script script;
        bool isStopping = false;
    };
    class System;
    class Access;
    class Metrics;

    static grpc::Status authorize(State& state, grpc::ServerContext& context);
    static bool isStopped(State& state, grpc::ServerContext& context);

    std::unique_ptr<State> m_state;
    std::unique_ptr<System> m_system;
    std::unique_ptr<Access> m_access;
    std::unique_ptr<Metrics> m_metrics;
    std::unique_ptr<grpc::Server> m_server;
    int m_port = 0;
};

} // namespace pilothouse::test
