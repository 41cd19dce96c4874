// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/http/Router.h"

#include <absl/status/status.h>

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// {"status":"success","data":…}; `data` is JSON.
platform::HttpResponse apiSuccess(
    std::string_view data, const std::vector<std::string>& warnings = {});

/// {"status":"error","errorType":…,"error":…} with Prometheus' types and status codes: bad_data
/// 400, execution 422, timeout and canceled 503, not_found 404, internal 500. A full queue is 429.
platform::HttpResponse apiError(const absl::Status& status);

/// INVALID_ARGUMENT "invalid parameter "name": problem".
absl::Status invalidParameter(std::string_view name, std::string_view problem);

} // namespace pilothouse::metrics
