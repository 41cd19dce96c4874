// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/EnvironmentLook.h"

#include <QCoreApplication>

namespace pilothouse::ui {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("Environment", source);
}

} // namespace

EnvironmentLook lookOf(system::Environment environment)
{
    switch (environment) {
    case system::Environment::Production:
        return {Color::EnvProd, Color::OnEnvProd, text("PRODUCTION"), text("PROD")};
    case system::Environment::Staging:
        return {Color::EnvStaging, Color::OnEnvStaging, text("STAGING"), text("STAGING")};
    case system::Environment::Development:
        return {Color::EnvDev, Color::OnEnvDev, text("DEVELOPMENT"), text("DEV")};
    case system::Environment::Test:
        return {Color::EnvTest, Color::OnEnvTest, text("TEST"), text("TEST")};
    case system::Environment::Local:
        break;
    }
    return {Color::EnvLocal, Color::OnEnvLocal, text("LOCAL"), text("LOCAL")};
}

} // namespace pilothouse::ui
