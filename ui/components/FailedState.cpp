// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/FailedState.h"

#include "shared/base/StatusHelpers.h"

namespace pilothouse::ui {

DataState failedState(const absl::Status& error)
{
    return {
        DataState::Kind::Error,
        QString::fromStdString(std::string(error.message())),
        QString::fromStdString(hintOf(error)),
        StateView::tr("Retry")};
}

} // namespace pilothouse::ui
