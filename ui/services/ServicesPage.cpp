// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/ServicesPage.h"

#include "shared/client/ServicesClient.h"
#include "shared/client/SystemClient.h"
#include "ui/components/DataTable.h"
#include "ui/components/Tabs.h"
#include "ui/scaling/ScalingPanel.h"
#include "ui/services/InstanceInspector.h"
#include "ui/services/ServiceCommands.h"
#include "ui/services/ServiceMap.h"
#include "ui/services/ServiceText.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/CtlLine.h"
#include "ui/shell/WhenText.h"

#include <QClipboard>
#include <QDataStream>
#include <QGuiApplication>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>
#include <utility>

namespace pilothouse::ui {

namespace {

constexpr int kNameWidth = 340;
constexpr int kTimesEveryMs = 5000;
constexpr int kInstancesTab = 0;
constexpr int kScalingTab = 2;
const QString kPolicyObject = QStringLiteral("autoscaling:");
const QString kAuditedInstances = QStringLiteral("services/");
const QString kAuditedPolicies = QStringLiteral("scaling/");

QString column(const char* id)
{
    return QString::fromLatin1(id);
}

bool isAny(const services::Instance&)
{
    return true;
}

bool isDraining(const services::Instance& instance)
{
    return instance.isDraining;
}

bool takesCalls(const services::Instance& instance)
{
    return !instance.isDraining;
}

} // namespace

ServicesPage::ServicesPage(const PageContext& context, QWidget* parent)
    : Page(parent),
      m_context(context),
      m_model(context.session.services(), context.session.system()),
      m_actions(context.session, context.theme, context.settings, context.clock)
{
    build();
    bind();
    showRest();
}

ServicesPage::~ServicesPage() = default;

void ServicesPage::build()
{
    const Theme& theme = m_context.theme;
    m_map = new ServiceMap(theme, this);
    m_tabs = new Tabs(theme, tr("Instances, balancing and autoscaling"), this);
    m_tabs->addTab(tr("Instances"));
    m_tabs->addTab(tr("Balancing"));
    m_tabs->addTab(tr("Autoscaling"));
    m_instances =
        new DataTable(theme, tr("Instances"), instanceColumns(), DataTable::Chrome::Full, this);
    m_balancing =
        new DataTable(theme, tr("Balancing"), balancingColumns(), DataTable::Chrome::Full, this);
    m_narrowInstances = std::make_unique<NarrowColumns>(
        *m_instances,
        QStringList{
            column("queue"),
            column("connections"),
            column("memory"),
            column("cpu"),
            column("version"),
            column("problem"),
            column("since"),
            column("slot")},
        kNameWidth);
    m_narrowBalancing = std::make_unique<NarrowColumns>(
        *m_balancing,
        QStringList{
            column("weight"),
            column("errors"),
            column("score"),
            column("rate"),
            column("calls"),
            column("response")},
        kNameWidth);
    m_stack = new QStackedWidget(this);
    for (DataTable* each : {m_instances, m_balancing}) {
        each->sortBy(column("service"), Qt::AscendingOrder);
        m_stack->addWidget(each);
    }
    m_scaling = new ScalingPanel(m_context, m_actions, this);
    m_stack->addWidget(m_scaling);
    m_inspector = new InstanceInspector(m_context, this);
    m_inspectors = new QStackedWidget(this);
    m_inspectors->addWidget(m_inspector);
    m_inspectors->addWidget(m_scaling->inspector());
    m_inspectors->hide();
    auto* layout = new QVBoxLayout(this);
    const int margin = theme.px(space::kXl);
    layout->setContentsMargins(margin, theme.px(space::kXs), margin, theme.px(space::kL));
    layout->setSpacing(theme.px(space::kM));
    layout->addWidget(m_map);
    layout->addWidget(m_tabs);
    layout->addWidget(m_stack, 1);
}

void ServicesPage::bind()
{
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_stack->setCurrentIndex(tab);
        m_inspectors->setCurrentIndex(showsScaling() ? 1 : 0);
        m_scaling->setShown(m_isShown && showsScaling());
        showAll();
        if (!m_chosen.isEmpty() && !showsScaling()) {
            table().select(m_chosen);
        }
        Q_EMIT objectChanged();
    });
    for (DataTable* each : {m_instances, m_balancing}) {
        connect(each, &DataTable::selectionChanged, this, [this, each] {
            const QStringList keys = each->selectedKeys();
            if (each == &table() && keys.size() == 1) {
                choose(keys.front());
            }
        });
        connect(each, &DataTable::actionTriggered, &m_model, &ServicesViewModel::refresh);
    }
    connect(m_scaling, &ScalingPanel::changed, this, &ServicesPage::showInspector);
    connect(m_scaling, &ScalingPanel::chosenChanged, this, &Page::objectChanged);
    connect(m_scaling, &ScalingPanel::sheetRequested, this, &Page::sheetRequested);
    connect(&m_model, &ServicesViewModel::reset, this, &ServicesPage::showAll);
    connect(&m_model, &ServicesViewModel::instancesChanged, this, &ServicesPage::showSome);
    connect(&m_model, &ServicesViewModel::stateChanged, this, &ServicesPage::showRest);
    connect(&m_model, &ServicesViewModel::healthChanged, this, &ServicesPage::showMap);
    connect(&m_context.settings, &Settings::changed, this, &ServicesPage::showAll);
    connect(&m_context.session, &Session::statusChanged, this, &ServicesPage::showFreshness);
    connect(&m_actions, &PlannedActions::sheetRequested, this, &Page::sheetRequested);
    connect(&m_actions, &PlannedActions::toastRequested, this, &Page::toastRequested);
    connect(&m_actions, &PlannedActions::phaseChanged, this, [this] {
        if (m_context.commands != nullptr) {
            m_context.commands->refresh();
        }
    });
    m_tick.setInterval(kTimesEveryMs);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (isVisible()) {
            showAll();
        }
    });
    m_tick.start();
}

