// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/page/AdvancedSection.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QPushButton>
#include <QUrl>

namespace pilothouse::ui {

AdvancedSection::AdvancedSection(
    const Theme& theme, Settings& settings, const QString& dataFolder, QWidget* parent)
    : SettingsForm(theme, settings, parent)
{
    const QStringList levels{
        QStringLiteral("debug"),
        QStringLiteral("info"),
        QStringLiteral("warning"),
        QStringLiteral("error")};
    addChoice(
        tr("Log level"),
        tr("What the console writes to its standard error"),
        {{tr("Debug"), 0}, {tr("Info"), 1}, {tr("Warning"), 2}, {tr("Error"), 3}},
        [&settings, levels] { return static_cast<int>(levels.indexOf(settings.logLevel())); },
        [&settings, levels](int index) { settings.setLogLevel(levels[index]); });
    auto* open = new QPushButton(tr("Open folder"), this);
    const QString configFolder = QFileInfo(settings.path()).absolutePath();
    connect(open, &QAbstractButton::clicked, this, [configFolder] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(configFolder));
    });
    addRow(tr("Settings and connections"), open, configFolder);
    addText(tr("Local workspace"), dataFolder, /*isMono=*/true);
}

} // namespace pilothouse::ui
