// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/RolloutsPage.h"

#include "ui/components/DataTable.h"
#include "ui/components/MessageBar.h"
#include "ui/components/PageGrid.h"
#include "ui/components/PlainScroll.h"
#include "ui/components/Tabs.h"
#include "ui/rollouts/CompareCard.h"
#include "ui/rollouts/GatesCard.h"
#include "ui/rollouts/PromoteCard.h"
#include "ui/rollouts/ReceiptView.h"
#include "ui/rollouts/RolloutTables.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/rollouts/SlotCard.h"
#include "ui/shell/AuditTarget.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/WhenText.h"

#include <QDataStream>
#include <QGridLayout>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

const auto kRollouts = QStringLiteral("rollouts");

constexpr int kLogHeight = 190;
/// Version, state, begun, and enough of the outcome to be read.
constexpr int kKeptWidth = 680;

QString column(const char* id)
{
    return QString::fromLatin1(id);
}

} // namespace

RolloutsPage::RolloutsPage(const PageContext& context, QWidget* parent)
    : Page(parent),
      m_context(context),
      m_model(context.session.rollouts(), context.clock),
      m_actions(context.session, context.theme, context.settings, context.clock)
{
    m_states = new StateView(context.theme, build(), this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_states);
    m_receipt = new ReceiptView(m_context, this);
    m_receipt->hide();
    bind();
    showAll();
}

QWidget* RolloutsPage::build()
{
    const Theme& theme = m_context.theme;
    auto* body = new QWidget;
    QGridLayout* grid = pageGrid(theme, body);
    m_names = new Tabs(theme, tr("Applications"), body);
    m_problem = new MessageBar(theme, Severity::Error, {}, body);
    m_blue = new SlotCard(theme, rollouts::Colour::Blue, body);
    m_green = new SlotCard(theme, rollouts::Colour::Green, body);
    m_gates = new GatesCard(theme, body);
    m_compare = new CompareCard(theme, m_context.session.metrics(), m_context.time, body);
    m_promote = new PromoteCard(m_context, body);
    grid->addWidget(m_names, 0, 0, 1, 12);
    grid->addWidget(m_problem, 1, 0, 1, 12);
    grid->addWidget(m_blue, 2, 0, 1, 4);
    grid->addWidget(m_green, 2, 4, 1, 4);
    grid->addWidget(m_gates, 2, 8, 1, 4);
    grid->addWidget(m_compare, 3, 0, 1, 8);
    grid->addWidget(m_promote, 3, 8, 1, 4);
    QWidget* log = buildLog();
    grid->addWidget(log, 4, 0, 1, 12);
    keepColumnsEqual(*grid);
    // What takes the room that is left counts as nothing in the height that wrapped text asks for,
    // and the page would scroll too little.
    grid->setRowMinimumHeight(3, m_compare->minimumHeight());
    grid->setRowMinimumHeight(4, log->minimumHeight());
    grid->setRowStretch(3, 3);
    grid->setRowStretch(4, 2);
    return plainScroll(body, this);
}

QWidget* RolloutsPage::buildLog()
{
    const Theme& theme = m_context.theme;
    auto* card = new Card(theme, {}, this);
    m_logTabs = new Tabs(theme, tr("Events and history"), card);
    m_logTabs->addTab(tr("Events"));
    m_logTabs->addTab(tr("History"));
    m_events = new DataTable(theme, tr("Events"), eventColumns(), DataTable::Chrome::Bare, card);
    m_history =
        new DataTable(theme, tr("History"), historyColumns(), DataTable::Chrome::Bare, card);
    m_events->sortBy(column("time"), Qt::DescendingOrder);
    m_history->sortBy(column("begun"), Qt::DescendingOrder);
    m_narrowHistory = std::make_unique<NarrowColumns>(
        *m_history, QStringList{column("from"), column("by"), column("rollout")}, kKeptWidth);
    m_logStack = new QStackedWidget(card);
    m_logStack->addWidget(m_events);
    m_logStack->addWidget(m_history);
    card->body()->addWidget(m_logTabs);
    card->body()->addWidget(m_logStack, 1);
    card->setMinimumHeight(theme.px(kLogHeight));
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored);
    return card;
}

