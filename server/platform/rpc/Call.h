// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Caller.h"
#include "shared/audit/Entry.h"

#include <absl/time/time.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <string>

namespace pilothouse::rpc {

struct Method;

/// One admitted call. Valid until the call is finished.
class Call
{
public:
    Call(grpc::CallbackServerContext& context, const Method& method, std::uint64_t number);

    /// Who calls; anonymous where the method is public.
    const Caller& caller() const { return *m_caller; }
    const CallerPtr& callerPtr() const { return m_caller; }
    void setCaller(CallerPtr caller) { m_caller = std::move(caller); }

    /// When the caller stops waiting; InfiniteFuture when it did not say.
    absl::Time deadline() const;
    /// The caller has gone or its deadline has passed: stop working.
    bool isCancelled() const { return m_context->IsCancelled(); }
    /// "ipv4:127.0.0.1:40312" or "unix:".
    std::string peer() const { return m_context->peer(); }
    /// Names this call in errors and logs: the caller's own "x-request-id" or a new one.
    std::string requestId() const;
    /// The trace id of the caller's W3C "traceparent", or "".
    std::string traceId() const;
    /// "Bearer" token of the call, or "". A secret.
    std::string_view token() const;

    /// What the audit has of this call already; null for a method that is not audited.
    const std::shared_ptr<audit::Receipt>& receipt() const { return m_receipt; }

    const Method& method() const { return *m_method; }
    absl::Duration started() const { return m_started; }
    void setStarted(absl::Duration started) { m_started = started; }

private:
    std::string_view metadata(const char* key) const;

    grpc::CallbackServerContext* m_context;
    const Method* m_method;
    std::uint64_t m_number;
    absl::Duration m_started;
    CallerPtr m_caller;
    std::shared_ptr<audit::Receipt> m_receipt;
};

} // namespace pilothouse::rpc
