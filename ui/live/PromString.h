// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse::ui {

/// The text as a string literal of PromQL, in double quotes.
QString promString(QString text);

} // namespace pilothouse::ui
