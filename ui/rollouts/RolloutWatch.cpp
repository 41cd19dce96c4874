// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/RolloutWatch.h"

#include "ui/rollouts/OverrideSheet.h"
#include "ui/rollouts/RolloutActions.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/rollouts/RolloutsPage.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/ToastStack.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kTickMs = 1000;
/// News that nobody in front of this window has asked for is read later, too.
constexpr int kAnnouncedMs = 60000;
/// What ends so soon after an action of this window is told by that.
constexpr absl::Duration kOwnFor = absl::Seconds(3);
/// From here on the band sets the countdown off.
constexpr absl::Duration kEndsSoon = absl::Minutes(1);

const auto kView = QStringLiteral("rollouts.view");

bool isBackPossible(const rollouts::Application& application)
{
    return application.rollout && rollouts::canRollBack(application.rollout->step);
}

bool isPromotable(const rollouts::Application& application)
{
    return application.rollout && rollouts::canPromote(application.rollout->step);
}

} // namespace

RolloutWatch::RolloutWatch(MainWindow& window, QString pageId)
    : QObject(&window), m_window(window), m_pageId(std::move(pageId))
{
    addCommands();
    connect(&window, &MainWindow::sessionChanged, this, &RolloutWatch::followSession);
    // The band names what it rolls back, whatever the page has chosen.
    connect(&window.band(), &EnvBand::rollBackRequested, this, [this] {
        const rollouts::Application* last = lastPromoted();
        const QString busy = busyReason();
        if (last != nullptr && busy.isEmpty()) {
            rollBack(*last);
        } else if (last != nullptr) {
            ToastMessage message;
            message.severity = Severity::Warning;
            message.text = tr("Not rolled back");
            message.detail = busy;
            m_window.toasts().post(message);
        }
    });
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &RolloutWatch::refreshBand);
    followSession();
}

RolloutWatch::~RolloutWatch() = default;

void RolloutWatch::addCommands()
{
    Command promoting;
    promoting.id = rolloutcommand::kPromote;
    promoting.title = tr("Promote…");
    promoting.icon = QStringLiteral("rocket");
    promoting.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P);
    promoting.section = CommandRegistry::tr("Actions");
    promoting.permission = QStringLiteral("rollouts.operate");
    promoting.disabledReason = [this] { return promoteReason(); };
    promoting.run = [this] { promote(); };
    Command rollingBack;
    rollingBack.id = rolloutcommand::kRollBack;
    rollingBack.title = tr("Roll back");
    rollingBack.icon = QStringLiteral("undo-2");
    rollingBack.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z);
    rollingBack.section = CommandRegistry::tr("Actions");
    rollingBack.permission = QStringLiteral("rollouts.operate");
    rollingBack.disabledReason = [this] { return rollBackReason(); };
    rollingBack.run = [this] { rollBack(*toRollBack()); };
    m_window.commands().add(std::move(promoting));
    m_window.commands().add(std::move(rollingBack));
}

void RolloutWatch::followSession()
{
    m_actions.reset();
    m_feed.reset();
    m_steps.clear();
    m_session = m_window.session();
    if (m_session) {
        const ShellContext& context = m_window.context();
        m_feed = std::make_unique<RolloutFeed>(m_session->rollouts(), context.clock);
        m_actions = std::make_unique<PlannedActions>(
            *m_session, context.theme, context.settings, context.clock);
        connect(m_feed.get(), &RolloutFeed::changed, this, &RolloutWatch::refreshBand);
        connect(m_feed.get(), &RolloutFeed::verbsChanged, this, [this] {
            refresh();
            announceEnds();
        });
        connect(m_session, &Session::stateChanged, this, &RolloutWatch::followState);
        connect(m_actions.get(), &PlannedActions::sheetRequested, this, [this](Sheet* sheet) {
            m_window.sheets().open(sheet);
        });
        connect(
            m_actions.get(),
            &PlannedActions::toastRequested,
            this,
            [this](const ToastMessage& message) { m_window.toasts().post(message); });
        connect(m_actions.get(), &PlannedActions::phaseChanged, this, [this] {
            m_lastOwn = m_window.context().clock.now();
            m_window.commands().refresh();
        });
    }
    followState();
}

/// The stream is opened once it is known who asks; it reconnects by itself from then on.
void RolloutWatch::followState()
{
    if (m_session && m_session->isUsable() && !m_feed->isOpen() && m_session->mayUse(kView)) {
        m_feed->open();
    }
    refresh();
}

void RolloutWatch::refresh()
{
    refreshBand();
    m_window.commands().refresh();
}

void RolloutWatch::refreshBand()
{
    const rollouts::Application* last = lastPromoted();
    // Without a connection the promise of the band would be an empty one.
    if (last == nullptr || !m_session->isUsable() ||
        !m_session->mayUse(QStringLiteral("rollouts.operate"))) {
        m_tick.stop();
        m_window.band().setRollBack(std::nullopt);
        return;
    }
    const rollouts::Rollout& rollout = *last->rollout;
    const QString left = warmLeft(rollout, m_feed->serverNow());
    BandRollBack shown;
    shown.word = tr("Roll back %1").arg(QString::fromStdString(rollout.application));
    shown.text = left;
    shown.toolTip = tr("Sends the traffic back to %1 (%2)")
                        .arg(
                            lowerNameOf(rollout.stable),
                            m_window.commands()
                                .shortcut(rolloutcommand::kRollBack)
                                .toString(QKeySequence::NativeText));
    shown.isUrgent = !rollout.isPaused && rollout.warmUntil - m_feed->serverNow() < kEndsSoon;
    m_window.band().setRollBack(shown);
    if (!m_tick.isActive()) {
        m_tick.start();
    }
}

