// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/ConsoleOptions.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::console {

QString helpText()
{
    return QStringLiteral(
        "pilothouse: the desktop console of Pilothouse\n"
        "\n"
        "usage: pilothouse [--connect SERVER | --local | LINK]\n"
        "\n"
        "  --connect SERVER   name of a connection, HOST:PORT or unix:PATH\n"
        "  --local            the local workspace: the bundled server, on this computer\n"
        "  --profile-dir DIR  keep settings, connections and the local workspace in DIR\n"
        "  --version          print the version\n"
        "  --help             print this\n"
        "  LINK               pilothouse://CONNECTION/PAGE/OBJECT, as copied with Ctrl+Shift+C\n"
        "\n"
        "examples:\n"
        "  pilothouse --local\n"
        "  pilothouse --connect ops.example.net:7443\n"
        "  pilothouse 'pilothouse://eu-prod-1/overview?t=30m'\n");
}

absl::StatusOr<ConsoleOptions> parseOptions(const QStringList& arguments)
{
    ConsoleOptions options;
    for (qsizetype at = 0; at < arguments.size(); ++at) {
        const QString& argument = arguments[at];
        const bool takesValue =
            argument == QLatin1String("--connect") || argument == QLatin1String("--profile-dir");
        if (takesValue) {
            if (++at == arguments.size()) {
                return absl::InvalidArgumentError(
                    fmt::format("{} needs a value", argument.toStdString()));
            }
            (argument == QLatin1String("--connect") ? options.connection : options.profileFolder) =
                arguments[at];
        } else if (argument == QLatin1String("--local")) {
            options.local = true;
        } else if (argument == QLatin1String("--version")) {
            options.showVersion = true;
        } else if (argument == QLatin1String("--help") || argument == QLatin1String("-h")) {
            options.showHelp = true;
        } else if (argument.startsWith(QLatin1String("pilothouse://"))) {
            PH_ASSIGN_OR_RETURN(options.link, ui::parseDeepLink(argument));
        } else {
            return withHint(
                absl::InvalidArgumentError(
                    fmt::format("unknown argument '{}'", argument.toStdString())),
                "Run pilothouse --help.");
        }
    }
    const int wishes =
        (options.local ? 1 : 0) + (options.connection.isEmpty() ? 0 : 1) + (options.link ? 1 : 0);
    if (wishes > 1) {
        return absl::InvalidArgumentError("choose one of --connect, --local and a link");
    }
    return options;
}

} // namespace pilothouse::console
