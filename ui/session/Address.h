// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/status.h>

#include <QString>

namespace pilothouse::ui {

/// Whether a server can be reached under this text: "host:port", "[ipv6]:port" or
/// "unix:/absolute/path". The error says what is missing and shows the form.
absl::Status checkAddress(const QString& address);

/// "ops.example.net:7443" as it stands; a unix socket as "unix socket".
QString displayAddress(const QString& address);

} // namespace pilothouse::ui
