// SPDX-License-Identifier: Apache-2.0
#include "server/platform/crypto/Certificates.h"

#include "server/platform/crypto/OpenSsl.h"
#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <array>
#include <ctime>

namespace pilothouse::platform {

namespace {

constexpr int kCaDays = 3650;
/// Clients pin this certificate, so it is renewed rarely.
constexpr int kServerDays = 730;
constexpr auto kRenewBefore = absl::Hours(24 * 30);
/// Clocks of client and server differ.
constexpr int kBackdateSeconds = 3600;

std::string hostName()
{
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data())
                                                          : std::string();
}

absl::Status addExtension(X509& certificate, X509* issuer, int kind, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, &certificate, nullptr, nullptr, 0);
    const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    if (!extension || X509_add_ext(&certificate, extension.get(), -1) != 1) {
        return sslError(fmt::format("cannot add the extension {}", value));
    }
    return absl::OkStatus();
}

/// A certificate with everything but extensions and signature.
absl::StatusOr<CertificatePtr> newCertificate(
    EVP_PKEY& key, const std::string& commonName, int days, const Clock& clock)
{
    CertificatePtr certificate(X509_new());
    const BigNumberPtr serial(BN_new());
    // 159 random bits: RFC 5280 allows 20 octets, positive.
    if (!certificate || !serial ||
        BN_rand(serial.get(), 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1 ||
        BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())) == nullptr) {
        return sslError("cannot make a certificate");
    }
    X509_set_version(certificate.get(), X509_VERSION_3);
    std::time_t now = absl::ToTimeT(clock.now());
    X509_time_adj_ex(X509_getm_notBefore(certificate.get()), 0, -kBackdateSeconds, &now);
    X509_time_adj_ex(X509_getm_notAfter(certificate.get()), days, 0, &now);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    for (const auto& [field, value] :
         {std::pair<const char*, std::string>{"O", "Pilothouse"}, {"CN", commonName}}) {
        X509_NAME_add_entry_by_txt(
            name,
            field,
            MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(value.data()),
            static_cast<int>(value.size()),
            -1,
            0);
    }
    X509_set_pubkey(certificate.get(), &key);
    return certificate;
}

absl::Status sign(X509& certificate, EVP_PKEY& key)
{
    return X509_sign(&certificate, &key, EVP_sha256()) == 0
               ? sslError("cannot sign the certificate")
               : absl::OkStatus();
}

