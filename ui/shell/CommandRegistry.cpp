// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/CommandRegistry.h"

#include "ui/components/Button.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

bool isPlainKey(const QKeySequence& sequence)
{
    if (sequence.count() != 1) {
        return false;
    }
    const QKeyCombination key = sequence[0];
    const bool isFunctionKey = key.key() >= Qt::Key_F1 && key.key() <= Qt::Key_F35;
    return !isFunctionKey && (key.keyboardModifiers() & ~Qt::ShiftModifier) == Qt::NoModifier;
}

} // namespace

CommandRegistry::CommandRegistry(Settings& settings, QWidget& window)
    : QObject(&window), m_settings(settings), m_window(window)
{
    connect(&m_settings, &Settings::changed, this, &CommandRegistry::refresh);
}

void CommandRegistry::setPermissionCheck(
    std::function<bool(const QString&)> mayUse, std::function<QString(const QString&)> whyNot)
{
    m_mayUse = std::move(mayUse);
    m_whyNot = std::move(whyNot);
    refresh();
}

void CommandRegistry::setScope(const QString& pageId)
{
    m_scope = pageId;
    refresh();
}

void CommandRegistry::setIcons(std::function<QIcon(const QString&)> icons)
{
    m_icons = std::move(icons);
    refresh();
}

void CommandRegistry::setBlocked(const QString& reason)
{
    m_blocked = reason;
    refresh();
}

bool CommandRegistry::handlePlainKey(const QKeyEvent& event)
{
    const QKeyCombination pressed = event.keyCombination();
    const Qt::KeyboardModifiers modifiers = pressed.keyboardModifiers() & ~Qt::KeypadModifier;
    const auto found =
        std::find_if(m_commands.begin(), m_commands.end(), [&](const Command& command) {
            const QKeySequence sequence = shortcut(command.id);
            const bool isHere = command.scope.isEmpty() || command.scope == m_scope;
            // Shift is part of typing + and the like on many keyboards.
            return isHere && isPlainKey(sequence) && sequence[0].key() == pressed.key() &&
                   (modifiers & ~Qt::ShiftModifier) == Qt::NoModifier;
        });
    if (found == m_commands.end()) {
        return false;
    }
    run(found->id);
    return true;
}

void CommandRegistry::add(Command command)
{
    Q_ASSERT_X(find(command.id) == nullptr, "CommandRegistry::add", qPrintable(command.id));
    auto* action = new QAction(&m_window);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [this, id = command.id] { run(id); });
    m_window.addAction(action);
    m_actions.insert(command.id, action);
    m_commands.push_back(std::move(command));
    applyTo(m_commands.back(), *action);
}

void CommandRegistry::add(std::vector<Command> commands)
{
    for (Command& command : commands) {
        add(std::move(command));
    }
    Q_EMIT changed();
}

void CommandRegistry::removeScope(const QString& pageId)
{
    if (pageId.isEmpty()) {
        return;
    }
    std::erase_if(m_commands, [&](const Command& command) {
        if (command.scope != pageId) {
            return false;
        }
        delete m_actions.take(command.id);
        return true;
    });
    Q_EMIT changed();
}

const Command* CommandRegistry::find(const QString& id) const
{
    const auto found =
        std::find_if(m_commands.begin(), m_commands.end(), [&](const Command& command) {
            return command.id == id;
        });
    return found == m_commands.end() ? nullptr : &*found;
}

QAction* CommandRegistry::action(const QString& id) const
{
    return m_actions.value(id);
}

QKeySequence CommandRegistry::shortcut(const QString& id) const
{
    const Command* command = find(id);
    const QKeySequence byDefault = command != nullptr ? command->shortcut : QKeySequence();
    const QKeySequence key = m_settings.shortcut(id).value_or(byDefault);
    // Two actions with one key would run neither: the page's goes before the window's.
    const bool isPages = command != nullptr && command->scope.isEmpty() && m_pageKeys.contains(key);
    return isPages ? QKeySequence() : key;
}

