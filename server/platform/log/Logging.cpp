// SPDX-License-Identifier: Apache-2.0
#include "server/platform/log/Logging.h"

#include "server/platform/log/RequestScope.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <ctime>
#include <memory>
#include <string>
#include <string_view>

namespace pilothouse::platform {

namespace {

std::string timestamp(spdlog::log_clock::time_point time)
{
    const auto since = time.time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    const std::time_t seconds = static_cast<std::time_t>(milliseconds / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        parts.tm_year + 1900,
        parts.tm_mon + 1,
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec,
        milliseconds % 1000);
}

std::string_view levelName(spdlog::level::level_enum level)
{
    switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
        return "debug";
    case spdlog::level::info:
        return "info";
    case spdlog::level::warn:
        return "warning";
    default:
        return "error";
    }
}

/// Control characters would let a caller forge lines (text) or break the object (JSON).
void appendEscaped(std::string_view text, bool json, spdlog::memory_buf_t& out)
{
    for (const char character : text) {
        if (static_cast<unsigned char>(character) < 0x20U || character == 0x7f) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<int>(character));
        } else if (json && (character == '"' || character == '\\')) {
            out.push_back('\\');
            out.push_back(character);
        } else {
            out.push_back(character);
        }
    }
}

class LineFormatter final : public spdlog::formatter
{
public:
    explicit LineFormatter(bool json) : m_json(json) {}

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override
    {
        const std::string_view text(message.payload.data(), message.payload.size());
        const RequestScope* scope = RequestScope::current();
        auto put = std::back_inserter(out);
        if (m_json) {
            fmt::format_to(
                put,
                R"({{"time":"{}","level":"{}","message":")",
                timestamp(message.time),
                levelName(message.level));
            appendEscaped(text, true, out);
            out.push_back('"');
        } else {
            fmt::format_to(put, "{} {:<7} ", timestamp(message.time), levelName(message.level));
            appendEscaped(text, false, out);
        }
        if (scope != nullptr) {
            appendIds(*scope, out);
        }
        if (m_json) {
            out.push_back('}');
        }
        out.push_back('\n');
    }

    std::unique_ptr<spdlog::formatter> clone() const override
    {
        return std::make_unique<LineFormatter>(m_json);
    }

private:
    void appendIds(const RequestScope& scope, spdlog::memory_buf_t& out) const
    {
        appendId("request", scope.requestId(), out);
        appendId("trace", scope.traceId(), out);
    }

    void appendId(const char* name, const std::string& id, spdlog::memory_buf_t& out) const
    {
        if (id.empty()) {
            return;
        }
        if (m_json) {
            fmt::format_to(std::back_inserter(out), R"(,"{}":"{}")", name, id);
        } else {
            fmt::format_to(std::back_inserter(out), " {}={}", name, id);
        }
    }

    const bool m_json;
};

spdlog::level::level_enum levelOf(const std::string& name)
{
    if (name == "debug") {
        return spdlog::level::debug;
    }
    if (name == "warning") {
        return spdlog::level::warn;
    }
    return name == "error" ? spdlog::level::err : spdlog::level::info;
}

void logOfGrpc(gpr_log_func_args* args)
{
    spdlog::debug("grpc: {}", args->message);
}

} // namespace

void setUpLogging(const std::string& level, const std::string& format)
{
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_formatter(std::make_unique<LineFormatter>(format == "json"));
    auto logger = std::make_shared<spdlog::logger>("pilothouse", std::move(sink));
    logger->set_level(levelOf(level));
    logger->flush_on(spdlog::level::debug);
    spdlog::set_default_logger(std::move(logger));
    gpr_set_log_function(logOfGrpc);
}

} // namespace pilothouse::platform
