// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/TestServer.h"
#include "tests/support/shell/ShellFixture.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/Sheet.h"

#include <QTest>

namespace pilothouse::test {

/// A window with one page on a real server, as its administrator over the unix socket; tests press
/// and type what an operator would.
class LiveShell : public ShellFixture
{
public:
    static constexpr int kPatienceMs = 60000;

    explicit LiveShell(ui::PageSpec spec);
    ~LiveShell();

    /// False when no connection came to be.
    bool connectTo(const TestServer& server);
    void openPage(const QString& object = {});
    template <typename Page>
    Page* pageAs() const
    {
        return qobject_cast<Page*>(window->pages().page());
    }

    ui::Sheet* sheet() const;
    /// Runs it as soon as it can be; false when it never could.
    bool run(const QString& command);
    /// Presses Ctrl+Enter in every sheet that is there or comes, until `isDone` says so.
    bool confirmUntil(const std::function<bool()>& isDone);

    std::shared_ptr<ui::Session> session;

private:
    QString m_pageId;
};

} // namespace pilothouse::test
