// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/connect/ServerSession.h"
#include "app/cli/output/Printer.h"
#include "shared/metrics/LiveQuery.h"

namespace pilothouse::cli {

/// Prints a standing query until `count` updates (0 = for ever), until nobody reads any more, or
/// until it ends.
absl::Status watchQuery(
    Printer& printer, ServerSession& session, const metrics::LiveQueryRequest& request, int count);

} // namespace pilothouse::cli
