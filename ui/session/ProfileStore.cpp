// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ProfileStore.h"

#include "ui/session/ProfileJson.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QUuid>

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Far above what a person keeps; below what would make reading it slow.
constexpr qint64 kLargestFile = qint64{4} * 1024 * 1024;

absl::StatusOr<QByteArray> readFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return absl::FailedPreconditionError(fmt::format(
            "cannot read {}: {}", path.toStdString(), file.errorString().toStdString()));
    }
    if (file.size() > kLargestFile) {
        return absl::InvalidArgumentError(
            fmt::format("{} is larger than 4 MiB", path.toStdString()));
    }
    return file.readAll();
}

absl::Status writeFile(const QString& path, const QByteArray& bytes)
{
    QDir().mkpath(QFileInfo(path).absolutePath());
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        return withHint(
            absl::UnavailableError(fmt::format(
                "cannot write {}: {}", path.toStdString(), file.errorString().toStdString())),
            "Check that the folder exists, is writable and has space.");
    }
    return absl::OkStatus();
}

absl::StatusOr<std::vector<ConnectionProfile>> readProfiles(const QString& path)
{
    PH_ASSIGN_OR_RETURN(const QByteArray bytes, readFile(path));
    auto profiles = profilesFromJson(bytes);
    if (!profiles.ok()) {
        return withContext(profiles.status(), path.toStdString());
    }
    return profiles;
}

} // namespace

ProfileStore::ProfileStore(QString path, QString policyPath, QObject* parent)
    : QObject(parent), m_path(std::move(path)), m_policyPath(std::move(policyPath))
{}

absl::Status ProfileStore::load()
{
    m_profiles.clear();
    const absl::Status policy = loadPolicy();
    const absl::Status own = loadOwn();
    Q_EMIT changed();
    return policy.ok() ? own : policy;
}

absl::Status ProfileStore::loadPolicy()
{
    if (m_policyPath.isEmpty() || !QFile::exists(m_policyPath)) {
        return absl::OkStatus();
    }
    auto profiles = readProfiles(m_policyPath);
    if (!profiles.ok()) {
        return withHint(
            withContext(profiles.status(), "the connections set by your organisation"),
            "Tell the people who manage this computer.");
    }
    for (ConnectionProfile& profile : *profiles) {
        profile.isManaged = true;
        m_profiles.push_back(std::move(profile));
    }
    return absl::OkStatus();
}

absl::Status ProfileStore::loadOwn()
{
    if (!QFile::exists(m_path)) {
        return absl::OkStatus();
    }
    auto profiles = readProfiles(m_path);
    if (profiles.ok()) {
        for (ConnectionProfile& profile : *profiles) {
            if (find(profile.id) == nullptr) {
                m_profiles.push_back(std::move(profile));
            }
        }
        return absl::OkStatus();
    }
    const QString kept =
        m_path + QStringLiteral(".bad-") +
        QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz"));
    // Kept by copying first: if that fails the file stays where it is and nothing may overwrite it.
    if (!QFile::rename(m_path, kept)) {
        return withHint(
            profiles.status(), "Repair or move the file; changes are not saved until then.");
    }
    return withHint(
        profiles.status(),
        fmt::format(
            "Repair {} and import it; the console starts without your connections.",
            kept.toStdString()));
}

const ConnectionProfile* ProfileStore::find(const QString& idOrName) const
{
    const auto by = [&](auto member) {
        return std::find_if(
            m_profiles.begin(), m_profiles.end(), [&](const ConnectionProfile& profile) {
                return profile.*member == idOrName;
            });
    };
    auto found = by(&ConnectionProfile::id);
    if (found == m_profiles.end()) {
        found = by(&ConnectionProfile::name);
    }
    return found == m_profiles.end() ? nullptr : &*found;
}

absl::StatusOr<QString> ProfileStore::save(ConnectionProfile profile)
{
    if (profile.id.isEmpty()) {
        profile.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    }
    QString id = profile.id;
    const auto found = std::find_if(
        m_profiles.begin(), m_profiles.end(), [&](const auto& known) { return known.id == id; });
    if (found != m_profiles.end() && found->isManaged) {
        return absl::PermissionDeniedError("this connection is set by your organisation");
    }
    profile.isManaged = false;
    if (found != m_profiles.end()) {
        *found = std::move(profile);
    } else {
        m_profiles.push_back(std::move(profile));
    }
    Q_EMIT changed();
    PH_RETURN_IF_ERROR(write());
    return id;
}

absl::Status ProfileStore::remove(const QString& id)
{
    const ConnectionProfile* known = find(id);
    if (known == nullptr) {
        return absl::NotFoundError("this connection is gone already");
    }
    if (known->isManaged) {
        return absl::PermissionDeniedError("this connection is set by your organisation");
    }
    std::erase_if(m_profiles, [&](const ConnectionProfile& profile) { return profile.id == id; });
    Q_EMIT changed();
    return write();
}

absl::StatusOr<int> ProfileStore::importFrom(const QString& file)
{
    PH_ASSIGN_OR_RETURN(std::vector<ConnectionProfile> profiles, readProfiles(file));
    for (ConnectionProfile& profile : profiles) {
        profile.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
        profile.isManaged = false;
        // Trust is this operator's own decision, never a file's.
        profile.pinnedFingerprint.clear();
        profile.pinnedDescription.clear();
        profile.lastUsed = {};
        m_profiles.push_back(std::move(profile));
    }
    Q_EMIT changed();
    PH_RETURN_IF_ERROR(write());
    return static_cast<int>(profiles.size());
}

absl::Status ProfileStore::exportTo(const QString& file) const
{
    std::vector<ConnectionProfile> own;
    std::copy_if(
        m_profiles.begin(), m_profiles.end(), std::back_inserter(own), [](const auto& profile) {
            return !profile.isManaged && !profile.isLocalWorkspace;
        });
    return writeFile(file, profilesToJson(own));
}

absl::Status ProfileStore::write() const
{
    std::vector<ConnectionProfile> own;
    std::copy_if(
        m_profiles.begin(), m_profiles.end(), std::back_inserter(own), [](const auto& profile) {
            return !profile.isManaged;
        });
    return writeFile(m_path, profilesToJson(own));
}

} // namespace pilothouse::ui
