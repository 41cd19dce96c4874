// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/TimeWindow.h"

#include <absl/status/statusor.h>

#include <QString>

#include <optional>

namespace pilothouse::ui {

/// pilothouse://<environment>/<page>/<object>?t=<from>..<to>&f=<filter>: a place that can be sent
/// to a colleague. The environment is the connection's name; `t` is a length of live data ("30m")
/// or two times in UTC; `f` is what the page's filter says.
struct DeepLink
{
    QString environment;
    QString page;
    QString object;
    std::optional<TimeRange> time;
    QString filter = {};

    bool operator==(const DeepLink&) const = default;
};

QString toText(const DeepLink& link);
absl::StatusOr<DeepLink> parseDeepLink(const QString& text);

/// "30m", "5m", "24h", "90s" as a duration; nothing for anything else.
std::optional<absl::Duration> parseLength(const QString& text);
/// The shortest such form.
QString lengthText(absl::Duration length);

} // namespace pilothouse::ui
