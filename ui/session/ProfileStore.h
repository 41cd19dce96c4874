// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/ConnectionProfile.h"

#include <absl/status/statusor.h>

#include <QObject>

#include <vector>

namespace pilothouse::ui {

/// The operator's connection profiles in one JSON file, plus the managed ones of a policy file,
/// which come first and cannot be changed. Each change is written at once, by replacing the file.
/// GUI thread only.
class ProfileStore : public QObject
{
    Q_OBJECT

public:
    /// `policyPath` may name a file that does not exist.
    ProfileStore(QString path, QString policyPath, QObject* parent = nullptr);

    /// Reads both files. A file that cannot be read as profiles is kept beside under another name,
    /// the console goes on without it, and the status says both; call once before use.
    absl::Status load();

    const std::vector<ConnectionProfile>& profiles() const { return m_profiles; }
    const ConnectionProfile* find(const QString& idOrName) const;

    /// Adds or replaces by id; a new one without id gets one. Returns the id.
    absl::StatusOr<QString> save(ConnectionProfile profile);
    absl::Status remove(const QString& id);

    /// Adds the profiles of an exported file under new ids; returns how many.
    absl::StatusOr<int> importFrom(const QString& file);
    /// Writes the operator's own profiles, without secrets.
    absl::Status exportTo(const QString& file) const;

    QString path() const { return m_path; }

Q_SIGNALS:
    void changed();

private:
    absl::Status loadPolicy();
    absl::Status loadOwn();
    absl::Status write() const;

    QString m_path;
    QString m_policyPath;
    std::vector<ConnectionProfile> m_profiles;
};

} // namespace pilothouse::ui
