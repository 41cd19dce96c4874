// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Errors.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/cord.h>
#include <fmt/format.h>
#include <pqxx/pqxx>

#include <string_view>

namespace pilothouse::postgres {

namespace {

constexpr const char* kConstraintType = "pilothouse/constraint";
constexpr const char* kConnectionHint =
    "Check that PostgreSQL runs and accepts connections; the server reconnects by itself.";

constexpr const char* kInDoubt =
    "the connection was lost in the commit; it may or may not have happened";

/// PostgreSQL's primary message: DETAIL and CONTEXT, which quote rows, follow on further lines.
std::string primaryMessage(const char* text)
{
    std::string_view line = text;
    line = line.substr(0, line.find('\n'));
    for (const std::string_view prefix : {"ERROR:  ", "FATAL:  ", "PANIC:  "}) {
        if (line.substr(0, prefix.size()) == prefix) {
            line.remove_prefix(prefix.size());
        }
    }
    return std::string(line);
}

/// Connection errors come in several lines that all matter: which socket, and why not.
std::string joinedLines(std::string_view text)
{
    std::string result;
    for (const char letter : text) {
        if (letter != '\n') {
            result += letter == '\t' ? ' ' : letter;
        } else if (!result.empty() && result.back() != ' ') {
            result += ' ';
        }
    }
    while (!result.empty() && result.back() == ' ') {
        result.pop_back();
    }
    return result;
}

std::string quotedName(const std::string& message)
{
    const std::size_t begin = message.rfind("constraint \"");
    if (begin == std::string::npos) {
        return {};
    }
    const std::size_t from = begin + std::string_view("constraint \"").size();
    return message.substr(from, message.find('"', from) - from);
}

absl::Status unavailable(const std::string& what, const std::string& why)
{
    return withRetryDelay(
        withHint(absl::UnavailableError(fmt::format("{}: {}", what, why)), kConnectionHint),
        absl::Seconds(1));
}

absl::Status violation(absl::StatusCode code, const std::string& what, const std::string& message)
{
    const std::string constraint = quotedName(message);
    absl::Status status(
        code,
        constraint.empty() ? fmt::format("{}: {}", what, message)
                           : fmt::format("{}: violates {}", what, constraint));
    status.SetPayload(kConstraintType, absl::Cord(constraint));
    return status;
}

absl::Status fromSqlState(const std::string& what, std::string_view state, const char* text)
{
    const std::string message = primaryMessage(text);
    const std::string full = fmt::format("{}: {}", what, message);
    const std::string_view group = state.substr(0, 2);
    if (state == "23505" || state == "23P01") {
        return violation(absl::StatusCode::kAlreadyExists, what, message);
    }
    if (state == "23503") {
        return violation(absl::StatusCode::kFailedPrecondition, what, message);
    }
    if (group == "23") {
        return violation(absl::StatusCode::kInvalidArgument, what, message);
    }
    if (group == "22") {
        // The primary message of these quotes the value.
        return absl::InvalidArgumentError(
            fmt::format("{}: the database refused a value (SQLSTATE {})", what, state));
    }
    if (group == "40" || state == "55P03") {
        return withRetryDelay(absl::AbortedError(full), absl::Milliseconds(50));
    }
    if (state == "57014") {
        return absl::DeadlineExceededError(
            fmt::format("{}: stopped by the database after its time limit", what));
    }
    if (group == "08" || group == "57") {
        return unavailable(what, message);
    }
    if (state == "53100") {
        return withHint(absl::ResourceExhaustedError(full), "Free space on the database's disk.");
    }
    if (group == "53" || group == "54") {
        return withRetryDelay(absl::ResourceExhaustedError(full), absl::Seconds(1));
    }
    if (group == "28" || state == "42501") {
        return withHint(
            absl::FailedPreconditionError(full),
            "Give the server's database role the rights of the database's owner.");
    }
    if (state == "25006") {
        return withHint(
            absl::FailedPreconditionError(full),
            "Point database.url to the primary; this server only reads.");
    }
    return absl::InternalError(fmt::format("{} (SQLSTATE {})", full, state));
}

} // namespace

absl::Status currentExceptionAsStatus(const std::string& what)
{
    try {
        throw;
    } catch (const pqxx::broken_connection& error) {
        return unavailable(what, joinedLines(error.what()));
    } catch (const pqxx::in_doubt_error&) {
        return unavailable(what, kInDoubt);
    } catch (const pqxx::statement_completion_unknown&) {
        return unavailable(what, kInDoubt);
    } catch (const pqxx::transaction_rollback& error) {
        // Serialization failure and deadlock, which libpqxx reports without their state.
        return fromSqlState(what, "40001", error.what());
    } catch (const pqxx::sql_error& error) {
        if (error.sqlstate().empty()) {
            // libpq reports a connection that broke in the middle of a statement without a state.
            return unavailable(what, primaryMessage(error.what()));
        }
        return fromSqlState(what, error.sqlstate(), error.what());
    } catch (const std::exception& error) {
        return absl::InternalError(fmt::format("{}: {}", what, primaryMessage(error.what())));
    }
}

std::string constraintOf(const absl::Status& status)
{
    const auto payload = status.GetPayload(kConstraintType);
    return payload ? std::string(*payload) : std::string();
}

} // namespace pilothouse::postgres
