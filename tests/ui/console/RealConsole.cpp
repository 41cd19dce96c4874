// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/console/RealConsole.h"

#include "app/console/Pages.h"
#include "tests/support/Programs.h"
#include "tests/ui/console/Hands.h"
#include "ui/connections/SignInSheet.h"
#include "ui/connections/TrustSheet.h"
#include "ui/jobs/JobActivity.h"
#include "ui/plans/ApprovalNotices.h"
#include "ui/plans/WriteLock.h"
#include "ui/session/CertificateText.h"
#include "ui/shell/CommandPalette.h"
#include "ui/shell/NavItem.h"
#include "ui/shell/Toast.h"
#include "ui/shell/ToastStack.h"

#include <QApplication>
#include <QTest>

namespace pilothouse::test {

namespace {

constexpr int kPatienceMs = 60000;

} // namespace

RealConsole::RealConsole()
    : m_opener(
          profiles,
          secrets,
          workspace,
          [](client::ConnectionOptions wanted) {
              return client::makeConnection(std::move(wanted));
          },
          QStringLiteral("console on a test"))
{
    console::addPages(m_pages, console::PageParts{profiles, secrets, folder.path()});
    window =
        std::make_unique<ui::MainWindow>(ui::ShellContext{settings, theme, m_pages, systemClock()});
    m_flow = new ui::ConnectionFlow(*window, m_opener);
    new ui::WriteLock(*window);
    new ui::ApprovalNotices(*window, QStringLiteral("access"));
    new ui::JobActivity(*window, QStringLiteral("jobs"));
    window->resize(1440, 900);
    show();
}

RealConsole::~RealConsole()
{
    window.reset();
}

bool RealConsole::waitUntil(const std::function<bool()>& condition)
{
    return test::waitUntil(condition, kPatienceMs);
}

bool RealConsole::signIn(const QString& address, const QString& name, const QString& password)
{
    ui::ConnectionProfile wanted = profile();
    wanted.address = address;
    if (!profiles.save(wanted).ok()) {
        return false;
    }
    m_flow->open(*profiles.find(wanted.id));
    if (!waitForSheet<ui::TrustSheet>()) {
        return false;
    }
    const QString fingerprint =
        QString::fromStdString(window->session()->status().offered->fingerprint);
    const QString words = ui::fingerprintWords(fingerprint).mid(0, 2).join(QLatin1Char(' '));
    QTest::keyClicks(sheet()->findChild<QLineEdit*>(), words);
    QTest::keyClick(sheet(), Qt::Key_Return, Qt::ControlModifier);
    if (!waitForSheet<ui::SignInSheet>()) {
        return false;
    }
    auto* asked = qobject_cast<ui::SignInSheet*>(sheet());
    asked->nameField()->clear();
    QTest::keyClicks(asked->nameField(), name);
    QTest::keyClicks(asked->passwordField(), password);
    QTest::keyClick(asked->passwordField(), Qt::Key_Return);
    return waitUntil([this] {
        return window->session()->state() == client::ConnectionState::Live && sheet() == nullptr &&
               window->session()->safety().isKnown();
    });
}

bool RealConsole::go(const QString& page)
{
    for (auto* item : window->findChildren<ui::NavItem*>()) {
        if (item->pageId() == page && item->isVisible()) {
            QTest::mouseClick(item, Qt::LeftButton);
            return window->pages().spec() != nullptr && window->pages().spec()->id == page;
        }
    }
    return false;
}

bool RealConsole::run(const QString& command)
{
    press(Qt::Key_K, Qt::ControlModifier);
    if (!window->palette().isVisible()) {
        return false;
    }
    QTest::keyClicks(window->palette().field(), QLatin1Char('>') + command);
    QTest::keyClick(window->palette().field(), Qt::Key_Return);
    return !window->palette().isVisible();
}

void RealConsole::typeFirst(const QString& text) const
{
    QTest::keyClicks(sheet()->initialFocus(), text);
}

bool RealConsole::confirm()
{
    const ui::Sheet* before = sheet();
    if (before == nullptr) {
        return false;
    }
    QTest::keyClick(sheet(), Qt::Key_Return, Qt::ControlModifier);
    return waitUntil([&] { return sheet() != before; });
}

void RealConsole::press(Qt::Key key, Qt::KeyboardModifiers modifiers) const
{
    QWidget* focus = QApplication::focusWidget();
    QTest::keyClick(focus != nullptr ? focus : window.get(), key, modifiers);
}

QString RealConsole::messages() const
{
    QStringList texts;
    for (const ui::Toast* toast : window->toasts().toasts()) {
        texts << toast->spoken();
    }
    return texts.join(QLatin1Char('\n'));
}

bool RealConsole::waitForMessage(const QString& text) const
{
    return waitUntil([&] { return messages().contains(text); });
}

} // namespace pilothouse::test
