// SPDX-License-Identifier: Apache-2.0
#include "server/services/RegistryJson.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

namespace pilothouse::services {

namespace {

/// A registration is a few hundred bytes.
constexpr std::size_t kLongestBody = 64UL * 1024;

} // namespace

absl::Status parseBody(const std::string& body, google::protobuf::Message& message)
{
    if (body.empty()) {
        message.Clear();
        return absl::OkStatus();
    }
    if (body.size() > kLongestBody) {
        return absl::InvalidArgumentError(
            fmt::format("the body is longer than {} bytes", kLongestBody));
    }
    const auto status = google::protobuf::util::JsonStringToMessage(body, &message);
    return status.ok() ? absl::OkStatus()
                       : absl::InvalidArgumentError(fmt::format(
                             "the body is not JSON of {}: {}",
                             message.GetTypeName(),
                             std::string(status.message())));
}

std::string errorJson(const absl::Status& status)
{
    google::protobuf::Struct error;
    const auto set = [&](const char* name, const std::string& value) {
        if (!value.empty()) {
            (*error.mutable_fields())[name].set_string_value(value);
        }
    };
    set("code", absl::StatusCodeToString(status.code()));
    set("message", std::string(status.message()));
    set("hint", hintOf(status));
    set("reason", reasonOf(status));
    std::string text;
    // What is not UTF-8 came from outside and cannot be said in JSON.
    return google::protobuf::util::MessageToJsonString(error, &text).ok()
               ? text
               : R"({"code":"INVALID_ARGUMENT","message":"the request is not UTF-8"})";
}

int httpStatusOf(const absl::Status& status)
{
    switch (status.code()) {
    case absl::StatusCode::kOk:
        return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
        return 400;
    case absl::StatusCode::kUnauthenticated:
        return 401;
    case absl::StatusCode::kPermissionDenied:
        return 403;
    case absl::StatusCode::kNotFound:
        return 404;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
        return 409;
    case absl::StatusCode::kResourceExhausted:
        return 429;
    case absl::StatusCode::kUnavailable:
        return 503;
    case absl::StatusCode::kDeadlineExceeded:
        return 504;
    default:
        return 500;
    }
}

} // namespace pilothouse::services
