// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/ServicesPage.h"

#include "ui/components/DataTable.h"
#include "ui/components/Tabs.h"
#include "ui/scaling/ScalingPanel.h"
#include "ui/services/InstanceInspector.h"
#include "ui/services/ServiceMap.h"
#include "ui/services/ServiceText.h"
#include "ui/shell/AuditTarget.h"
#include "ui/shell/CommandRegistry.h"

#include <QDataStream>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kNameWidth = 340;
constexpr int kTimesEveryMs = 5000;
const QString kPolicyObject = QStringLiteral("autoscaling:");
const QString kAuditedInstances = QStringLiteral("services");
const QString kAuditedPolicies = QStringLiteral("scaling");

QString column(const char* id)
{
    return QString::fromLatin1(id);
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
    return showsScaling() ? auditTargetOf(kAuditedPolicies, m_scaling->chosen())
                          : auditTargetOf(kAuditedInstances, m_chosen);
}

QString ServicesPage::objectOf(const QString& auditTarget)
{
    const QString policy = nameInTarget(auditTarget, kAuditedPolicies);
    return policy.isEmpty() ? nameInTarget(auditTarget, kAuditedInstances)
                            : QString(kPolicyObject + policy);
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
