// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/client/FakeConnection.h"
#include "ui/session/SessionOpener.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/Sheet.h"
#include "ui/shell/SheetHost.h"
#include "ui/theme/Theme.h"

#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::test {

/// Time that stands still until the test moves it.
class StoppedClock final : public Clock
{
public:
    absl::Time time = absl::FromUnixSeconds(1'795'271'400); // 2026-11-21 14:30:00 UTC
    absl::Time now() const override { return time; }
    absl::Duration monotonic() const override { return time - absl::UnixEpoch(); }
};

/// A page with a field, a button and one command, that counts what the shell does with it.
class PlainPage : public ui::Page
{
    Q_OBJECT

public:
    PlainPage(QString name, QWidget* parent);
    ~PlainPage() override { ++destroyed; }

    std::vector<ui::Command> commands() override;
    QString object() const override { return m_object; }
    void openObject(const QString& object) override { m_object = object; }
    void setShown(bool shown) override { isShown = shown; }
    void refresh() override { ++refreshed; }
    bool focusFilter() override;
    QWidget* initialFocus() override { return filter; }
    QWidget* inspector() override { return details; }
    int overlayTop() const override { return button->geometry().bottom() + 1; }

    QLineEdit* filter;
    QPushButton* button;
    /// Shown as soon as the page says so.
    QLineEdit* details;
    bool isShown = false;
    int refreshed = 0;
    int ran = 0;
    int pressed = 0;
    static int destroyed;

private:
    QString m_name;
    QString m_object;
};

/// Everything that a window needs, with two plain pages ("first", "second"), a certificate and a
/// profile.
class ShellFixture
{
public:
    ShellFixture();
    ~ShellFixture();

    /// The window anew, with the pages that were added since.
    void makeWindow();
    void addPage(ui::PageSpec spec);
    /// A session on a fake connection; `connection` is it.
    std::shared_ptr<ui::Session> makeSession();
    void setState(client::ConnectionState state);
    void setStatus(const client::ConnectionStatus& status);
    /// Live, as the operator dana with these permissions.
    void signIn(std::vector<std::string> granted = {"*"}, const std::string& how = "token");
    /// Why a command cannot run; empty when it can.
    QString reason(const QString& command) const;
    /// The field of the open sheet with this name; null: there is none.
    QLineEdit* field(const QString& name) const;
    /// The open sheet; null: there is none, or it is another.
    template <typename T>
    T* sheet() const
    {
        return qobject_cast<T*>(window->sheets().sheet());
    }
    /// Ctrl+Return in the open sheet.
    void confirm();
    /// Empty: there is none.
    QString newestToast() const;
    /// Shows the window and waits until it is there.
    void show();
    PlainPage* page(const QString& id) const;

    static client::Certificate certificate(char digit = '7');
    static ui::ConnectionProfile profile();

    QTemporaryDir folder;
    StoppedClock clock;
    ui::Settings settings;
    ui::Theme theme;
    ui::PageRegistry pages;
    ui::ProfileStore profiles;
    ui::SecretStore secrets;
    ui::LocalWorkspace workspace;
    ui::SessionOpener opener;
    FakeConnection* connection = nullptr;
    client::ConnectionOptions options;
    std::unique_ptr<ui::MainWindow> window;
};

} // namespace pilothouse::test
