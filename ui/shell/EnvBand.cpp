// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/EnvBand.h"

#include "ui/session/Address.h"
#include "ui/shell/BandButton.h"
#include "ui/shell/EnvironmentLook.h"

#include "shared/base/StatusHelpers.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>

namespace pilothouse::ui {

namespace {

constexpr int kHeight = 30;
constexpr int kTickMs = 500;

QString joinParts(const QStringList& parts)
{
    QStringList present;
    for (const QString& part : parts) {
        if (!part.isEmpty()) {
            present.append(part);
        }
    }
    return present.join(QStringLiteral("  ·  "));
}

} // namespace

EnvBand::EnvBand(const Theme& theme, Settings& settings, const Clock& clock, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_settings(settings),
      m_clock(clock),
      m_place(new BandButton(theme, this)),
      m_lockButton(new BandButton(theme, this)),
      m_rollBackButton(new BandButton(theme, this)),
      m_state(new BandButton(theme, this)),
      m_action(new BandButton(theme, this))
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kS, 0, space::kS, 0);
    layout->setSpacing(space::kXs);
    layout->addWidget(m_place);
    layout->addStretch(1);
    layout->addWidget(m_lockButton);
    layout->addStretch(1);
    layout->addWidget(m_rollBackButton);
    layout->addWidget(m_state);
    layout->addWidget(m_action);
    m_place->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_place->setAccessibleDescription(tr("Opens the connections"));
    connect(m_place, &QAbstractButton::clicked, this, &EnvBand::connectionsRequested);
    connect(m_lockButton, &QAbstractButton::clicked, this, &EnvBand::lockRequested);
    connect(m_rollBackButton, &QAbstractButton::clicked, this, &EnvBand::rollBackRequested);
    connect(m_state, &QAbstractButton::clicked, this, [this] {
        if (m_text.action == ConnectionAction::None) {
            Q_EMIT connectionsRequested();
        } else if (m_text.action != ConnectionAction::Cancel) {
            Q_EMIT actionRequested(m_text.action);
        }
    });
    connect(m_action, &QAbstractButton::clicked, this, [this] {
        Q_EMIT actionRequested(m_text.action);
    });
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &EnvBand::refreshState);
    connect(&m_theme, &Theme::changed, this, [this] { updateGeometry(); });
    connect(&m_settings, &Settings::changed, this, &EnvBand::refreshState);
    refresh();
}

QSize EnvBand::sizeHint() const
{
    return {600, m_theme.px(kHeight)};
}

void EnvBand::setSession(Session* session)
{
    if (m_session != nullptr) {
        m_session->disconnect(this);
    }
    m_session = session;
    m_opening.reset();
    if (session != nullptr) {
        connect(session, &Session::statusChanged, this, &EnvBand::refresh);
    }
    refresh();
}

void EnvBand::setOpening(const std::optional<ConnectionProfile>& profile, const QString& progress)
{
    m_opening = profile;
    m_progress = progress;
    refresh();
}

system::Environment EnvBand::environment() const
{
    if (m_session != nullptr) {
        return m_session->environment();
    }
    return m_opening ? m_opening->environment : system::Environment::Local;
}

QString EnvBand::titleText() const
{
    return m_title;
}

void EnvBand::focusFirst()
{
    m_place->setFocus(Qt::ShortcutFocusReason);
}

void EnvBand::setLock(const std::optional<BandLock>& lock)
{
    if (m_lock == lock) {
        return;
    }
    m_lock = lock;
    refreshLock();
}

void EnvBand::setRollBack(const std::optional<BandRollBack>& rollBack)
{
    if (m_rollBack == rollBack) {
        return;
    }
    const bool isNew = rollBack && !m_rollBack;
    m_rollBack = rollBack;
    refreshRollBack();
    if (isNew) {
        QAccessibleEvent alert(m_rollBackButton, QAccessible::Alert);
        QAccessible::updateAccessibility(&alert);
    }
}

void EnvBand::refresh()
{
    refreshPlace();
    refreshLock();
    refreshRollBack();
    refreshState();
}

