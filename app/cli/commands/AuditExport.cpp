// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/AuditExport.h"

#include "app/cli/output/Printer.h"
#include "app/cli/output/Terminal.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/AuditClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace pilothouse::cli {

namespace {

constexpr absl::Duration kNotePeriod = absl::Seconds(1);

/// Where an export goes.
class Target
{
public:
    static absl::StatusOr<std::unique_ptr<Target>> open(const std::string& file)
    {
        auto target = std::unique_ptr<Target>(new Target);
        if (file == "-") {
            target->m_stream = stdout;
            return target;
        }
        target->m_file = file;
        target->m_part = file + ".part";
        // An audit is for its owner's eyes.
        const int descriptor =
            ::open(target->m_part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        target->m_stream = descriptor < 0 ? nullptr : fdopen(descriptor, "w");
        if (target->m_stream == nullptr) {
            return target->failed("cannot write");
        }
        return target;
    }

    ~Target()
    {
        if (!m_part.empty() && m_stream != nullptr) {
            std::fclose(m_stream);
            std::error_code ignored;
            std::filesystem::remove(m_part, ignored);
        }
    }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    absl::Status write(const std::string& data)
    {
        return std::fwrite(data.data(), 1, data.size(), m_stream) == data.size()
                   ? absl::OkStatus()
                   : failed("cannot write");
    }

    absl::Status finish()
    {
        if (std::fflush(m_stream) != 0) {
            return failed("cannot write");
        }
        if (m_part.empty()) {
            return absl::OkStatus();
        }
        const bool isKept = fsync(fileno(m_stream)) == 0;
        if (std::fclose(std::exchange(m_stream, nullptr)) != 0 || !isKept) {
            return failed("cannot write");
        }
        std::error_code error;
        std::filesystem::rename(m_part, m_file, error);
        return error
                   ? absl::InternalError(fmt::format("cannot make {}: {}", m_file, error.message()))
                   : absl::OkStatus();
    }

private:
    Target() = default;

    absl::Status failed(const char* what) const
    {
        const std::string why = std::strerror(errno); // NOLINT(concurrency-mt-unsafe): one thread
        return absl::InternalError(
            fmt::format("{} {}: {}", what, m_file.empty() ? "standard output" : m_file, why));
    }

    std::FILE* m_stream = nullptr;
    std::string m_file;
    std::string m_part;
};

} // namespace

absl::Status exportEntries(
    ServerSession& session,
    const audit::Filter& filter,
    audit::ExportFormat format,
    const std::string& file)
{
    PH_ASSIGN_OR_RETURN(const auto target, Target::open(file));
    const bool isTold = file != "-" && isTerminal();
    absl::Status written;
    std::int64_t entries = 0;
    absl::Time nextNote = absl::Now() + kNotePeriod;
    // On the client's thread, one piece at a time: a slow disk holds the server back.
    const auto take = [&](const client::AuditExportPiece& piece) {
        if (!written.ok()) {
            return;
        }
        written = target->write(piece.data);
        entries += piece.entries;
        if (isTold && absl::Now() >= nextNote) {
            nextNote = absl::Now() + kNotePeriod;
            printNote(fmt::format("{} entries so far", entries));
        }
    };
    PH_RETURN_IF_ERROR(await<client::Nothing>([&](auto done) {
                           return session.audit().exportEntries(
                               filter, format, take, std::move(done));
                       }).status());
    PH_RETURN_IF_ERROR(written);
    PH_RETURN_IF_ERROR(target->finish());
    if (file != "-") {
        printNote(fmt::format("{} entries in {}", entries, file));
    }
    return absl::OkStatus();
}

} // namespace pilothouse::cli
