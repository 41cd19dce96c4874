// SPDX-License-Identifier: Apache-2.0
#include "shared/client/tls/CertificateCheck.h"

#include "shared/base/StatusHelpers.h"
#include "shared/client/tls/Certificates.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>

namespace pilothouse::client {

namespace {

struct StoreFree
{
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
struct StoreContextFree
{
    void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
struct StackFree
{
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

struct BioFree
{
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct KeyFree
{
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, KeyFree>;

/// Null when there is none, or when it is locked by a password: nobody is asked for one.
KeyPtr readKey(const std::string& pem)
{
    const std::unique_ptr<BIO, BioFree> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const auto noPassword = [](char*, int, int, void*) { return -1; };
    KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassword, nullptr));
    ERR_clear_error();
    return key;
}

absl::Status invalid(const std::string& message, std::string_view hint)
{
    return withHint(absl::FailedPreconditionError(message), hint);
}

absl::Status explain(int error, const TrustPolicy& policy, const Certificate& offered)
{
    switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return invalid(
            fmt::format("the server's certificate is not for '{}'", policy.host),
            fmt::format(
                "Connect by a name in the certificate ({}), or have it reissued.",
                fmt::join(offered.subjectAlternativeNames, ", ")));
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return invalid(
            fmt::format(
                "the server's certificate expired on {}",
                absl::FormatTime("%Y-%m-%d", offered.notAfter, absl::UTCTimeZone())),
            "Renew it on the server, or check this machine's clock.");
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return invalid(
            "the server's certificate is not valid yet", "Check the clocks of both machines.");
    default:
        return invalid(
            fmt::format(
                "the server's certificate is not signed by the given CA ({})",
                X509_verify_cert_error_string(error)),
            "Check that the CA file belongs to this server.");
    }
}

absl::Status verifyByCa(
    const std::vector<X509Ptr>& chain,
    const std::vector<X509Ptr>& authorities,
    const TrustPolicy& policy,
    const Certificate& offered,
    absl::Time now)
{
    const std::unique_ptr<X509_STORE, StoreFree> store(X509_STORE_new());
    for (const auto& authority : authorities) {
        X509_STORE_add_cert(store.get(), authority.get());
    }
    const std::unique_ptr<STACK_OF(X509), StackFree> untrusted(sk_X509_new_null());
    for (const auto& certificate : chain) {
        sk_X509_push(untrusted.get(), certificate.get());
    }
    const std::unique_ptr<X509_STORE_CTX, StoreContextFree> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), untrusted.get());
    X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
    // A configured intermediate CA is enough: its root need not be at hand.
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(now));
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, policy.host.c_str()) != 1) {
        X509_VERIFY_PARAM_set1_host(parameters, policy.host.data(), policy.host.size());
    }
    if (X509_verify_cert(context.get()) == 1) {
        return absl::OkStatus();
    }
    return explain(X509_STORE_CTX_get_error(context.get()), policy, offered);
}

TrustDecision decideByCa(
    const std::vector<X509Ptr>& chain,
    const TrustPolicy& policy,
    absl::Time now,
    TrustDecision decision)
{
    const auto authorities = readPem(policy.caPem);
    decision.why = authorities.ok() ? verifyByCa(chain, *authorities, policy, decision.offered, now)
                                    : withContext(authorities.status(), "CA");
    decision.verdict = decision.why.ok() ? TrustVerdict::Trusted : TrustVerdict::Invalid;
    return decision;
}

TrustDecision decideByPin(const TrustPolicy& policy, TrustDecision decision)
{
    if (policy.pinnedFingerprint == decision.offered.fingerprint) {
        decision.verdict = TrustVerdict::Trusted;
        decision.why = absl::OkStatus();
    } else if (policy.pinnedFingerprint.empty()) {
        decision.verdict = TrustVerdict::Unknown;
        decision.why = withHint(
            absl::FailedPreconditionError(
                fmt::format("the certificate of '{}' is not known yet", policy.host)),
            "Compare the fingerprint with the one on the server, then trust it.");
    } else {
        decision.verdict = TrustVerdict::Changed;
        decision.why = withHint(
            absl::FailedPreconditionError(fmt::format(
                "the certificate of '{}' has changed since it was trusted", policy.host)),
            "This can be an attack. Trust it only when you know that the server got a new one.");
    }
    return decision;
}

} // namespace

TrustDecision judgeCertificate(
    const std::string& chainPem, const TrustPolicy& policy, absl::Time now)
{
    TrustDecision decision;
    const auto chain = readPem(chainPem);
    if (!chain.ok()) {
        decision.why = withContext(chain.status(), "the server's certificate");
        return decision;
    }
    decision.offered = describeChain(*chain);
    if (!policy.caPem.empty()) {
        return decideByCa(*chain, policy, now, std::move(decision));
    }
    return decideByPin(policy, std::move(decision));
}

absl::Status checkCaPem(const std::string& caPem)
{
    return readPem(caPem).status();
}

absl::Status checkIdentityPem(const std::string& certificatePem, const std::string& keyPem)
{
    const auto certificates = readPem(certificatePem);
    if (!certificates.ok()) {
        return withContext(certificates.status(), "client certificate");
    }
    const KeyPtr key = readKey(keyPem);
    if (key == nullptr) {
        return absl::InvalidArgumentError(
            "client key: no private key without a password in the PEM text");
    }
    const bool belongs = X509_check_private_key(certificates->front().get(), key.get()) == 1;
    ERR_clear_error();
    return belongs ? absl::OkStatus()
                   : absl::InvalidArgumentError(
                         "the client key does not belong to the client certificate");
}

} // namespace pilothouse::client