void EnvBand::refreshPlace()
{
    const QString before = m_title;
    const EnvironmentLook look = lookOf(environment());
    if (!hasEnvironment()) {
        m_title.clear();
        m_place->setContent(QStringLiteral("plug"), QString(), tr("No connection chosen"));
        m_place->setColors(Color::TextPrimary, Color::Sunken, false);
    } else {
        const ConnectionProfile& profile = m_session != nullptr ? m_session->profile() : *m_opening;
        const client::ConnectionStatus status =
            m_session != nullptr ? m_session->status() : client::ConnectionStatus();
        const bool isHere = profile.isLocalWorkspace;
        const bool isUntrusted = status.state == client::ConnectionState::AwaitingTrust;
        m_place->setContent(
            isUntrusted ? QStringLiteral("shield-question-mark") : QStringLiteral("shield-check"),
            look.word,
            joinParts(
                {profile.name,
                 isHere ? QString() : displayAddress(profile.address),
                 trustText(profile, status)}));
        m_place->setColors(look.text, look.fill, false);
        m_title = look.shortWord + QStringLiteral(" · ") + profile.name;
    }
    m_place->setToolTip(m_place->accessibleName());
    update();
    if (before != m_title) {
        Q_EMIT environmentChanged();
    }
}

void EnvBand::refreshLock()
{
    m_lockButton->setVisible(m_lock && hasEnvironment());
    if (!m_lock) {
        return;
    }
    const EnvironmentLook look = lookOf(environment());
    const SeverityLook urgent = lookOf(Severity::Warning);
    m_lockButton->setContent(m_lock->icon, m_lock->word, m_lock->text);
    m_lockButton->setColors(
        m_lock->isUrgent ? urgent.text : look.text, urgent.fill, m_lock->isUrgent);
    m_lockButton->setToolTip(m_lock->toolTip);
    m_lockButton->setAccessibleDescription(m_lock->toolTip);
}

void EnvBand::refreshRollBack()
{
    m_rollBackButton->setVisible(m_rollBack && hasEnvironment());
    if (!m_rollBack) {
        return;
    }
    // The band's colours turned round: seen at once on every environment.
    const EnvironmentLook look = lookOf(environment());
    const SeverityLook urgent = lookOf(Severity::Warning);
    m_rollBackButton->setContent(QStringLiteral("undo-2"), m_rollBack->word, m_rollBack->text);
    m_rollBackButton->setColors(
        m_rollBack->isUrgent ? urgent.text : look.fill,
        m_rollBack->isUrgent ? urgent.fill : look.text,
        true);
    m_rollBackButton->setToolTip(m_rollBack->toolTip);
    m_rollBackButton->setAccessibleDescription(m_rollBack->toolTip);
}

void EnvBand::refreshState()
{
    const ConnectionText before = m_text;
    if (m_session != nullptr) {
        m_text = describeConnection(
            m_session->status(), m_session->profile(), m_clock.now(), m_settings.timeDisplay());
    } else if (m_opening) {
        m_text = {
            QStringLiteral("loader-circle"),
            m_progress,
            Severity::Info,
            ConnectionAction::Cancel,
            tr("Cancel")};
    } else {
        m_text = {};
    }
    const EnvironmentLook look = lookOf(environment());
    const bool isPlain = m_text.severity == Severity::Ok;
    const SeverityLook severity = lookOf(m_text.severity);
    m_state->setVisible(!m_text.text.isEmpty());
    m_state->setContent(m_text.icon, QString(), m_text.text);
    m_state->setColors(isPlain ? look.text : severity.text, severity.fill, !isPlain);
    m_action->setVisible(!m_text.actionText.isEmpty());
    m_action->setContent(QString(), m_text.actionText, QString());
    m_action->setColors(hasEnvironment() ? look.text : Color::TextPrimary, look.fill, false);
    if (m_session != nullptr && !m_session->status().error.ok()) {
        m_state->setToolTip(QString::fromStdString(describe(m_session->status().error)));
    } else {
        m_state->setToolTip(m_text.text);
    }
    if (m_text.countsTime != m_tick.isActive()) {
        m_text.countsTime ? m_tick.start() : m_tick.stop();
    }
    announce(before);
}

void EnvBand::announce(const ConnectionText& before)
{
    // The glyph changes with the state only, not with the seconds that its sentence counts.
    if (before.icon == m_text.icon || m_text.text.isEmpty()) {
        return;
    }
    QAccessibleEvent alert(m_state, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void EnvBand::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Color fill = hasEnvironment() ? lookOf(environment()).fill : Color::Sunken;
    painter.fillRect(rect(), m_theme.color(fill));
}

} // namespace pilothouse::ui
