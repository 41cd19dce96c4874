// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shell/LiveShell.h"

#include "ui/shell/CommandRegistry.h"
#include "ui/shell/SheetHost.h"

#include "shared/client/Connection.h"

namespace pilothouse::test {

LiveShell::LiveShell(ui::PageSpec spec) : m_pageId(spec.id)
{
    pages.add(std::move(spec));
    // On the system's clock: countdowns must run.
    window =
        std::make_unique<ui::MainWindow>(ui::ShellContext{settings, theme, pages, systemClock()});
    window->resize(1440, 900);
    show();
}

LiveShell::~LiveShell()
{
    window.reset();
}

bool LiveShell::connectTo(const TestServer& server)
{
    client::ConnectionOptions wanted;
    wanted.address = server.socketAddress().toStdString();
    wanted.callTimeout = absl::Seconds(30);
    auto made = client::makeConnection(wanted);
    made->connect();
    session = std::make_shared<ui::Session>(ui::ConnectionProfile{}, std::move(made));
    window->setSession(session);
    return QTest::qWaitFor([this] { return session->isUsable(); }, kPatienceMs);
}

void LiveShell::openPage(const QString& object)
{
    window->pages().open(m_pageId, object);
}

ui::Sheet* LiveShell::sheet() const
{
    return window->sheets().sheet();
}

bool LiveShell::run(const QString& command)
{
    if (!QTest::qWaitFor([&] { return reason(command).isEmpty(); }, kPatienceMs)) {
        return false;
    }
    window->commands().run(command);
    return true;
}

bool LiveShell::confirmUntil(const std::function<bool()>& isDone)
{
    return QTest::qWaitFor(
        [&] {
            if (sheet() != nullptr) {
                QTest::keyClick(sheet(), Qt::Key_Return, Qt::ControlModifier);
            }
            return sheet() == nullptr && isDone();
        },
        kPatienceMs);
}

} // namespace pilothouse::test