DataTable& ServicesPage::table() const
{
    return showsScaling()                            ? m_scaling->table()
           : m_tabs->currentIndex() == kInstancesTab ? *m_instances
                                                     : *m_balancing;
}

bool ServicesPage::showsScaling() const
{
    return m_tabs->currentIndex() == kScalingTab;
}

std::vector<TableRow> ServicesPage::rowsOf(
    int tab, const std::vector<const services::Instance*>& instances) const
{
    const absl::Time now = m_context.clock.now();
    std::vector<TableRow> rows;
    rows.reserve(instances.size());
    for (const services::Instance* instance : instances) {
        rows.push_back(
            tab == kInstancesTab ? instanceRow(*instance, now, m_context.settings.timeDisplay())
                                 : balancingRow(*instance, m_model.shareOf(*instance)));
    }
    return rows;
}

void ServicesPage::showAll()
{
    if (showsScaling()) {
        m_scaling->showNow();
        showRest();
        return;
    }
    table().setRows(rowsOf(m_tabs->currentIndex(), m_model.instances()));
    if (!m_wanted.isEmpty() && m_model.find(m_wanted) != nullptr) {
        table().select(std::exchange(m_wanted, QString()));
    }
    showRest();
}

void ServicesPage::showSome(const QStringList& changed, const QStringList& removed)
{
    if (!m_wanted.isEmpty() || m_tabs->currentIndex() != kInstancesTab) {
        showAll(); // a share moves when any of its service does
        return;
    }
    std::vector<const services::Instance*> instances;
    for (const QString& key : changed) {
        if (const services::Instance* instance = m_model.find(key)) {
            instances.push_back(instance);
        }
    }
    if (!removed.isEmpty()) {
        m_instances->removeRows(removed);
    }
    if (!instances.empty()) {
        m_instances->updateRows(rowsOf(kInstancesTab, instances));
    }
    showRest();
}

/// Everything but the rows.
void ServicesPage::showRest()
{
    m_instances->setState(m_model.state());
    m_balancing->setState(m_model.state());
    showMap();
    showInspector();
    const int unhealthy = m_model.unhealthyCount();
    const auto total = static_cast<int>(m_model.instances().size());
    QStringList parts;
    if (total > 0) {
        parts << tr("%n registered", nullptr, total);
    }
    if (unhealthy > 0) {
        parts << tr("%n unhealthy", nullptr, unhealthy);
    }
    Q_EMIT subtitleChanged(parts.join(QStringLiteral(", ")));
    Q_EMIT badgeChanged(unhealthy);
}

