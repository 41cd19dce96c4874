// SPDX-License-Identifier: Apache-2.0
#include "shared/client/tls/Certificates.h"

#include <absl/strings/escaping.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>

namespace pilothouse::client {

namespace {

struct BioFree
{
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioFree>;

struct NamesFree
{
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

// A certificate that needs more than this is not one that a person can judge.
constexpr std::size_t kMaxCertificates = 16;
constexpr int kMaxNames = 100;

std::string textOf(BIO& bio)
{
    char* data = nullptr;
    const long length = BIO_get_mem_data(&bio, &data);
    return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

std::string nameText(const X509_NAME* name)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    // RFC 2253 escapes control characters, so that a subject cannot disturb a terminal.
    X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~XN_FLAG_DN_REV);
    return textOf(*bio);
}

absl::Time timeOf(const ASN1_TIME* time)
{
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) {
        return absl::InfinitePast();
    }
    return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string alternativeName(const GENERAL_NAME& name)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    GENERAL_NAME_print(bio.get(), const_cast<GENERAL_NAME*>(&name));
    return textOf(*bio);
}

std::vector<std::string> alternativeNames(const X509& certificate)
{
    const std::unique_ptr<GENERAL_NAMES, NamesFree> names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> result;
    const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
    result.reserve(static_cast<std::size_t>(std::min(count, kMaxNames)));
    for (int index = 0; index < std::min(count, kMaxNames); ++index) {
        result.push_back(alternativeName(*sk_GENERAL_NAME_value(names.get(), index)));
    }
    return result;
}

} // namespace

void X509Free::operator()(X509* certificate) const
{
    X509_free(certificate);
}

absl::StatusOr<std::vector<X509Ptr>> readPem(std::string_view pem)
{
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::vector<X509Ptr> result;
    while (result.size() < kMaxCertificates) {
        X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
        if (!certificate) {
            break;
        }
        result.push_back(std::move(certificate));
    }
    const unsigned long error = ERR_peek_last_error();
    ERR_clear_error();
    // Reading stops at the end with "no start line"; everything else is damage.
    if (error != 0 && ERR_GET_REASON(error) != PEM_R_NO_START_LINE) {
        return absl::InvalidArgumentError("damaged certificate in the PEM text");
    }
    if (result.empty()) {
        return absl::InvalidArgumentError("no certificate in the PEM text");
    }
    return result;
}

std::string fingerprintOf(X509& certificate)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    X509_digest(&certificate, EVP_sha256(), digest.data(), &length);
    return absl::BytesToHexString(
        absl::string_view(reinterpret_cast<const char*>(digest.data()), length));
}

Certificate describeChain(const std::vector<X509Ptr>& chain)
{
    Certificate result;
    if (chain.empty()) {
        return result;
    }
    X509& leaf = *chain.front();
    result.subject = nameText(X509_get_subject_name(&leaf));
    result.subjectAlternativeNames = alternativeNames(leaf);
    for (const auto& certificate : chain) {
        result.issuerChain.push_back(nameText(X509_get_issuer_name(certificate.get())));
    }
    result.notBefore = timeOf(X509_get0_notBefore(&leaf));
    result.notAfter = timeOf(X509_get0_notAfter(&leaf));
    result.fingerprint = fingerprintOf(leaf);
    return result;
}

} // namespace pilothouse::client