void RolloutWatch::announceEnds()
{
    const bool isOwn = m_actions->phase() != PlannedActions::Phase::Idle ||
                       m_window.context().clock.now() - m_lastOwn < kOwnFor;
    for (const rollouts::Application& one : m_feed->applications()) {
        if (!one.rollout) {
            continue;
        }
        const rollouts::Step step = one.rollout->step;
        const auto [known, isNew] = m_steps.emplace(one.rollout->id, step);
        const rollouts::Step before = std::exchange(known->second, step);
        const bool hasFailed =
            step == rollouts::Step::RolledBack || step == rollouts::Step::Aborted;
        if (isNew || isOwn || before == step || !hasFailed) {
            continue;
        }
        const QString name = QString::fromStdString(one.name);
        ToastMessage message;
        message.severity = Severity::Warning;
        message.text = step == rollouts::Step::Aborted
                           ? tr("The rollout of %1 was aborted").arg(name)
                           : tr("%1 was rolled back").arg(name);
        message.detail = QString::fromStdString(one.rollout->message).simplified();
        message.actionText = tr("Open");
        message.action = [window = QPointer<MainWindow>(&m_window), page = m_pageId, name] {
            if (window) {
                window->pages().open(page, name);
            }
        };
        message.milliseconds = kAnnouncedMs;
        m_window.toasts().post(message);
    }
}

const RolloutsPage* RolloutWatch::page() const
{
    return qobject_cast<const RolloutsPage*>(m_window.pages().page());
}

const rollouts::Application* RolloutWatch::lastPromoted() const
{
    const rollouts::Application* last = nullptr;
    if (m_feed == nullptr) {
        return last;
    }
    for (const rollouts::Application& one : m_feed->applications()) {
        if (isBackPossible(one) &&
            (last == nullptr || one.rollout->promoteTime > last->rollout->promoteTime)) {
            last = &one;
        }
    }
    return last;
}

const rollouts::Application* RolloutWatch::toRollBack() const
{
    const RolloutsPage* shown = page();
    if (shown == nullptr) {
        return lastPromoted();
    }
    const rollouts::Application* chosen = shown->application();
    return chosen != nullptr && isBackPossible(*chosen) ? chosen : nullptr;
}

const rollouts::Application* RolloutWatch::toPromote() const
{
    if (const RolloutsPage* shown = page()) {
        return shown->application();
    }
    if (m_feed == nullptr) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(m_feed->applications(), isPromotable);
    return found == m_feed->applications().end() ? nullptr : &*found;
}

QString RolloutWatch::busyReason() const
{
    if (!m_session) {
        return tr("No connection chosen");
    }
    QString unusable = m_session->unusableReason();
    if (!unusable.isEmpty()) {
        return unusable;
    }
    return m_actions->phase() == PlannedActions::Phase::Idle ? QString()
                                                             : tr("Another action is under way");
}

QString RolloutWatch::promoteReason() const
{
    QString busy = busyReason();
    if (!busy.isEmpty()) {
        return busy;
    }
    const rollouts::Application* wanted = toPromote();
    if (wanted == nullptr || !wanted->rollout || rollouts::hasEnded(wanted->rollout->step)) {
        return tr("No rollout is open");
    }
    if (!isPromotable(*wanted)) {
        return rollouts::isBeforeSwitch(wanted->rollout->step) ? tr("The candidate is not ready")
                                                               : tr("It is promoted already");
    }
    return page() == nullptr ? QString() : blockingGate(wanted->gates);
}

QString RolloutWatch::rollBackReason() const
{
    QString busy = busyReason();
    if (!busy.isEmpty()) {
        return busy;
    }
    return toRollBack() == nullptr ? tr("Nothing was promoted that could be rolled back")
                                   : QString();
}

void RolloutWatch::promote()
{
    const rollouts::Application& wanted = *toPromote();
    if (page() == nullptr) {
        // Nobody promotes without having seen the evidence.
        m_window.pages().open(m_pageId, QString::fromStdString(wanted.name));
        return;
    }
    if (!needsOverride(wanted.gates)) {
        m_actions->start(promoteStep(m_session->rollouts(), *wanted.rollout));
        return;
    }
    auto* sheet = new OverrideSheet(m_window.context().theme, *m_session, wanted);
    connect(sheet, &PlannedSheet::ready, m_actions.get(), &PlannedActions::start);
    m_window.sheets().open(sheet);
}

void RolloutWatch::rollBack(const rollouts::Application& application)
{
    m_actions->start(rollBackStep(m_session->rollouts(), *application.rollout));
}

} // namespace pilothouse::ui