absl::Status makeCa(const std::filesystem::path& folder, const Clock& clock)
{
    const KeyPtr key(EVP_EC_gen("P-256"));
    if (!key) {
        return sslError("cannot make a key");
    }
    // The id keeps two servers' CAs apart in an operator's list of authorities.
    PH_ASSIGN_OR_RETURN(
        const auto ca,
        newCertificate(*key, fmt::format("Pilothouse CA {}", newId(4)), kCaDays, clock));
    X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
    PH_RETURN_IF_ERROR(
        addExtension(*ca, ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
    PH_RETURN_IF_ERROR(addExtension(*ca, ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign"));
    PH_RETURN_IF_ERROR(addExtension(*ca, ca.get(), NID_subject_key_identifier, "hash"));
    PH_RETURN_IF_ERROR(sign(*ca, *key));
    PH_RETURN_IF_ERROR(writeKey(folder / "ca.key", *key));
    return writeCertificates(folder / "ca.pem", {ca.get()});
}

absl::Status makeServer(const TlsFiles& files, X509& ca, EVP_PKEY& caKey, const Clock& clock)
{
    const KeyPtr key(EVP_EC_gen("P-256"));
    if (!key) {
        return sslError("cannot make a key");
    }
    const std::string host = hostName();
    PH_ASSIGN_OR_RETURN(
        const auto server,
        newCertificate(*key, host.empty() ? "localhost" : host.substr(0, 64), kServerDays, clock));
    X509_set_issuer_name(server.get(), X509_get_subject_name(&ca));
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
    if (!host.empty() && host != "localhost") {
        names += ",DNS:" + host;
    }
    PH_RETURN_IF_ERROR(addExtension(*server, &ca, NID_basic_constraints, "critical,CA:FALSE"));
    PH_RETURN_IF_ERROR(addExtension(*server, &ca, NID_key_usage, "critical,digitalSignature"));
    PH_RETURN_IF_ERROR(addExtension(*server, &ca, NID_ext_key_usage, "serverAuth"));
    PH_RETURN_IF_ERROR(addExtension(*server, &ca, NID_subject_alt_name, names));
    PH_RETURN_IF_ERROR(addExtension(*server, &ca, NID_subject_key_identifier, "hash"));
    PH_RETURN_IF_ERROR(addExtension(*server, &ca, NID_authority_key_identifier, "keyid"));
    PH_RETURN_IF_ERROR(sign(*server, caKey));
    PH_RETURN_IF_ERROR(writeKey(files.key, *key));
    // With the CA behind it, so that a client can show the whole chain before it trusts.
    return writeCertificates(files.certificate, {server.get(), &ca});
}

bool expiresWithin(const X509& certificate, absl::Duration span, const Clock& clock)
{
    std::time_t then = absl::ToTimeT(clock.now() + span);
    return X509_cmp_time(X509_get0_notAfter(&certificate), &then) <= 0;
}

bool isGood(const TlsFiles& files, EVP_PKEY& caKey, const Clock& clock)
{
    const auto certificate = readCertificate(files.certificate);
    const auto key = readKey(files.key);
    return certificate.ok() && key.ok() && !expiresWithin(**certificate, kRenewBefore, clock) &&
           X509_check_private_key(certificate->get(), key->get()) == 1 &&
           X509_verify(certificate->get(), &caKey) == 1;
}

} // namespace

absl::StatusOr<TlsFiles> ensureCertificates(const std::filesystem::path& folder, const Clock& clock)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return absl::FailedPreconditionError(
            fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
    }
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    TlsFiles files{folder / "server.pem", folder / "server.key", folder / "ca.pem"};
    const bool hasCa =
        std::filesystem::exists(files.ca) && std::filesystem::exists(folder / "ca.key");
    if (!hasCa) {
        PH_RETURN_IF_ERROR(makeCa(folder, clock));
    }
    PH_ASSIGN_OR_RETURN(const auto ca, readCertificate(files.ca));
    PH_ASSIGN_OR_RETURN(const auto caKey, readKey(folder / "ca.key"));
    if (!isGood(files, *caKey, clock)) {
        PH_RETURN_IF_ERROR(makeServer(files, *ca, *caKey, clock));
    }
    return files;
}

absl::Status checkCertificate(
    const std::filesystem::path& certificateFile,
    const std::filesystem::path& keyFile,
    const Clock& clock)
{
    PH_ASSIGN_OR_RETURN(const auto certificate, readCertificate(certificateFile));
    PH_ASSIGN_OR_RETURN(const auto key, readKey(keyFile));
    if (X509_check_private_key(certificate.get(), key.get()) != 1) {
        return withHint(
            absl::FailedPreconditionError(fmt::format(
                "the key {} does not belong to the certificate {}",
                keyFile.string(),
                certificateFile.string())),
            "Give the key that the certificate was made with.");
    }
    if (expiresWithin(*certificate, absl::ZeroDuration(), clock)) {
        return withHint(
            absl::FailedPreconditionError(
                fmt::format("the certificate {} has expired", certificateFile.string())),
            "Renew it, then start again.");
    }
    return absl::OkStatus();
}

absl::StatusOr<std::string> fingerprintOf(const std::filesystem::path& certificateFile)
{
    PH_ASSIGN_OR_RETURN(const auto certificate, readCertificate(certificateFile));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (X509_digest(certificate.get(), EVP_sha256(), digest.data(), &length) != 1) {
        return sslError("cannot read the fingerprint");
    }
    std::string text;
    for (unsigned int index = 0; index < length; ++index) {
        text += fmt::format("{:02x}", digest[index]);
    }
    return text;
}

} // namespace pilothouse::platform
