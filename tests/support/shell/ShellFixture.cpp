// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shell/ShellFixture.h"

#include "tests/support/Programs.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/Toast.h"
#include "ui/shell/ToastStack.h"

#include <QApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <QVBoxLayout>

namespace pilothouse::test {

int PlainPage::destroyed = 0;

PlainPage::PlainPage(QString name, QWidget* parent)
    : Page(parent),
      filter(new QLineEdit(this)),
      button(new QPushButton(QStringLiteral("Press"), this)),
      details(new QLineEdit(this)),
      m_name(std::move(name))
{
    filter->setAccessibleName(QStringLiteral("Filter"));
    details->setAccessibleName(QStringLiteral("Details"));
    details->hide();
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(filter);
    layout->addWidget(button);
    layout->addStretch(1);
    connect(button, &QPushButton::clicked, this, [this] { ++pressed; });
}

std::vector<ui::Command> PlainPage::commands()
{
    ui::Command command;
    command.id = m_name + QStringLiteral(".act");
    command.title = QStringLiteral("Act on ") + m_name;
    command.section = QStringLiteral("Actions");
    command.shortcut = QKeySequence(Qt::Key_A);
    command.run = [this] { ++ran; };
    return {command};
}

bool PlainPage::focusFilter()
{
    filter->setFocus();
    return true;
}

ShellFixture::ShellFixture()
    : settings(folder.filePath(QStringLiteral("settings.ini"))),
      profiles(folder.filePath(QStringLiteral("connections.json")), QString()),
      secrets(QStringLiteral("pilothouse-test")),
      workspace(ui::LocalWorkspace::Options{
          QStringLiteral("/nonexistent/pilothoused"),
          folder.filePath(QStringLiteral("data")),
          {},
          1000,
          1000}),
      opener(
          profiles,
          secrets,
          workspace,
          [this](client::ConnectionOptions wanted) {
              options = std::move(wanted);
              auto made = std::make_unique<FakeConnection>();
              connection = made.get();
              return made;
          },
          QStringLiteral("console on a test"))
{
    theme.applyTo(*qApp);
    for (const char* name : {"first", "second"}) {
        ui::PageSpec spec;
        spec.id = QString::fromLatin1(name);
        spec.title =
            spec.id == QLatin1String("first") ? QStringLiteral("First") : QStringLiteral("Second");
        spec.icon = QStringLiteral("layout-dashboard");
        spec.make = [id = spec.id](const ui::PageContext&, QWidget* parent) -> ui::Page* {
            return new PlainPage(id, parent);
        };
        pages.add(spec);
    }
    makeWindow();
}

ShellFixture::~ShellFixture()
{
    window.reset();
}

void ShellFixture::addPage(ui::PageSpec spec)
{
    pages.add(std::move(spec));
    makeWindow();
}

void ShellFixture::makeWindow()
{
    window = std::make_unique<ui::MainWindow>(ui::ShellContext{settings, theme, pages, clock});
}

std::shared_ptr<ui::Session> ShellFixture::makeSession()
{
    auto made = std::make_unique<FakeConnection>();
    connection = made.get();
    return std::make_shared<ui::Session>(profile(), std::move(made));
}

void ShellFixture::setState(client::ConnectionState state)
{
    client::ConnectionStatus status = connection->status();
    status.state = state;
    status.since = clock.time;
    setStatus(status);
}

void ShellFixture::setStatus(const client::ConnectionStatus& status)
{
    connection->setStatus(status);
    waitUntil(
        [&] { return window->session() != nullptr && window->session()->state() == status.state; });
}

void ShellFixture::signIn(std::vector<std::string> granted, const std::string& how)
{
    client::ConnectionStatus status;
    status.state = client::ConnectionState::Live;
    status.lastLive = clock.time;
    status.identity = access::Identity{{"dana", "Dana", {"admin"}}, std::move(granted), how, {}};
    setStatus(status);
}

QString ShellFixture::reason(const QString& command) const
{
    const ui::Command* found = window->commands().find(command);
    return found == nullptr ? QStringLiteral("there is no such command")
                            : window->commands().disabledReason(*found);
}

QLineEdit* ShellFixture::field(const QString& name) const
{
    if (const ui::Sheet* sheet = window->sheets().sheet()) {
        for (QLineEdit* one : sheet->findChildren<QLineEdit*>()) {
            if (one->accessibleName() == name) {
                return one;
            }
        }
    }
    return nullptr;
}

void ShellFixture::show()
{
    window->show();
    window->activateWindow();
    static_cast<void>(QTest::qWaitForWindowActive(window.get()));
}

void ShellFixture::confirm()
{
    QTest::keyClick(window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
}

QString ShellFixture::newestToast() const
{
    const auto toasts = window->toasts().toasts();
    return toasts.empty() ? QString() : toasts.back()->message().text;
}

PlainPage* ShellFixture::page(const QString& id) const
{
    window->pages().open(id);
    return qobject_cast<PlainPage*>(window->pages().page());
}

client::Certificate ShellFixture::certificate(char digit)
{
    client::Certificate certificate;
    certificate.subject = "CN=pilothouse server";
    certificate.subjectAlternativeNames = {"ops.example.net", "10.1.2.3"};
    certificate.issuerChain = {"CN=Pilothouse private CA of ops.example.net"};
    certificate.notBefore = absl::FromUnixSeconds(1'790'000'000);
    certificate.notAfter = absl::FromUnixSeconds(1'860'000'000);
    certificate.fingerprint = "7f000001" + std::string(56, digit);
    return certificate;
}

ui::ConnectionProfile ShellFixture::profile()
{
    ui::ConnectionProfile profile;
    profile.id = QStringLiteral("p1");
    profile.name = QStringLiteral("eu-prod-1");
    profile.environment = system::Environment::Production;
    profile.address = QStringLiteral("ops.example.net:7443");
    profile.user = QStringLiteral("dana");
    return profile;
}

} // namespace pilothouse::test
