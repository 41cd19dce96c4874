// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/page/AboutSection.h"

#include "ui/components/TextLabel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QPushButton>
#include <QSysInfo>
#include <QVBoxLayout>

namespace pilothouse::ui {

AboutSection::AboutSection(const Theme& theme, Session& session, QWidget* parent)
    : QWidget(parent),
      m_session(session),
      m_versions(new TextLabel(theme, TypeRole::Mono, QString(), this))
{
    auto* copy = new QPushButton(tr("Copy versions"), this);
    auto* licences = new TextLabel(
        theme,
        TypeRole::Body,
        Color::TextSecondary,
        tr("The console is free software under the GNU General Public License, version 3 or later; "
           "server, command line and contract are under the Apache License 2.0.\n\n"
           "Inside: Qt and Qt Charts (GPL 3), gRPC and Abseil (Apache 2.0), Protocol Buffers "
           "(BSD), "
           "QtKeychain (BSD), fmt (MIT), Lucide icons (ISC), Inter and JetBrains Mono (SIL Open "
           "Font "
           "License 1.1).\n\n"
           "No account is needed and nothing is reported to anyone."),
        this);
    licences->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space::kS, 0, 0);
    layout->setSpacing(space::kL);
    layout->addWidget(m_versions);
    layout->addWidget(copy, 0, Qt::AlignLeft);
    layout->addWidget(licences);
    connect(copy, &QAbstractButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(versions());
    });
    const auto refresh = [this] { m_versions->setText(versions()); };
    connect(&m_session, &Session::stateChanged, this, refresh);
    refresh();
}

QString AboutSection::versions() const
{
    const auto& server = m_session.status().server;
    return QStringList{
        tr("Console   %1").arg(QStringLiteral(PILOTHOUSE_VERSION)),
        tr("Interface %1.%2").arg(system::kApiMajor).arg(system::kApiMinor),
        tr("Server    %1")
            .arg(server ? QString::fromStdString(server->version) : tr("not known yet")),
        tr("Qt        %1").arg(QString::fromLatin1(qVersion())),
        tr("System    %1").arg(QSysInfo::prettyProductName()),
    }
        .join(QLatin1Char('\n'));
}

} // namespace pilothouse::ui
