// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/StateView.h"

#include <absl/status/status.h>

namespace pilothouse::ui {

/// What a component shows in the place of data that could not be had: what happened, what to do,
/// and "Retry".
DataState failedState(const absl::Status& error);

} // namespace pilothouse::ui