void RolloutsPage::bind()
{
    connect(m_logTabs, &QTabBar::currentChanged, m_logStack, &QStackedWidget::setCurrentIndex);
    connect(m_names, &QTabBar::currentChanged, this, [this](int at) {
        if (at >= 0) {
            m_model.choose(m_names->tabData(at).toString());
            Q_EMIT objectChanged();
        }
    });
    connect(m_history, &DataTable::selectionChanged, this, [this] {
        const QStringList keys = m_history->selectedKeys();
        if (keys.size() == 1) {
            m_model.openReceipt(keys.front());
        }
    });
    connect(m_states, &StateView::actionTriggered, &m_model, &RolloutsViewModel::refresh);
    for (DataTable* table : {m_events, m_history}) {
        connect(table, &DataTable::actionTriggered, &m_model, &RolloutsViewModel::refresh);
    }
    connect(&m_model, &RolloutsViewModel::changed, this, &RolloutsPage::showAll);
    connect(&m_model, &RolloutsViewModel::historyChanged, this, &RolloutsPage::showHistory);
    connect(&m_model, &RolloutsViewModel::eventsChanged, this, &RolloutsPage::showEvents);
    connect(&m_model, &RolloutsViewModel::receiptChanged, this, &RolloutsPage::showReceipt);
    connect(m_compare, &CompareCard::advanced, this, [this] {
        Q_EMIT liveDataChanged(m_compare->seriesShown(), 1, m_compare->dropped());
    });
    connect(&m_context.session, &Session::statusChanged, this, &RolloutsPage::showFreshness);
    const auto followSettings = [this] {
        m_compare->setUtc(m_context.settings.timeDisplay() == TimeDisplay::Utc);
        showHistory();
        showEvents();
        showReceipt();
    };
    connect(&m_context.settings, &Settings::changed, this, followSettings);
    connect(&m_actions, &PlannedActions::sheetRequested, this, &Page::sheetRequested);
    connect(&m_actions, &PlannedActions::toastRequested, this, &Page::toastRequested);
    connect(&m_actions, &PlannedActions::phaseChanged, this, &RolloutsPage::refreshCommands);
    connect(&m_model, &RolloutsViewModel::verbsChanged, this, &RolloutsPage::refreshCommands);
    followSettings();
}

void RolloutsPage::showAll()
{
    m_states->setState(m_model.state());
    showNames();
    if (const rollouts::Application* chosen = m_model.application()) {
        showApplication(*chosen);
    }
    m_events->setState(m_model.eventsState());
    m_history->setState(m_model.historyState());
}

void RolloutsPage::refreshCommands()
{
    if (m_context.commands != nullptr) {
        m_context.commands->refresh();
    }
}

void RolloutsPage::showApplication(const rollouts::Application& application)
{
    const absl::Time now = m_model.serverNow();
    m_problem->setMessage(
        application.observation ? Severity::Warning : Severity::Error,
        QString::fromStdString(application.problem).simplified());
    m_blue->setView(slotView(application, rollouts::Colour::Blue, m_model.history()));
    m_green->setView(slotView(application, rollouts::Colour::Green, m_model.history()));
    m_gates->setApplication(application, now);
    m_compare->setApplication(application);
    m_promote->setApplication(application, now);
    const QString name = QString::fromStdString(application.name);
    Q_EMIT subtitleChanged(
        application.driver.empty()
            ? name
            : tr("%1 through %2").arg(name, QString::fromStdString(application.driver)));
}

