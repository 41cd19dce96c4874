// SPDX-License-Identifier: Apache-2.0
#include "shared/api_status/StatusCodec.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/Utf8.h"
#include "shared/base/Violations.h"

#include <absl/status/status.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace pilothouse::api {

namespace {

constexpr const char* kDomain = "pilothouse";
constexpr const char* kHint = "hint";
/// Message and status proto both carry the message: three texts of this size and the rest fit 8 KiB
/// even after base64.
constexpr std::size_t kTextLimit = 1500;
constexpr std::size_t kViolationsLimit = 800;

/// Cut to the limit, never inside a UTF-8 sequence: protobuf refuses a broken one.
std::string cut(std::string_view text)
{
    if (text.size() <= kTextLimit) {
        return std::string(text);
    }
    return std::string(cutUtf8(text, kTextLimit)) + "…";
}

/// Where nothing more precise was said, the reason is the code itself, which is stable.
std::string reasonFor(const absl::Status& status)
{
    const std::string reason = reasonOf(status);
    return reason.empty() ? absl::StatusCodeToString(status.code()) : cut(reason);
}

/// As many as fit; the message says the most important ones anyway.
void addViolations(const absl::Status& status, google::rpc::Status& wire)
{
    google::rpc::PreconditionFailure failure;
    std::size_t size = 0;
    for (const Violation& violation : violationsOf(status)) {
        size += violation.type.size() + violation.subject.size() + violation.description.size();
        if (size > kViolationsLimit) {
            break;
        }
        auto& added = *failure.add_violations();
        added.set_type(violation.type);
        added.set_subject(violation.subject);
        added.set_description(violation.description);
    }
    if (failure.violations_size() > 0) {
        wire.add_details()->PackFrom(failure);
    }
}

void readDetail(const google::protobuf::Any& detail, absl::Status& status)
{
    if (google::rpc::RetryInfo retry; detail.UnpackTo(&retry)) {
        const auto& delay = retry.retry_delay();
        status = withRetryDelay(
            std::move(status), absl::Seconds(delay.seconds()) + absl::Nanoseconds(delay.nanos()));
    } else if (google::rpc::RequestInfo request; detail.UnpackTo(&request)) {
        status = withRequestId(std::move(status), request.request_id());
    } else if (google::rpc::PreconditionFailure failure; detail.UnpackTo(&failure)) {
        std::vector<Violation> violations;
        for (const auto& one : failure.violations()) {
            violations.push_back({one.type(), one.subject(), one.description()});
        }
        status = withViolations(std::move(status), violations);
    } else if (google::rpc::ErrorInfo info; detail.UnpackTo(&info) && info.domain() == kDomain) {
        if (info.reason() != absl::StatusCodeToString(status.code())) {
            status = withReason(std::move(status), info.reason());
        }
        if (const auto hint = info.metadata().find(kHint); hint != info.metadata().end()) {
            status = withHint(std::move(status), hint->second);
        }
    }
}

} // namespace

grpc::Status toGrpcStatus(const absl::Status& status)
{
    if (status.ok()) {
        return grpc::Status::OK;
    }
    google::rpc::Status wire;
    wire.set_code(status.raw_code());
    wire.set_message(cut({status.message().data(), status.message().size()}));
    google::rpc::ErrorInfo info;
    info.set_domain(kDomain);
    info.set_reason(reasonFor(status));
    if (const std::string hint = hintOf(status); !hint.empty()) {
        (*info.mutable_metadata())[kHint] = cut(hint);
    }
    wire.add_details()->PackFrom(info);
    addViolations(status, wire);
    if (const auto delay = retryDelayOf(status)) {
        google::rpc::RetryInfo retry;
        const auto milliseconds = std::max<std::int64_t>(0, absl::ToInt64Milliseconds(*delay));
        retry.mutable_retry_delay()->set_seconds(milliseconds / 1000);
        retry.mutable_retry_delay()->set_nanos(static_cast<int>(milliseconds % 1000) * 1000000);
        wire.add_details()->PackFrom(retry);
    }
    if (const std::string id = requestIdOf(status); !id.empty()) {
        google::rpc::RequestInfo request;
        request.set_request_id(cut(id));
        wire.add_details()->PackFrom(request);
    }
    return {
        static_cast<grpc::StatusCode>(status.raw_code()), wire.message(), wire.SerializeAsString()};
}

absl::Status fromGrpcStatus(const grpc::Status& status)
{
    if (status.ok()) {
        return absl::OkStatus();
    }
    absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
    google::rpc::Status wire;
    if (!status.error_details().empty() && wire.ParseFromString(status.error_details())) {
        for (const auto& detail : wire.details()) {
            readDetail(detail, result);
        }
    }
    return result;
}

} // namespace pilothouse::api
