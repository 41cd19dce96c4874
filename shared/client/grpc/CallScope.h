// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"
#include "shared/client/grpc/CallGate.h"

#include <grpcpp/client_context.h>

#include <memory>
#include <mutex>

namespace pilothouse::client {

/// What the user's Call and the work behind it share: the gate to the user's callbacks, and the
/// gRPC call to cancel. Thread-safe.
class CallScope
{
public:
    CallGate gate;

    /// The gRPC call that is under way now; cancelled at once when the scope is closed already.
    void attach(const std::shared_ptr<grpc::ClientContext>& context)
    {
        const std::lock_guard lock(m_mutex);
        m_context = context;
        if (m_closed) {
            context->TryCancel();
        }
    }

    void close()
    {
        gate.close();
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        if (const auto context = m_context.lock()) {
            context->TryCancel();
        }
    }

private:
    std::mutex m_mutex;
    bool m_closed = false;
    std::weak_ptr<grpc::ClientContext> m_context;
};

/// The Call given to the user.
class ScopeHandle final : public Call
{
public:
    explicit ScopeHandle(std::shared_ptr<CallScope> scope) : m_scope(std::move(scope)) {}
    ~ScopeHandle() override { m_scope->close(); }
    ScopeHandle(const ScopeHandle&) = delete;
    ScopeHandle& operator=(const ScopeHandle&) = delete;

private:
    std::shared_ptr<CallScope> m_scope;
};

} // namespace pilothouse::client