QString CommandRegistry::disabledReason(const Command& command) const
{
    if (!m_blocked.isEmpty()) {
        return m_blocked;
    }
    if (!command.scope.isEmpty() && command.scope != m_scope) {
        return tr("Only on its page");
    }
    if (!command.permission.isEmpty() && m_mayUse && !m_mayUse(command.permission)) {
        return m_whyNot ? m_whyNot(command.permission)
                        : tr("Your role does not include %1").arg(command.permission);
    }
    return command.disabledReason ? command.disabledReason() : QString();
}

void CommandRegistry::run(const QString& id)
{
    const Command* command = find(id);
    if (command == nullptr) {
        return;
    }
    const QString reason = disabledReason(*command);
    if (!reason.isEmpty()) {
        Q_EMIT refused(command->title, reason);
        return;
    }
    // A copy, because running it may remove the command, or the window with it.
    const auto function = command->run;
    const QPointer<CommandRegistry> self(this);
    function();
    if (self) {
        refresh();
    }
}

void CommandRegistry::bind(QAbstractButton& button, const QString& id, ButtonText text)
{
    m_bindings.push_back({&button, id, text});
    connect(&button, &QAbstractButton::clicked, this, [this, id] { run(id); });
    applyTo(m_bindings.back());
}

const Command* CommandRegistry::conflict(const QString& id, const QKeySequence& sequence) const
{
    const Command* wanted = find(id);
    if (sequence.isEmpty() || wanted == nullptr) {
        return nullptr;
    }
    const auto found =
        std::find_if(m_commands.begin(), m_commands.end(), [&](const Command& other) {
            const bool meets =
                other.scope.isEmpty() || wanted->scope.isEmpty() || other.scope == wanted->scope;
            return other.id != id && meets && shortcut(other.id) == sequence;
        });
    return found == m_commands.end() ? nullptr : &*found;
}

void CommandRegistry::refresh()
{
    std::erase_if(m_bindings, [](const Binding& binding) { return binding.button.isNull(); });
    m_pageKeys.clear();
    for (const Command& command : m_commands) {
        if (!command.scope.isEmpty() && command.scope == m_scope) {
            m_pageKeys.insert(shortcut(command.id));
        }
    }
    for (const Command& command : m_commands) {
        applyTo(command, *m_actions.value(command.id));
    }
    for (const Binding& binding : m_bindings) {
        applyTo(binding);
    }
    Q_EMIT changed();
}

void CommandRegistry::applyTo(const Command& command, QAction& action) const
{
    action.setText(command.title);
    action.setToolTip(toolTip(command));
    QList<QKeySequence> keys;
    for (const QKeySequence& key : {shortcut(command.id), command.alternative}) {
        if (!key.isEmpty() && !isPlainKey(key)) {
            keys.append(key);
        }
    }
    action.setShortcuts(keys);
    // A key of another page must not be swallowed by this one's action; otherwise a disabled
    // command keeps its key, so that pressing it says why nothing happens.
    action.setEnabled(command.scope.isEmpty() || command.scope == m_scope);
    if (m_icons && !command.icon.isEmpty()) {
        action.setIcon(m_icons(command.icon));
    }
}

void CommandRegistry::applyTo(const Binding& binding) const
{
    const Command* command = find(binding.id);
    if (command == nullptr || binding.button.isNull()) {
        return;
    }
    QAbstractButton& button = *binding.button;
    const QString reason = disabledReason(*command);
    button.setEnabled(reason.isEmpty());
    button.setToolTip(toolTip(*command));
    button.setAccessibleName(command->title);
    button.setAccessibleDescription(reason);
    if (binding.text == ButtonText::Title) {
        button.setText(command->title);
    }
    if (auto* own = qobject_cast<Button*>(&button)) {
        // It knows in which colour its kind shows an icon.
        own->setIconName(command->icon);
    } else if (m_icons && !command->icon.isEmpty()) {
        button.setIcon(m_icons(command->icon));
    }
}

QString CommandRegistry::toolTip(const Command& command) const
{
    const QString key = shortcut(command.id).toString(QKeySequence::NativeText);
    const QString reason = disabledReason(command);
    QString text = command.title;
    if (!key.isEmpty()) {
        text += QStringLiteral("  ") + key;
    }
    if (!reason.isEmpty()) {
        text += QLatin1Char('\n') + reason;
    }
    return text;
}

} // namespace pilothouse::ui
