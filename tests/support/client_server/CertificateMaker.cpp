// SPDX-License-Identifier: Apache-2.0
#include "tests/support/client_server/CertificateMaker.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace pilothouse::test {

namespace {

template <typename T, void (*Free)(T*)>
struct Freed
{
    void operator()(T* object) const { Free(object); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509, X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;

std::string textOf(BIO* bio)
{
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(length));
}

KeyPtr readKey(const std::string& pem)
{
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

CertificatePtr readCertificate(const std::string& pem)
{
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return CertificatePtr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

void addExtension(X509* certificate, X509* issuer, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

} // namespace

Issued makeCertificate(const CertificateWish& wish)
{
    const KeyPtr key(EVP_EC_gen("P-256"));
    const CertificatePtr certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    std::uint64_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(wish.notBefore));
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(wish.notAfter));
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(
        name,
        "CN",
        MBSTRING_UTF8,
        reinterpret_cast<const unsigned char*>(wish.commonName.c_str()),
        -1,
        -1,
        0);
    const KeyPtr issuerKey = wish.issuer ? readKey(wish.issuer->keyPem) : nullptr;
    const CertificatePtr issuer =
        wish.issuer ? readCertificate(wish.issuer->certificatePem) : nullptr;
    X509* signer = issuer ? issuer.get() : certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
    addExtension(
        certificate.get(),
        signer,
        NID_basic_constraints,
        wish.isAuthority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!wish.alternativeNames.empty() && !wish.isAuthority) {
        addExtension(certificate.get(), signer, NID_subject_alt_name, wish.alternativeNames);
    }
    X509_sign(certificate.get(), issuerKey ? issuerKey.get() : key.get(), EVP_sha256());

    const BioPtr certificateBio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(certificateBio.get(), certificate.get());
    const BioPtr keyBio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(keyBio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {textOf(certificateBio.get()), textOf(keyBio.get())};
}

} // namespace pilothouse::test
