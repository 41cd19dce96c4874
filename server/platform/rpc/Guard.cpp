// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/Guard.h"

#include "server/platform/log/RequestScope.h"
#include "shared/api_status/StatusCodec.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <random>

namespace pilothouse::rpc {

namespace {

CallerPtr makeAnonymous(const Guard::Limits& limits)
{
    auto caller = std::make_shared<Caller>();
    caller->rateLimit = std::make_shared<TokenBucket>(limits.callsPerSecond, limits.burst);
    return caller;
}

/// Only the server's own user and root reach the socket (checked when they connect), so they are
/// the administrator without signing in.
CallerPtr makeSocketAdmin(const MethodTable& methods)
{
    auto caller = std::make_shared<Caller>();
    const std::vector<std::string> roles{"admin"};
    caller->identity.who = {"local", "Local administrator", roles};
    caller->identity.authentication = "unix-socket";
    caller->permissions = methods.permissionsOf(roles);
    caller->identity.permissions = methods.namesOf(caller->permissions);
    return caller;
}

absl::Status notSignedIn()
{
    return withHint(
        absl::UnauthenticatedError("this call needs a sign-in"), "Sign in, then try again.");
}

absl::Status stopping()
{
    return withRetryDelay(absl::UnavailableError("the server is stopping"), absl::Seconds(1));
}

bool isServersFault(absl::StatusCode code)
{
    return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
           code == absl::StatusCode::kDataLoss;
}

std::uint64_t randomStart()
{
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

} // namespace

Guard::Guard(
    const MethodTable& methods,
    Authenticator& authenticator,
    ObserveMethod observe,
    const Clock& clock,
    Limits limits)
    : m_methods(methods),
      m_authenticator(authenticator),
      m_observe(std::move(observe)),
      m_clock(clock),
      m_limits(limits),
      m_anonymous(makeAnonymous(limits)),
      m_socketAdmin(makeSocketAdmin(methods)),
      m_calls(randomStart())
{}

Method Guard::describe(const std::string& fullName, bool stream) const
{
    return {fullName, m_methods.ruleOf(fullName), m_observe(fullName, stream)};
}

Call Guard::begin(grpc::CallbackServerContext& context, const Method& method)
{
    Call call(context, method, m_calls.fetch_add(1, std::memory_order_relaxed));
    call.setStarted(m_clock.monotonic());
    return call;
}

Guard::Verdict Guard::admit(Call& call, absl::Status& why)
{
    const std::string_view token = call.token();
    if (!token.empty()) {
        auto found = m_authenticator.find(token);
        if (found.ok() && *found == nullptr) {
            call.setCaller(m_anonymous);
            return Verdict::Ask;
        }
        // A stale token must not keep anyone from the methods that need none, sign-in above all.
        if (!found.ok() && call.method().rule.access != MethodTable::Access::Public) {
            call.setCaller(m_anonymous);
            why = found.status();
            return Verdict::Refused;
        }
        call.setCaller(found.ok() ? *std::move(found) : m_anonymous);
    } else {
        call.setCaller(call.peer().starts_with("unix:") ? m_socketAdmin : m_anonymous);
    }
    why = check(call);
    return why.ok() ? Verdict::Admitted : Verdict::Refused;
}

void Guard::lookUp(Call call, std::function<void(Call, absl::Status)> decided)
{
    // Unknown tokens cost a look into the database: they share the allowance of those who did not
    // sign in.
    if (const auto wait = m_anonymous->rateLimit->take(m_clock.monotonic());
        wait > absl::ZeroDuration()) {
        decided(
            std::move(call),
            withRetryDelay(
                absl::ResourceExhaustedError("too many calls with unknown sessions"), wait));
        return;
    }
    std::string token(call.token());
    m_authenticator.look(
        std::move(token),
        [this, call = std::move(call), decided = std::move(decided)](
            absl::StatusOr<CallerPtr> found) mutable {
            if (!found.ok() && call.method().rule.access != MethodTable::Access::Public) {
                decided(std::move(call), found.status());
                return;
            }
            call.setCaller(found.ok() ? *std::move(found) : m_anonymous);
            absl::Status status = check(call);
            decided(std::move(call), std::move(status));
        });
}

absl::Status Guard::check(const Call& call)
{
    if (m_stopping.load(std::memory_order_relaxed)) {
        return stopping();
    }
    const auto& rule = call.method().rule;
    const Caller& caller = call.caller();
    switch (rule.access) {
    case MethodTable::Access::Public:
        break;
    case MethodTable::Access::Session:
        if (&caller == m_anonymous.get()) {
            return notSignedIn();
        }
        break;
    case MethodTable::Access::Permission:
        if (&caller == m_anonymous.get()) {
            return notSignedIn();
        }
        if (!caller.permissions.test(rule.bit)) {
            return withHint(
                absl::PermissionDeniedError(fmt::format(
                    "{} may not do this: it needs the permission {}",
                    caller.identity.who.name,
                    rule.permission)),
                "Ask an administrator for a role that has it.");
        }
        break;
    case MethodTable::Access::Refused:
        return absl::PermissionDeniedError(
            fmt::format("nobody may call {}: it states no permission", call.method().fullName));
    }
    if (caller.rateLimit != nullptr) {
        const auto wait = caller.rateLimit->take(call.started());
        if (wait > absl::ZeroDuration()) {
            return withRetryDelay(
                withHint(
                    absl::ResourceExhaustedError(
                        fmt::format("more than {:g} calls a second", m_limits.callsPerSecond)),
                    "Slow down, or raise grpc.operator_rate."),
                wait);
        }
    }
    return absl::OkStatus();
}

absl::Status Guard::recheck(const Call& call) const
{
    if (m_stopping.load(std::memory_order_relaxed)) {
        return stopping();
    }
    const Caller& caller = call.caller();
    if (caller.replaced.load(std::memory_order_relaxed)) {
        return withRetryDelay(
            withReason(
                absl::UnavailableError("your permissions have changed"), "PERMISSIONS_CHANGED"),
            absl::ZeroDuration());
    }
    if (caller.ended.load(std::memory_order_relaxed)) {
        return withHint(absl::UnauthenticatedError("the session has ended"), "Sign in again.");
    }
    if (m_clock.now() >= caller.identity.expireTime) {
        return withHint(absl::UnauthenticatedError("the session has expired"), "Sign in again.");
    }
    return absl::OkStatus();
}

absl::Status Guard::beginStream(const Call& call)
{
    auto& streams = call.callerPtr()->streams;
    if (streams.fetch_add(1) >= m_limits.streams && call.callerPtr() != m_socketAdmin) {
        streams.fetch_sub(1);
        return withHint(
            absl::ResourceExhaustedError(
                fmt::format("more than {} streams in one session", m_limits.streams)),
            "Close some charts or windows.");
    }
    return absl::OkStatus();
}

void Guard::endStream(const Call& call)
{
    call.callerPtr()->streams.fetch_sub(1);
}

grpc::Status Guard::finish(const Call& call, absl::Status status)
{
    const absl::Duration took = m_clock.monotonic() - call.started();
    call.method().observer->finished(status.code(), took);
    if (m_auditor != nullptr &&
        (!call.method().rule.audit.empty() || absl::IsPermissionDenied(status))) {
        m_auditor->finished(call, status);
    }
    if (status.ok()) {
        return grpc::Status::OK;
    }
    const std::string id = call.requestId();
    const platform::RequestScope scope(id, call.traceId());
    const auto level = isServersFault(status.code()) ? spdlog::level::warn : spdlog::level::debug;
    spdlog::log(
        level,
        "{} for {} failed after {}: {}",
        call.method().fullName,
        call.caller().identity.who.name.empty() ? "nobody" : call.caller().identity.who.name,
        absl::FormatDuration(took),
        std::string(status.message()));
    return api::toGrpcStatus(withRequestId(std::move(status), id));
}

} // namespace pilothouse::rpc
