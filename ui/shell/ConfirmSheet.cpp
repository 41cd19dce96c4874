// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/ConfirmSheet.h"

#include "ui/components/Button.h"
#include "ui/components/FactList.h"
#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace pilothouse::ui {

namespace {

constexpr int kWidth = 640;
/// As much as the audit keeps of a reason.
constexpr int kLongestReason = 1000;
constexpr int kLongestName = 256;

TypeRole roleOf(const ConfirmationFact& fact)
{
    return fact.isMono ? TypeRole::Mono : TypeRole::Body;
}

} // namespace

ConfirmSheet::ConfirmSheet(const Theme& theme, Confirmation confirmation, QWidget* parent)
    : Sheet(theme, confirmation.icon, confirmation.title, parent),
      m_confirmation(std::move(confirmation)),
      m_impact(new MessageBar(theme, m_confirmation.impactSeverity, m_confirmation.impact, this)),
      m_problem(new MessageBar(theme, Severity::Error, {}, this)),
      m_factPlace(new QVBoxLayout),
      m_namePlace(new QVBoxLayout)
{
    setPreferredWidth(kWidth);
    body()->addWidget(m_impact);
    body()->addLayout(m_factPlace);
    showFacts(nullptr);
    addCommand();
    addReason();
    body()->addLayout(m_namePlace);
    addName();
    body()->addWidget(m_problem);
    addButtons();
    refresh();
}

void ConfirmSheet::showFacts(const Confirmation* before)
{
    delete m_facts;
    m_facts = new FactList(theme(), this);
    if (before != nullptr) {
        m_facts->addHeads(tr("PLANNED BEFORE"), tr("PLANNED NOW"));
    }
    for (const ConfirmationFact& fact : m_confirmation.facts) {
        if (before == nullptr) {
            m_facts->add(fact.name, fact.value, roleOf(fact));
            continue;
        }
        const auto same = std::ranges::find(before->facts, fact.name, &ConfirmationFact::name);
        const QString earlier = same != before->facts.end() ? same->value : tr("–");
        m_facts->addCompared(fact.name, earlier, fact.value, roleOf(fact));
    }
    if (m_confirmation.level == Friction::F4) {
        m_facts->add(
            tr("Approval"),
            tr("A second person has to approve it before it runs; you cannot approve your own."));
    }
    m_facts->setVisible(!m_confirmation.facts.empty() || m_confirmation.level == Friction::F4);
    m_factPlace->addWidget(m_facts);
}

QLineEdit* ConfirmSheet::addField(QVBoxLayout& place, const QString& label)
{
    // A widget of its own, so that both go together.
    auto* both = new QWidget(this);
    auto* caption = new TextLabel(theme(), TypeRole::Label, Color::TextSecondary, label, both);
    caption->setWordWrap(true);
    auto* field = new QLineEdit(both);
    field->setAccessibleName(label);
    caption->setBuddy(field);
    auto* column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kXs);
    column->addWidget(caption);
    column->addWidget(field);
    place.addWidget(both);
    return field;
}

void ConfirmSheet::addCommand()
{
    if (m_confirmation.command.isEmpty()) {
        return;
    }
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kS);
    m_command = new QLineEdit(m_confirmation.command, this);
    m_command->setReadOnly(true);
    m_command->setFont(theme().font(TypeRole::Mono));
    m_command->setCursorPosition(0);
    m_command->setAccessibleName(tr("The same on the command line"));
    m_command->setToolTip(m_confirmation.command);
    auto* copy =
        Button::iconOnly(theme(), tr("Copy the command"), QStringLiteral("clipboard-copy"), this);
    connect(copy, &QAbstractButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_command->text());
    });
    row->addWidget(m_command, 1);
    row->addWidget(copy);
    body()->addLayout(row);
}

void ConfirmSheet::addReason()
{
    m_reason = addField(*body(), QString());
    labelReason();
    m_reason->setMaxLength(kLongestReason);
    connect(m_reason, &QLineEdit::textChanged, this, &ConfirmSheet::refresh);
}

void ConfirmSheet::labelReason()
{
    const QString label = m_confirmation.level >= Friction::F3
                              ? tr("Reason (goes to the audit log)")
                              : tr("Reason, if there is one (goes to the audit log)");
    m_reason->setAccessibleName(label);
    m_reason->parentWidget()->findChild<TextLabel*>()->setText(label);
}

void ConfirmSheet::addName()
{
    if (m_name != nullptr) {
        delete m_name->parentWidget();
        m_name = nullptr;
    }
    m_typedBefore.clear();
    m_isPasted = false;
    if (m_confirmation.level < Friction::F3 || m_confirmation.nameToType.isEmpty()) {
        return;
    }
    const QString kind =
        m_confirmation.nameOf.isEmpty() ? tr("environment") : m_confirmation.nameOf;
    m_name = addField(
        *m_namePlace,
        tr("Type the name of the %1 to confirm: %2").arg(kind, m_confirmation.nameToType));
    m_name->setMaxLength(kLongestName);
    connect(m_name, &QLineEdit::textChanged, this, &ConfirmSheet::onNameEdited);
}

