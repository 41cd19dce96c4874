// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Call.h"
#include "server/platform/rpc/MethodTable.h"
#include "server/platform/rpc/TokenBucket.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace pilothouse::rpc {

/// Receives every finished call of one method, for metrics. Thread-safe and fast.
class CallObserver
{
public:
    virtual ~CallObserver() = default;
    virtual void finished(absl::StatusCode code, absl::Duration took) = 0;
};
/// Sees how every call ended that the audit may want: those of audited methods, and those that were
/// denied. Thread-safe and fast: it runs before the answer goes out.
class CallAuditor
{
public:
    virtual ~CallAuditor() = default;
    virtual void finished(const Call& call, const absl::Status& status) = 0;
};
/// Makes the observer of a method; `stream` says that its duration is how long somebody watched.
using ObserveMethod =
    std::function<std::unique_ptr<CallObserver>(const std::string& fullName, bool stream)>;

/// A method as the guard sees it; made once when a service is registered.
struct Method
{
    /// "pilothouse.v1.SystemService.GetHealth"
    std::string fullName;
    MethodTable::Rule rule;
    std::unique_ptr<CallObserver> observer;
};

/// The one gate in front of every method: identity, permission, deadline and rate, before the
/// service sees the call; request id and details in every error after it. A method whose permission
/// the contract does not state is refused. Thread-safe.
class Guard
{
public:
    struct Limits
    {
        double callsPerSecond = 2000;
        double burst = 4000;
        /// Streams of one session at once.
        int streams = 256;
    };

    Guard(
        const MethodTable& methods,
        Authenticator& authenticator,
        ObserveMethod observe,
        const Clock& clock,
        Limits limits);

    /// Before the first call; the auditor outlives the guard's calls.
    void setAuditor(CallAuditor& auditor) { m_auditor = &auditor; }

    /// What the guard needs to know of a method of the contract.
    Method describe(const std::string& fullName, bool stream) const;

    Call begin(grpc::CallbackServerContext& context, const Method& method);

    enum class Verdict { Admitted, Refused, Ask };
    /// Decides from memory. Ask: the session is not in memory, so `lookUp` has to decide.
    Verdict admit(Call& call, absl::Status& why);
    /// Decides where memory does not say; `decided` is called exactly once, on any thread.
    void lookUp(Call call, std::function<void(Call, absl::Status)> decided);

    /// Whether a stream may still send: its session may have ended meanwhile.
    absl::Status recheck(const Call& call) const;
    absl::Status beginStream(const Call& call);
    void endStream(const Call& call);

    /// From now on calls are refused and streams end with UNAVAILABLE, so that clients look
    /// elsewhere.
    void stop() { m_stopping.store(true); }

    /// Ends a call: measured, logged when it failed by the server's fault, and translated.
    grpc::Status finish(const Call& call, absl::Status status);

private:
    absl::Status check(const Call& call);

    const MethodTable& m_methods;
    Authenticator& m_authenticator;
    const ObserveMethod m_observe;
    const Clock& m_clock;
    const Limits m_limits;
    const CallerPtr m_anonymous;
    const CallerPtr m_socketAdmin;
    CallAuditor* m_auditor = nullptr;
    std::atomic<std::uint64_t> m_calls;
    std::atomic<bool> m_stopping{false};
};

} // namespace pilothouse::rpc