void RolloutsPage::showNames()
{
    const QStringList names = m_model.names();
    QStringList shown;
    for (int tab = 0; tab < m_names->count(); ++tab) {
        shown << m_names->tabData(tab).toString();
    }
    if (names != shown) {
        const QSignalBlocker quiet(m_names);
        while (m_names->count() > 0) {
            m_names->removeTab(0);
        }
        for (const QString& name : names) {
            m_names->addTab(name);
            m_names->setTabData(m_names->count() - 1, name);
        }
        m_names->setVisible(names.size() > 1);
    }
    if (const rollouts::Application* chosen = m_model.application()) {
        const QSignalBlocker quiet(m_names);
        m_names->setCurrentIndex(
            static_cast<int>(names.indexOf(QString::fromStdString(chosen->name))));
    }
}

void RolloutsPage::showHistory()
{
    m_history->setRows(
        historyRows(m_model.history(), m_model.serverNow(), m_context.settings.timeDisplay()));
    m_history->setState(m_model.historyState());
    if (!m_wantedReceipt.isEmpty() && !m_model.history().empty()) {
        m_logTabs->setCurrentIndex(1);
        m_history->select(std::exchange(m_wantedReceipt, QString()));
    }
    if (const rollouts::Application* chosen = m_model.application()) {
        showApplication(*chosen); // versions come from the history
    }
}

void RolloutsPage::showEvents()
{
    m_events->setRows(eventRows(m_model.current().events, m_context.settings.timeDisplay()));
    m_events->setState(m_model.eventsState());
}

void RolloutsPage::showReceipt()
{
    const client::RolloutReceipt* receipt = m_model.receipt();
    if (receipt != nullptr) {
        m_receipt->setReceipt(*receipt);
    }
    Q_EMIT inspectorChanged(receipt != nullptr);
    Q_EMIT objectChanged();
    refreshCommands();
}

void RolloutsPage::showFreshness()
{
    const QString note = staleNote(m_context.session, m_context.settings.timeDisplay());
    m_states->setStaleNote(note);
}

QString RolloutsPage::object() const
{
    const rollouts::Application* chosen = m_model.application();
    if (chosen == nullptr) {
        return {};
    }
    const QString name = QString::fromStdString(chosen->name);
    const client::RolloutReceipt* receipt = m_model.receipt();
    return receipt == nullptr
               ? name
               : name + QLatin1Char('/') + QString::fromStdString(receipt->rollout.id);
}

void RolloutsPage::openObject(const QString& object)
{
    const auto slash = object.indexOf(QLatin1Char('/'));
    m_model.choose(slash < 0 ? object : object.left(slash));
    if (slash >= 0) {
        m_wantedReceipt = object.mid(slash + 1);
        showHistory();
    }
}

QString RolloutsPage::auditTarget() const
{
    const rollouts::Application* chosen = m_model.application();
    return auditTargetOf(
        kRollouts, chosen == nullptr ? QString() : QString::fromStdString(chosen->name));
}

QString RolloutsPage::objectOf(const QString& auditTarget)
{
    return nameInTarget(auditTarget, kRollouts);
}

void RolloutsPage::setShown(bool shown)
{
    shown ? m_model.open() : m_model.close();
    m_compare->setShown(shown);
    if (shown) {
        showFreshness();
    }
}

void RolloutsPage::refresh()
{
    m_model.refresh();
    m_compare->refresh();
}

QWidget* RolloutsPage::initialFocus()
{
    return &m_events->focusTarget();
}

QWidget* RolloutsPage::inspector()
{
    return m_receipt;
}

void RolloutsPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    // Before the layout has reached it: the margins of page and card are what it will lose.
    m_narrowHistory->fit(width() - 2 * m_context.theme.px(space::kXl + space::kL));
}

QByteArray RolloutsPage::saveLayout() const
{
    QByteArray layout;
    QDataStream stream(&layout, QIODevice::WriteOnly);
    stream << m_events->saveLayout() << m_history->saveLayout();
    return layout;
}

void RolloutsPage::restoreLayout(const QByteArray& layout)
{
    QDataStream stream(layout);
    QByteArray events;
    QByteArray history;
    stream >> events >> history;
    m_events->restoreLayout(events);
    m_history->restoreLayout(history);
}

} // namespace pilothouse::ui
