// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/Severity.h"

#include <QCoreApplication>

namespace pilothouse::ui {

SeverityLook lookOf(Severity severity)
{
    const auto word = [](const char* text) {
        return QCoreApplication::translate("Severity", text);
    };
    switch (severity) {
    case Severity::Ok:
        return {Color::Ok, Color::OkText, Color::OkBg, QStringLiteral("circle-check"), word("OK")};
    case Severity::Info:
        return {Color::Info, Color::InfoText, Color::InfoBg, QStringLiteral("info"), word("Info")};
    case Severity::Warning:
        return {
            Color::Warning,
            Color::WarningText,
            Color::WarningBg,
            QStringLiteral("triangle-alert"),
            word("Warning")};
    case Severity::Error:
        return {
            Color::Error,
            Color::ErrorText,
            Color::ErrorBg,
            QStringLiteral("square-x"),
            word("Error")};
    case Severity::Critical:
        return {
            Color::Critical,
            Color::CriticalText,
            Color::CriticalBg,
            QStringLiteral("octagon-alert"),
            word("Critical")};
    case Severity::Unknown:
        break;
    }
    return {
        Color::Unknown,
        Color::UnknownText,
        Color::UnknownBg,
        QStringLiteral("circle-dashed"),
        word("Unknown")};
}

} // namespace pilothouse::ui
