// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/Settings.h"
#include "ui/shell/Command.h"

#include <QAbstractButton>
#include <QAction>
#include <QHash>
#include <QKeyEvent>
#include <QObject>
#include <QPointer>
#include <QSet>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

namespace pilothouse::ui {

/// The verbs of one window. It makes one QAction a command (the key works through it), keeps
/// enabled state and keys current, and answers why a command is unavailable. GUI thread only.
class CommandRegistry : public QObject
{
    Q_OBJECT

public:
    /// Actions are added to `window`, so that their keys work anywhere in it. `mayUse` answers
    /// permissions.
    CommandRegistry(Settings& settings, QWidget& window);

    /// `whyNot` says which role would allow it; without it the permission is named.
    void setPermissionCheck(
        std::function<bool(const QString& permission)> mayUse,
        std::function<QString(const QString& permission)> whyNot = {});
    /// Commands of another page are unavailable; the shell calls it when the page changes.
    void setScope(const QString& pageId);

    /// An id that exists already is a programming error.
    void add(Command command);
    void add(std::vector<Command> commands);
    /// Takes away all commands of a page that is closed.
    void removeScope(const QString& pageId);

    const std::vector<Command>& commands() const { return m_commands; }
    const Command* find(const QString& id) const;
    /// The action of a command; null for an unknown id.
    QAction* action(const QString& id) const;
    /// Operator's key, or the default; none while a command of the current page has it.
    QKeySequence shortcut(const QString& id) const;
    /// While a sheet is open no command runs; empty ends it.
    void setBlocked(const QString& reason);
    /// Keys without Ctrl, Alt or a function key ("Space", "A") work only where nothing has used
    /// them: the window offers what reached its keyPressEvent. True when a command took it.
    bool handlePlainKey(const QKeyEvent& event);
    /// Empty when it can run.
    QString disabledReason(const Command& command) const;
    /// Runs it when it can; otherwise sends `refused` with the reason.
    void run(const QString& id);

    /// Gives a button a command: text (unless icon only), icon, tooltip with the key or the reason,
    /// enabled state, accessible name. A disabled command leaves the button visible.
    enum class ButtonText { Title, IconOnly };
    void bind(QAbstractButton& button, const QString& id, ButtonText text = ButtonText::Title);

    /// The command that has this key already, other than `id`, in the same scope or the window's.
    const Command* conflict(const QString& id, const QKeySequence& sequence) const;

    /// Asks every command again whether it can run. Call it when state changed that commands depend
    /// on.
    void refresh();

    /// How icons are made from names; the shell sets it from the theme and calls it again on a
    /// change.
    void setIcons(std::function<QIcon(const QString& name)> icons);

Q_SIGNALS:
    /// Commands, keys or availability changed.
    void changed();
    void refused(const QString& title, const QString& reason);

private:
    struct Binding
    {
        QPointer<QAbstractButton> button;
        QString id;
        ButtonText text = ButtonText::Title;
    };

    void applyTo(const Command& command, QAction& action) const;
    void applyTo(const Binding& binding) const;
    QString toolTip(const Command& command) const;

    Settings& m_settings;
    QWidget& m_window;
    std::function<bool(const QString&)> m_mayUse;
    std::function<QString(const QString&)> m_whyNot;
    std::function<QIcon(const QString&)> m_icons;
    QString m_scope;
    /// Keys of the page's own commands: they go before the window's.
    QSet<QKeySequence> m_pageKeys;
    QString m_blocked;
    std::vector<Command> m_commands;
    QHash<QString, QAction*> m_actions;
    std::vector<Binding> m_bindings;
};

} // namespace pilothouse::ui
