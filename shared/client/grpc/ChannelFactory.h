// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Connection.h"
#include "shared/client/state/Address.h"
#include "shared/client/tls/CertificateCheck.h"

#include <grpcpp/channel.h>

#include <memory>
#include <mutex>
#include <optional>

namespace pilothouse::client {

/// What the handshakes of one channel were decided to be. Written on gRPC's threads. Thread-safe.
class TrustRecord
{
public:
    void set(TrustDecision decision);
    std::optional<TrustDecision> get() const;

private:
    mutable std::mutex m_mutex;
    std::optional<TrustDecision> m_decision;
};

/// A new channel to the address that shares no connection with any other. Over TLS every handshake
/// of it, also a later reconnect of its own, is judged by the policy before a byte of a call is
/// sent; the decision is left in `record`.
std::shared_ptr<grpc::Channel> makeChannel(
    const Address& address,
    const TrustPolicy& policy,
    const ConnectionOptions& options,
    std::shared_ptr<TrustRecord> record);

} // namespace pilothouse::client
