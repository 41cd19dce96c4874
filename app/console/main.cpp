// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/Console.h"
#include "app/console/ConsoleOptions.h"
#include "app/console/SingleInstance.h"

#include "shared/base/StatusHelpers.h"

#include <QApplication>

#include <cstdio>
#include <cstdlib>

using namespace pilothouse;

namespace {

int run(int argc, char** argv)
{
    // gRPC writes every failed handshake to standard error by itself; the console says it in its
    // window.
    if (!qEnvironmentVariableIsSet("GRPC_VERBOSITY")) {
        qputenv("GRPC_VERBOSITY", "NONE");
    }
    QStringList arguments;
    for (int index = 1; index < argc; ++index) {
        arguments.append(QString::fromLocal8Bit(argv[index]));
    }
    const auto options = console::parseOptions(arguments);
    if (!options.ok()) {
        std::fprintf(stderr, "pilothouse: %s\n", describe(options.status()).c_str());
        return 2;
    }
    if (options->showHelp) {
        std::fputs(qPrintable(console::helpText()), stdout);
        return 0;
    }
    if (options->showVersion) {
        std::puts("pilothouse " PILOTHOUSE_VERSION);
        return 0;
    }
    QCoreApplication::setApplicationName(QStringLiteral("pilothouse"));
    QCoreApplication::setApplicationVersion(QStringLiteral(PILOTHOUSE_VERSION));
    QGuiApplication::setApplicationDisplayName(QString());
    QGuiApplication::setDesktopFileName(QStringLiteral("pilothouse"));
    QApplication application(argc, argv);

    const console::Folders folders = console::Folders::of(*options);
    console::SingleInstance instance(folders.config);
    if (instance.handOver(arguments)) {
        return 0;
    }
    instance.listen();
    console::Console console(application, folders);
    QObject::connect(
        &instance,
        &console::SingleInstance::argumentsReceived,
        &console,
        [&console](const QStringList& received) {
            if (const auto wish = console::parseOptions(received); wish.ok()) {
                console.open(*wish);
            }
        });
    console.open(*options);
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    const int code = run(argc, argv);
    std::fflush(nullptr);
    // Everything of ours is gone, but threads of gRPC may still be closing a connection. Whatever
    // OpenSSL and gRPC keep in globals would be destroyed beside them.
    std::_Exit(code);
}