void ConfirmSheet::addButtons()
{
    m_cancel = addButton(tr("Cancel"));
    connect(m_cancel, &QAbstractButton::clicked, this, &Sheet::cancel);
    m_confirm = addButton(m_confirmation.verb);
    m_confirm->setIcon(theme().icon(
        m_confirmation.icon, m_confirmation.isDanger ? Color::OnDanger : Color::OnAccent));
    setButtonKind(*m_confirm, m_confirmation.isDanger ? ButtonKind::Danger : ButtonKind::Primary);
    connect(m_confirm, &QAbstractButton::clicked, this, &ConfirmSheet::confirm);
    m_confirm->installEventFilter(this);
}

QWidget* ConfirmSheet::initialFocus()
{
    return m_confirmation.level >= Friction::F3 ? static_cast<QWidget*>(m_reason) : m_cancel;
}

void ConfirmSheet::onNameEdited(const QString& text)
{
    // More than one sign at once was not typed.
    if (text.isEmpty()) {
        m_isPasted = false;
    } else if (text.size() > m_typedBefore.size() + 1) {
        m_isPasted = true;
    }
    m_typedBefore = text;
    refresh();
}

QString ConfirmSheet::missing() const
{
    if (m_isWaiting) {
        return m_waitingHint.isEmpty() ? tr("The server is being asked") : m_waitingHint;
    }
    if (m_confirmation.level >= Friction::F3 && m_reason->text().trimmed().isEmpty()) {
        return tr("A reason is needed");
    }
    if (m_name != nullptr && m_name->text() != m_confirmation.nameToType) {
        return tr("%1 must be typed").arg(m_confirmation.nameToType);
    }
    return {};
}

void ConfirmSheet::refresh()
{
    if (m_confirm == nullptr) {
        return;
    }
    const QString lacks = missing();
    m_confirm->setEnabled(lacks.isEmpty());
    m_confirm->setToolTip(lacks);
    m_confirm->setAccessibleDescription(lacks);
    setHint(
        lacks.isEmpty()
            ? tr("Esc cancels · Ctrl+Enter confirms")
            : (m_isWaiting ? tr("Esc closes · %1") : tr("Esc cancels · %1")).arg(lacks));
}

void ConfirmSheet::confirm()
{
    if (!missing().isEmpty()) {
        return;
    }
    m_problem->setMessage(Severity::Error, {});
    Q_EMIT confirmed(
        m_reason->text().trimmed(), m_name != nullptr ? m_name->text() : QString(), m_isPasted);
    if (!m_isWaiting) {
        Q_EMIT closeRequested();
    }
}

void ConfirmSheet::setWaiting(const QString& text, const QString& hint)
{
    m_isWaiting = true;
    m_waitingHint = hint;
    m_problem->setMessage(Severity::Info, text);
    m_reason->setEnabled(false);
    if (m_name != nullptr) {
        m_name->setEnabled(false);
    }
    refresh();
    m_cancel->setFocus(Qt::OtherFocusReason);
}

void ConfirmSheet::unlock(Severity severity, const QString& message)
{
    m_isWaiting = false;
    m_reason->setEnabled(true);
    if (m_name != nullptr) {
        m_name->setEnabled(true);
    }
    m_problem->setMessage(severity, message);
    refresh();
}

void ConfirmSheet::refuse(const QString& message)
{
    unlock(Severity::Error, message);
}

void ConfirmSheet::proceed(const QString& message, const QString& verb)
{
    m_confirmation.verb = verb;
    m_confirm->setText(verb);
    unlock(Severity::Ok, message);
}

void ConfirmSheet::replan(const QString& message, Confirmation changed)
{
    const Confirmation before = std::exchange(m_confirmation, std::move(changed));
    m_impact->setMessage(m_confirmation.impactSeverity, m_confirmation.impact);
    setTitle(m_confirmation.title);
    showFacts(&before);
    if (m_command != nullptr) {
        m_command->setText(m_confirmation.command);
        m_command->setCursorPosition(0);
    }
    m_confirm->setText(m_confirmation.verb);
    labelReason();
    addName();
    if (m_name != nullptr) {
        setTabOrder(m_reason, m_name);
    }
    refuse(message);
}

bool ConfirmSheet::eventFilter(QObject* watched, QEvent* event)
{
    // Some desktops let Enter press the button that has the focus.
    if (watched == m_confirm && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (isEnter && !key->modifiers().testFlag(Qt::ControlModifier)) {
            return true;
        }
    }
    return Sheet::eventFilter(watched, event);
}

void ConfirmSheet::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    const bool isPlain = (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    if (isEnter && isPlain) {
        // Enter presses the default, which is Cancel, and only where the focus is on it.
        if (m_cancel->hasFocus()) {
            cancel();
        }
        return;
    }
    Sheet::keyPressEvent(event);
}

} // namespace pilothouse::ui
