// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/Address.h"

#include "shared/base/StatusHelpers.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace pilothouse::ui {

namespace {

constexpr int kLargestPort = 65535;
/// sockaddr_un has 108 bytes with the closing zero.
constexpr int kLongestSocketPath = 107;

absl::Status wrong(const char* what)
{
    return withHint(
        absl::InvalidArgumentError(what), "Write host:port, for example ops.example.net:7443.");
}

} // namespace

absl::Status checkAddress(const QString& address)
{
    if (address.isEmpty()) {
        return wrong("no server address");
    }
    if (address.startsWith(QLatin1String("unix:"))) {
        const QString path = address.mid(5);
        if (!path.startsWith(QLatin1Char('/'))) {
            return withHint(
                absl::InvalidArgumentError("the socket path is not absolute"),
                "Write unix:/path/to/pilothouse.sock.");
        }
        if (path.toUtf8().size() > kLongestSocketPath) {
            return absl::InvalidArgumentError("the socket path is longer than 107 bytes");
        }
        return absl::OkStatus();
    }
    static const QRegularExpression form(QStringLiteral(
        "^(?:\\[([0-9A-Fa-f:.%a-z]+)\\]|([A-Za-z0-9](?:[A-Za-z0-9._-]*))):([0-9]+)$"));
    const auto match = form.match(address);
    if (!match.hasMatch()) {
        return address.contains(QLatin1Char(':')) ? wrong("this is not a host and a port")
                                                  : wrong("the port is missing");
    }
    bool isNumber = false;
    const int port = match.captured(3).toInt(&isNumber);
    if (!isNumber || port < 1 || port > kLargestPort) {
        return withHint(
            absl::InvalidArgumentError("the port is not between 1 and 65535"),
            "Use the server's gRPC port, 7443 unless it was changed.");
    }
    return absl::OkStatus();
}

QString displayAddress(const QString& address)
{
    return address.startsWith(QLatin1String("unix:"))
               ? QCoreApplication::translate("Address", "unix socket")
               : address;
}

} // namespace pilothouse::ui
