// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/ChannelFactory.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <vector>

namespace pilothouse::client {

namespace {

namespace tls = grpc::experimental;

constexpr int kKeepaliveMs = 60 * 1000;
constexpr int kKeepaliveTimeoutMs = 10 * 1000;
// A snapshot of 1000 series with 600 points each stays far below; anything larger is a broken peer.
constexpr int kMaxMessageBytes = 64 << 20;
// The channel must not redial by itself: the connection decides when, and it then makes a new
// channel.
constexpr int kOwnBackoffMs = 60 * 1000;

/// gRPC's own verification is off because this one replaces it: one place that knows CA, host name
/// and pin, and can say what is wrong. The handshake itself still proves that the server owns the
/// key.
class Verifier final : public tls::ExternalCertificateVerifier
{
public:
    Verifier(TrustPolicy policy, std::shared_ptr<TrustRecord> record)
        : m_policy(std::move(policy)), m_record(std::move(record))
    {}

    bool Verify(
        tls::TlsCustomVerificationCheckRequest* request,
        std::function<void(grpc::Status)> /*callback*/,
        grpc::Status* syncStatus) override
    {
        grpc::string_ref chain = request->peer_cert_full_chain();
        if (chain.empty()) {
            chain = request->peer_cert();
        }
        TrustDecision decision =
            judgeCertificate(std::string(chain.data(), chain.size()), m_policy, absl::Now());
        *syncStatus =
            decision.verdict == TrustVerdict::Trusted
                ? grpc::Status::OK
                : grpc::Status(grpc::UNAUTHENTICATED, std::string(decision.why.message()));
        m_record->set(std::move(decision));
        return true;
    }

    void Cancel(tls::TlsCustomVerificationCheckRequest* /*request*/) override {}

private:
    TrustPolicy m_policy;
    std::shared_ptr<TrustRecord> m_record;
};

std::shared_ptr<grpc::ChannelCredentials> tlsCredentials(
    const TrustPolicy& policy,
    const ConnectionOptions& options,
    std::shared_ptr<TrustRecord> record)
{
    tls::TlsChannelCredentialsOptions credentials;
    credentials.set_verify_server_certs(false);
    credentials.set_check_call_host(false);
    credentials.set_certificate_verifier(
        tls::ExternalCertificateVerifier::Create<Verifier>(policy, std::move(record)));
    if (!options.clientCertificatePem.empty()) {
        const std::vector<tls::IdentityKeyCertPair> identity{
            {options.clientKeyPem, options.clientCertificatePem}};
        credentials.set_certificate_provider(
            std::make_shared<tls::StaticDataCertificateProvider>(identity));
        credentials.watch_identity_key_cert_pairs();
    }
    return tls::TlsCredentials(credentials);
}

grpc::ChannelArguments channelArguments(const Address& address)
{
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kOwnBackoffMs);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
    arguments.SetUserAgentPrefix("pilothouse-client/" PILOTHOUSE_VERSION);
    if (address.isUnix() || address.isLoopback()) {
        // A proxy of the environment cannot reach this machine's own loopback.
        arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    }
    return arguments;
}

} // namespace

void TrustRecord::set(TrustDecision decision)
{
    const std::lock_guard lock(m_mutex);
    m_decision = std::move(decision);
}

std::optional<TrustDecision> TrustRecord::get() const
{
    const std::lock_guard lock(m_mutex);
    return m_decision;
}

std::shared_ptr<grpc::Channel> makeChannel(
    const Address& address,
    const TrustPolicy& policy,
    const ConnectionOptions& options,
    std::shared_ptr<TrustRecord> record)
{
    const grpc::ChannelArguments arguments = channelArguments(address);
    if (address.isUnix()) {
        return grpc::CreateCustomChannel(
            address.toString(), grpc::InsecureChannelCredentials(), arguments);
    }
    return grpc::CreateCustomChannel(
        "dns:///" + address.toString(),
        tlsCredentials(policy, options, std::move(record)),
        arguments);
}

} // namespace pilothouse::client
