// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/api/ApiResponse.h"

#include "server/metrics/api/JsonText.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::metrics {

namespace {

constexpr std::string_view kJson = "application/json";

struct ErrorType
{
    std::string_view name;
    int status;
};

ErrorType errorTypeOf(const absl::Status& status)
{
    switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
        return {"bad_data", 400};
    case absl::StatusCode::kFailedPrecondition:
        return {"execution", 422};
    case absl::StatusCode::kResourceExhausted:
        // With a retry delay it is the queue that is full, not the query that is too large.
        return retryDelayOf(status) ? ErrorType{"unavailable", 429} : ErrorType{"execution", 422};
    case absl::StatusCode::kDeadlineExceeded:
        return {"timeout", 503};
    case absl::StatusCode::kCancelled:
        return {"canceled", 503};
    case absl::StatusCode::kNotFound:
        return {"not_found", 404};
    case absl::StatusCode::kUnavailable:
        return {"unavailable", 503};
    default:
        return {"internal", 500};
    }
}

} // namespace

platform::HttpResponse apiSuccess(std::string_view data, const std::vector<std::string>& warnings)
{
    platform::HttpResponse response;
    response.contentType = kJson;
    response.body.reserve(data.size() + 40);
    response.body += R"({"status":"success","data":)";
    response.body += data;
    if (!warnings.empty()) {
        response.body += R"(,"warnings":)";
        appendJsonStrings(response.body, warnings);
    }
    response.body += '}';
    return response;
}

platform::HttpResponse apiError(const absl::Status& status)
{
    const ErrorType type = errorTypeOf(status);
    platform::HttpResponse response;
    response.status = type.status;
    response.contentType = kJson;
    response.body = fmt::format(R"({{"status":"error","errorType":"{}","error":)", type.name);
    appendJsonString(response.body, describe(status));
    response.body += '}';
    return response;
}

absl::Status invalidParameter(std::string_view name, std::string_view problem)
{
    return absl::InvalidArgumentError(fmt::format("invalid parameter \"{}\": {}", name, problem));
}

} // namespace pilothouse::metrics
