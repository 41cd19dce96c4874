// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/ConnectionProfile.h"

#include <absl/status/statusor.h>

#include <QByteArray>

#include <vector>

namespace pilothouse::ui {

/// The file format of profiles, also that of export and import: one JSON object with "format" and
/// "connections". It never holds a secret.
QByteArray profilesToJson(const std::vector<ConnectionProfile>& profiles);

/// The profiles in the file, or what is wrong with it and where. Unknown keys are ignored, so that
/// an older console reads the file of a newer one.
absl::StatusOr<std::vector<ConnectionProfile>> profilesFromJson(const QByteArray& json);

/// "production", "staging", "development", "test", "local".
QString environmentKey(system::Environment environment);

} // namespace pilothouse::ui
