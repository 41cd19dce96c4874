// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/shell/ShellFixture.h"
#include "ui/connections/ConnectionFlow.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"

namespace pilothouse::test {

/// A window of the console with all its pages and what lives beside them, wired as the program
/// wires it, on the real client.
class RealConsole : public ShellFixture
{
public:
    RealConsole();
    ~RealConsole();

    /// Opens the server, trusts its certificate and signs in, by the sheets.
    bool signIn(const QString& address, const QString& name, const QString& password);

    /// Goes there by the navigation.
    bool go(const QString& page);
    template <typename Page>
    Page* page() const
    {
        return qobject_cast<Page*>(window->pages().page());
    }
    /// Runs a command by the palette.
    bool run(const QString& command);

    ui::Sheet* sheet() const { return window->sheets().sheet(); }
    template <typename Sheet>
    bool waitForSheet()
    {
        return waitUntil([this] { return qobject_cast<Sheet*>(sheet()) != nullptr; });
    }
    /// Types where the sheet that is open puts the focus.
    void typeFirst(const QString& text) const;
    /// Ctrl+Enter, and waits until the sheet is gone.
    bool confirm();
    /// Presses the keys where the focus is.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) const;
    /// What the messages in the corner say, newest last.
    QString messages() const;
    bool waitForMessage(const QString& text) const;

private:
    static bool waitUntil(const std::function<bool()>& condition);

    ui::PageRegistry m_pages;
    ui::SessionOpener m_opener;
    ui::ConnectionFlow* m_flow = nullptr;
};

} // namespace pilothouse::test
