// SPDX-License-Identifier: Apache-2.0
#include "server/platform/crypto/OpenSsl.h"

#include "server/platform/process/Folders.h"
#include "shared/base/StatusHelpers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace pilothouse::platform {

namespace {

constexpr mode_t kSecret = 0600;
constexpr mode_t kPublicFile = 0644;

/// Keys with a passphrase are refused rather than asked for: nobody sits at a server's terminal.
int noPassphrase(char*, int, int, void*)
{
    return 0;
}

absl::Status cannotWrite(const std::filesystem::path& file)
{
    return systemError(errno, fmt::format("cannot write {}", file.string()));
}

absl::Status writeFile(const std::filesystem::path& file, std::string_view text, mode_t mode)
{
    const std::string temporary = file.string() + ".new";
    unlink(temporary.c_str());
    const int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0) {
        return cannotWrite(temporary);
    }
    const bool written =
        write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        fsync(descriptor) == 0;
    const bool closed = close(descriptor) == 0;
    if (!written || !closed || rename(temporary.c_str(), file.c_str()) != 0) {
        absl::Status status = cannotWrite(file);
        unlink(temporary.c_str());
        return status;
    }
    return absl::OkStatus();
}

std::string_view contentOf(BIO& bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(&bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

absl::StatusOr<BioPtr> openForReading(const std::filesystem::path& file)
{
    BioPtr bio(BIO_new_file(file.c_str(), "r"));
    if (!bio) {
        ERR_clear_error();
        return withHint(
            absl::FailedPreconditionError(
                fmt::format("cannot read {}: {}", file.string(), std::strerror(errno))),
            "Check the path and who may read it.");
    }
    return bio;
}

} // namespace

absl::Status sslError(const std::string& what)
{
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_peek_last_error(), reason.data(), reason.size());
    ERR_clear_error();
    return absl::InternalError(fmt::format("{}: {}", what, reason.data()));
}

absl::StatusOr<CertificatePtr> readCertificate(const std::filesystem::path& file)
{
    PH_ASSIGN_OR_RETURN(const auto bio, openForReading(file));
    CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, noPassphrase, nullptr));
    if (!certificate) {
        ERR_clear_error();
        return absl::FailedPreconditionError(
            fmt::format("{} holds no certificate in PEM form", file.string()));
    }
    return certificate;
}

absl::StatusOr<KeyPtr> readKey(const std::filesystem::path& file)
{
    PH_ASSIGN_OR_RETURN(const auto bio, openForReading(file));
    KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr));
    if (!key) {
        ERR_clear_error();
        return absl::FailedPreconditionError(
            fmt::format("{} holds no private key in PEM form without a passphrase", file.string()));
    }
    return key;
}

absl::Status writeCertificates(
    const std::filesystem::path& file, std::initializer_list<X509*> certificates)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    for (X509* certificate : certificates) {
        if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) {
            return sslError("cannot write the certificate");
        }
    }
    return writeFile(file, contentOf(*bio), kPublicFile);
}

absl::Status writeKey(const std::filesystem::path& file, EVP_PKEY& key)
{
    // Secure memory: the key's text is wiped when the buffer goes.
    const BioPtr bio(BIO_new(BIO_s_secmem()));
    if (!bio || PEM_write_bio_PKCS8PrivateKey(
                    bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        return sslError("cannot write the key");
    }
    return writeFile(file, contentOf(*bio), kSecret);
}

} // namespace pilothouse::platform
