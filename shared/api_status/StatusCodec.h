// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>
#include <grpcpp/support/status.h>

namespace pilothouse::api {

/// The status as gRPC sends it. Code and message go as they are; the payloads of StatusHelpers.h
/// travel as google.rpc details (RetryInfo, RequestInfo, ErrorInfo with the hint in its metadata),
/// so that other gRPC tools show them too. Texts are cut so that the trailers stay under gRPC's
/// default limit of 8 KiB.
grpc::Status toGrpcStatus(const absl::Status& status);

/// The way back; unknown details are dropped.
absl::Status fromGrpcStatus(const grpc::Status& status);

} // namespace pilothouse::api