void ServicesPage::showMap()
{
    m_map->setLayers(
        mapLayers(m_context.session.isUsable(), m_model.health(), m_model.summaries()));
}

void ServicesPage::showInspector()
{
    const services::Instance* instance = chosen();
    if (instance != nullptr) {
        m_inspector->setInstance(*instance);
    }
    m_tabs->setBadge(kScalingTab, m_scaling->problemCount());
    Q_EMIT inspectorChanged(showsScaling() ? m_scaling->hasDetails() : instance != nullptr);
    if (m_context.commands != nullptr) {
        m_context.commands->refresh();
    }
}

void ServicesPage::showFreshness()
{
    const QString note = staleNote(m_context.session, m_context.settings.timeDisplay());
    m_instances->setStaleNote(note);
    m_balancing->setStaleNote(note);
    m_scaling->showFreshness();
    showMap();
}

const services::Instance* ServicesPage::chosen() const
{
    // Nothing is done to what is not seen.
    return m_chosen.isEmpty() || showsScaling() ? nullptr : m_model.find(m_chosen);
}

void ServicesPage::choose(const QString& key)
{
    if (key == m_chosen) {
        return;
    }
    m_chosen = key;
    showInspector();
    Q_EMIT objectChanged();
}

QString ServicesPage::object() const
{
    return showsScaling() ? kPolicyObject + m_scaling->chosen() : m_chosen;
}

void ServicesPage::openObject(const QString& object)
{
    if (object.startsWith(kPolicyObject)) {
        m_tabs->setCurrentIndex(kScalingTab);
        m_scaling->open(object.mid(kPolicyObject.size()));
        return;
    }
    m_wanted = object;
    choose(object);
    showAll();
}

QString ServicesPage::auditTarget() const
{
    const QString name = showsScaling() ? m_scaling->chosen() : m_chosen;
    return (showsScaling() ? kAuditedPolicies : kAuditedInstances) +
           (name.isEmpty() ? QStringLiteral("*") : name);
}

QString ServicesPage::objectOf(const QString& auditTarget)
{
    if (auditTarget.startsWith(kAuditedInstances)) {
        return auditTarget.mid(kAuditedInstances.size());
    }
    return auditTarget.startsWith(kAuditedPolicies)
               ? kPolicyObject + auditTarget.mid(kAuditedPolicies.size())
               : QString();
}

QString ServicesPage::filter() const
{
    return table().filter();
}

void ServicesPage::setFilter(const QString& filter)
{
    table().setFilter(filter);
}

void ServicesPage::setShown(bool shown)
{
    m_isShown = shown;
    m_scaling->setShown(shown && showsScaling());
    if (shown) {
        m_model.open();
        showFreshness();
    } else {
        m_model.close();
    }
}

void ServicesPage::refresh()
{
    m_model.refresh();
    m_scaling->refresh();
}

bool ServicesPage::focusFilter()
{
    table().focusFilter();
    return true;
}

QWidget* ServicesPage::initialFocus()
{
    return &table().focusTarget();
}

QWidget* ServicesPage::inspector()
{
    return m_inspectors;
}

void ServicesPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    m_narrowInstances->fit(m_stack->width());
    m_narrowBalancing->fit(m_stack->width());
}

QString ServicesPage::reason(
    bool (*allows)(const services::Instance&), const QString& otherwise) const
{
    QString unusable = m_context.session.unusableReason();
    if (!unusable.isEmpty()) {
        return unusable;
    }
    if (m_actions.phase() != PlannedActions::Phase::Idle) {
        return tr("Another action is under way");
    }
    const services::Instance* instance = chosen();
    if (instance == nullptr) {
        return tr("No instance is selected");
    }
    return allows(*instance) ? QString() : otherwise;
}

