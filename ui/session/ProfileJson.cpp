// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ProfileJson.h"

#include "ui/session/Address.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QUuid>

#include <array>
#include <optional>

namespace pilothouse::ui {

namespace {

const auto kFormat = QStringLiteral("pilothouse-connections-1");

using system::Environment;
constexpr std::array kEnvironments{
    Environment::Local,
    Environment::Development,
    Environment::Test,
    Environment::Staging,
    Environment::Production};

std::optional<Environment> environmentOf(const QString& key)
{
    for (const Environment environment : kEnvironments) {
        if (environmentKey(environment) == key) {
            return environment;
        }
    }
    return std::nullopt;
}

/// Text members that are copied as they are.
struct TextMember
{
    QString key;
    QString ConnectionProfile::*member;
};

const std::array<TextMember, 10>& textMembers()
{
    static const std::array<TextMember, 10> members{{
        {QStringLiteral("id"), &ConnectionProfile::id},
        {QStringLiteral("name"), &ConnectionProfile::name},
        {QStringLiteral("folder"), &ConnectionProfile::folder},
        {QStringLiteral("address"), &ConnectionProfile::address},
        {QStringLiteral("user"), &ConnectionProfile::user},
        {QStringLiteral("ca_file"), &ConnectionProfile::caFile},
        {QStringLiteral("client_certificate_file"), &ConnectionProfile::clientCertificateFile},
        {QStringLiteral("client_key_file"), &ConnectionProfile::clientKeyFile},
        {QStringLiteral("pinned_fingerprint"), &ConnectionProfile::pinnedFingerprint},
        {QStringLiteral("pinned_description"), &ConnectionProfile::pinnedDescription},
    }};
    return members;
}

QJsonObject toObject(const ConnectionProfile& profile)
{
    QJsonObject object;
    for (const TextMember& text : textMembers()) {
        if (!(profile.*(text.member)).isEmpty()) {
            object.insert(text.key, profile.*(text.member));
        }
    }
    object.insert(QStringLiteral("environment"), environmentKey(profile.environment));
    if (profile.lastUsed.isValid()) {
        object.insert(
            QStringLiteral("last_used"), profile.lastUsed.toUTC().toString(Qt::ISODateWithMs));
    }
    if (profile.isLocalWorkspace) {
        object.insert(QStringLiteral("local_workspace"), true);
    }
    return object;
}

absl::StatusOr<ConnectionProfile> fromObject(const QJsonObject& object)
{
    ConnectionProfile profile;
    for (const TextMember& text : textMembers()) {
        const QJsonValue value = object.value(text.key);
        if (!value.isUndefined() && !value.isString()) {
            return absl::InvalidArgumentError(
                fmt::format("'{}' is not a text", text.key.toStdString()));
        }
        profile.*(text.member) = value.toString();
    }
    if (profile.name.trimmed().isEmpty()) {
        return absl::InvalidArgumentError("'name' is missing");
    }
    const QString key = object.value(QStringLiteral("environment")).toString();
    const auto environment = environmentOf(key);
    if (!environment) {
        return absl::InvalidArgumentError(fmt::format(
            "'environment' is '{}', not one of local, development, test, staging, production",
            key.toStdString()));
    }
    profile.environment = *environment;
    profile.isLocalWorkspace = object.value(QStringLiteral("local_workspace")).toBool();
    if (!profile.isLocalWorkspace) {
        PH_RETURN_IF_ERROR(withContext(checkAddress(profile.address), "'address'"));
    }
    if (profile.clientCertificateFile.isEmpty() != profile.clientKeyFile.isEmpty()) {
        return absl::InvalidArgumentError(
            "'client_certificate_file' and 'client_key_file' need each other");
    }
    profile.lastUsed = QDateTime::fromString(
        object.value(QStringLiteral("last_used")).toString(), Qt::ISODateWithMs);
    if (profile.id.isEmpty()) {
        profile.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    }
    return profile;
}

} // namespace

QString environmentKey(Environment environment)
{
    return QString::fromUtf8(
        system::environmentName(environment).data(),
        static_cast<qsizetype>(system::environmentName(environment).size()));
}

QByteArray profilesToJson(const std::vector<ConnectionProfile>& profiles)
{
    QJsonArray array;
    for (const ConnectionProfile& profile : profiles) {
        array.append(toObject(profile));
    }
    return QJsonDocument(
               QJsonObject{
                   {QStringLiteral("format"), kFormat}, {QStringLiteral("connections"), array}})
        .toJson(QJsonDocument::Indented);
}

absl::StatusOr<std::vector<ConnectionProfile>> profilesFromJson(const QByteArray& json)
{
    QJsonParseError error{};
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError) {
        return absl::InvalidArgumentError(fmt::format(
            "not valid JSON at byte {}: {}", error.offset, error.errorString().toStdString()));
    }
    const QString format = document.object().value(QStringLiteral("format")).toString();
    if (format != kFormat) {
        return withHint(
            absl::InvalidArgumentError(fmt::format(
                "its format is '{}', not '{}'", format.toStdString(), kFormat.toStdString())),
            "Choose a file that a console exported.");
    }
    const QJsonValue connections = document.object().value(QStringLiteral("connections"));
    if (!connections.isArray()) {
        return absl::InvalidArgumentError("'connections' is not a list");
    }
    std::vector<ConnectionProfile> profiles;
    QSet<QString> ids;
    int position = 0;
    for (const auto& value : connections.toArray()) {
        ++position;
        auto profile = fromObject(value.toObject());
        if (!profile.ok()) {
            return withContext(profile.status(), fmt::format("connection {}", position));
        }
        if (ids.contains(profile->id)) {
            return absl::InvalidArgumentError(
                fmt::format("connection {}: its id is used twice", position));
        }
        ids.insert(profile->id);
        profiles.push_back(std::move(profile).value());
    }
    return profiles;
}

} // namespace pilothouse::ui