Command ServicesPage::verb(
    const QString& id,
    const QString& title,
    const QString& icon,
    bool (*allows)(const services::Instance&),
    const QString& otherwise,
    void (ServicesPage::*run)())
{
    Command command;
    command.id = id;
    command.title = title;
    command.icon = icon;
    command.section = CommandRegistry::tr("Actions");
    command.permission = QStringLiteral("services.operate");
    command.disabledReason = [this, allows, otherwise] { return reason(allows, otherwise); };
    command.run = [this, run] { (this->*run)(); };
    return command;
}

std::vector<Command> ServicesPage::commands()
{
    Command copy = verb(
        servicecommand::kCopyAddress,
        tr("Copy address"),
        QStringLiteral("copy"),
        isAny,
        {},
        &ServicesPage::copyAddress);
    copy.permission.clear();
    std::vector<Command> all{
        verb(
            servicecommand::kDrain,
            tr("Drain…"),
            QStringLiteral("unplug"),
            takesCalls,
            tr("The instance is draining already"),
            &ServicesPage::drain),
        verb(
            servicecommand::kReturn,
            tr("Return to traffic…"),
            QStringLiteral("plug"),
            isDraining,
            tr("The instance is not draining"),
            &ServicesPage::returnToTraffic),
        verb(
            servicecommand::kRemove,
            tr("Remove…"),
            QStringLiteral("trash-2"),
            isAny,
            {},
            &ServicesPage::removeInstance),
        std::move(copy)};
    std::ranges::move(m_scaling->commands(), std::back_inserter(all));
    return all;
}

void ServicesPage::drain()
{
    setDraining(true);
}

void ServicesPage::returnToTraffic()
{
    setDraining(false);
}

void ServicesPage::setDraining(bool isDraining)
{
    const services::InstanceKey key = chosen()->spec.key;
    PlannedStep step;
    step.look = {
        isDraining ? tr("Drain instance") : tr("Return to traffic"),
        isDraining ? QStringLiteral("unplug") : QStringLiteral("plug"),
        ctlLine(
            {QStringLiteral("services"),
             isDraining ? QStringLiteral("drain") : QStringLiteral("undrain"),
             QString::fromStdString(key.service),
             QString::fromStdString(key.id)}),
        /*isDanger=*/isDraining};
    step.doneText = (isDraining ? tr("%1 gets no new calls") : tr("%1 gets calls again"))
                        .arg(QString::fromStdString(key.text()));
    step.ask = [&client = m_context.session.services(), key, isDraining](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return client.setInstanceDraining(key, isDraining, request, std::move(onDone));
    };
    m_actions.start(std::move(step));
}

void ServicesPage::removeInstance()
{
    const services::InstanceKey key = chosen()->spec.key;
    PlannedStep step;
    step.look = {
        tr("Remove instance"),
        QStringLiteral("trash-2"),
        ctlLine(
            {QStringLiteral("services"),
             QStringLiteral("deregister"),
             QString::fromStdString(key.service),
             QString::fromStdString(key.id)}),
        /*isDanger=*/true};
    step.doneText = tr("%1 is removed").arg(QString::fromStdString(key.text()));
    step.ask = [&client = m_context.session.services(),
                key](const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return client.removeInstance(key, request, std::move(onDone));
    };
    m_actions.start(std::move(step));
}

void ServicesPage::copyAddress()
{
    const QString address = QString::fromStdString(chosen()->spec.address);
    QGuiApplication::clipboard()->setText(address);
    ToastMessage message;
    message.severity = Severity::Info;
    message.text = tr("Copied");
    message.detail = address;
    Q_EMIT toastRequested(message);
}

QByteArray ServicesPage::saveLayout() const
{
    QByteArray layout;
    QDataStream stream(&layout, QIODevice::WriteOnly);
    stream << m_instances->saveLayout() << m_balancing->saveLayout()
           << m_scaling->table().saveLayout();
    return layout;
}

void ServicesPage::restoreLayout(const QByteArray& layout)
{
    QDataStream stream(layout);
    QByteArray instances;
    QByteArray balancing;
    QByteArray scaling;
    stream >> instances >> balancing >> scaling;
    m_instances->restoreLayout(instances);
    m_balancing->restoreLayout(balancing);
    m_scaling->table().restoreLayout(scaling);
}

} // namespace pilothouse::ui
