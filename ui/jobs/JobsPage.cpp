// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/JobsPage.h"

#include "shared/client/JobsClient.h"
#include "ui/components/Button.h"
#include "ui/components/DataTable.h"
#include "ui/components/Tabs.h"
#include "ui/jobs/ArtefactSaver.h"
#include "ui/jobs/CtlCommand.h"
#include "ui/jobs/JobCommands.h"
#include "ui/jobs/JobInspector.h"
#include "ui/jobs/JobText.h"
#include "ui/jobs/JobsTab.h"
#include "ui/jobs/RunJobSheet.h"
#include "ui/jobs/ScheduleInspector.h"
#include "ui/jobs/ScheduleSheet.h"
#include "ui/jobs/SchedulesTab.h"
#include "ui/shell/AuditTarget.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/WhenText.h"

#include "shared/base/StatusHelpers.h"

#include <QClipboard>
#include <QDataStream>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

const auto kJobs = QStringLiteral("jobs");
const auto kSchedulesObject = QStringLiteral("schedules");

} // namespace

JobsPage::JobsPage(const PageContext& context, QWidget* parent)
    : Page(parent),
      m_context(context),
      m_model(context.session.jobs()),
      m_detail(context.session.jobs()),
      m_schedules(context.session.jobs())
{
    build();
    bind();
    bindSchedules();
}

JobsPage::~JobsPage() = default;

void JobsPage::build()
{
    const Theme& theme = m_context.theme;
    m_tabs = new Tabs(theme, tr("Jobs and schedules"), this);
    m_tabs->addTab(tr("Jobs"));
    m_tabs->addTab(tr("Schedules"));
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.px(space::kS));
    head->addWidget(m_tabs, 1);
    if (m_context.commands != nullptr) {
        m_add = new Button(theme, ButtonKind::Primary, {}, {}, this);
        m_context.commands->bind(*m_add, jobcommand::kAddSchedule);
        m_add->hide();
        m_run = new Button(theme, ButtonKind::Primary, {}, {}, this);
        m_context.commands->bind(*m_run, jobcommand::kRun);
        head->addWidget(m_add);
        head->addWidget(m_run);
    }
    m_jobsTab = new JobsTab(m_context, m_model, this);
    m_schedulesTab = new SchedulesTab(m_context, m_schedules, this);
    m_parts = new QStackedWidget(this);
    m_parts->addWidget(m_jobsTab);
    m_parts->addWidget(m_schedulesTab);
    m_inspectors = new QStackedWidget(this);
    m_jobInspector = new JobInspector(m_context, m_model, m_detail, m_inspectors);
    m_scheduleInspector = new ScheduleInspector(m_context, m_schedules, m_inspectors);
    m_inspectors->addWidget(m_jobInspector);
    m_inspectors->addWidget(m_scheduleInspector);
    m_inspectors->hide();
    m_saver = new ArtefactSaver(m_detail, *this);
    auto* layout = new QVBoxLayout(this);
    const int margin = theme.px(space::kXl);
    layout->setContentsMargins(margin, theme.px(space::kXs), margin, theme.px(space::kL));
    layout->setSpacing(theme.px(space::kM));
    layout->addLayout(head);
    layout->addWidget(m_parts, 1);
}

void JobsPage::bind()
{
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_parts->setCurrentIndex(tab);
        if (m_run != nullptr) {
            m_run->setVisible(!showsSchedules());
            m_add->setVisible(showsSchedules());
        }
        if (showsSchedules()) {
            m_schedules.refresh();
        }
        showInspector();
        Q_EMIT objectChanged();
    });
    connect(m_jobsTab, &JobsTab::selectionChanged, this, &JobsPage::onSelection);
    connect(m_jobsTab, &JobsTab::runRequested, this, &JobsPage::run);
    connect(&m_model, &JobsViewModel::jobsChanged, this, &JobsPage::onJobs);
    connect(&m_model, &JobsViewModel::reset, this, &JobsPage::showCounts);
    connect(
        &m_model,
        &JobsViewModel::failed,
        this,
        [this](const QString& what, const absl::Status& why) {
            tell(
                Severity::Error,
                tr("%1: not done").arg(what),
                QString::fromStdString(describe(why)));
        });
    connect(m_jobInspector, &JobInspector::cancelRequested, this, &JobsPage::askCancel);
    connect(m_jobInspector, &JobInspector::saveRequested, m_saver, &ArtefactSaver::save);
    connect(m_jobInspector, &JobInspector::openRequested, m_saver, &ArtefactSaver::open);
    connect(m_saver, &ArtefactSaver::saved, this, [this](const QString& file) {
        tell(Severity::Ok, tr("Saved"), file);
    });
    connect(m_saver, &ArtefactSaver::failed, this, [this](const QString& name, const QString& why) {
        tell(Severity::Error, tr("%1 was not brought here").arg(name), why);
    });
    connect(&m_detail, &JobDetailModel::changed, this, [this] {
        if (m_context.commands != nullptr) {
            m_context.commands->refresh();
        }
    });
    connect(&m_context.session, &Session::statusChanged, this, &JobsPage::showFreshness);
}

void JobsPage::bindSchedules()
{
    connect(m_schedulesTab, &SchedulesTab::addRequested, this, [this] { editSchedule(true); });
    connect(m_schedulesTab, &SchedulesTab::editRequested, this, [this] {
        if (m_context.commands != nullptr) {
            m_context.commands->run(jobcommand::kEditSchedule);
        }
    });
    connect(&m_schedules, &SchedulesViewModel::changed, this, [this] {
        showInspector();
        if (m_context.commands != nullptr) {
            m_context.commands->refresh();
        }
    });
    connect(&m_schedules, &SchedulesViewModel::detailsChanged, this, [this] {
        showInspector();
        Q_EMIT objectChanged();
    });
    connect(&m_schedules, &SchedulesViewModel::done, this, [this](const QString& text) {
        tell(Severity::Ok, text);
    });
    connect(
        &m_schedules,
        &SchedulesViewModel::failed,
        this,
        [this](const QString& what, const absl::Status& why) {
            tell(
                Severity::Error,
                tr("%1: not done").arg(what),
                QString::fromStdString(describe(why)));
        });
    connect(m_scheduleInspector, &ScheduleInspector::jobRequested, this, &JobsPage::openObject);
}

bool JobsPage::showsSchedules() const
{
    return m_tabs->currentIndex() == 1;
}

QString JobsPage::object() const
{
    if (showsSchedules()) {
        return m_schedules.chosen().isEmpty()
                   ? kSchedulesObject
                   : QString(kSchedulesObject + QLatin1Char('/') + m_schedules.chosen());
    }
    return m_detail.id();
}

void JobsPage::openObject(const QString& object)
{
    if (object == kSchedulesObject || object.startsWith(kSchedulesObject + QLatin1Char('/'))) {
        m_tabs->setCurrentIndex(1);
        m_schedulesTab->select(object.section(QLatin1Char('/'), 1));
        return;
    }
    m_tabs->setCurrentIndex(0);
    m_jobsTab->select(object);
    // It may be older than what the table holds: the inspector knows it all the same.
    if (m_detail.id() != object) {
        m_detail.open(object);
        showInspector();
        Q_EMIT objectChanged();
    }
}

QString JobsPage::auditTarget() const
{
    return showsSchedules() ? auditTargetOf(kSchedulesObject, m_schedules.chosen())
                            : auditTargetOf(kJobs, m_detail.id());
}

QString JobsPage::objectOf(const QString& auditTarget)
{
    return nameInTarget(auditTarget, kSchedulesObject).isEmpty() ? nameInTarget(auditTarget, kJobs)
                                                                 : auditTarget;
}

void JobsPage::setShown(bool shown)
{
    if (shown) {
        m_model.open();
        showFreshness();
        if (showsSchedules()) {
            m_schedules.refresh();
        }
        if (m_detail.id().isEmpty() && !m_jobsTab->selected().isEmpty()) {
            m_detail.open(m_jobsTab->selected());
        }
    } else {
        m_model.close();
        m_detail.close();
    }
}

void JobsPage::refresh()
{
    m_model.refresh();
    m_schedules.refresh();
}

bool JobsPage::focusFilter()
{
    (showsSchedules() ? m_schedulesTab->table() : m_jobsTab->table()).focusFilter();
    return true;
}

QWidget* JobsPage::initialFocus()
{
    return &(showsSchedules() ? m_schedulesTab->table() : m_jobsTab->table()).focusTarget();
}

QWidget* JobsPage::inspector()
{
    return m_inspectors;
}

void JobsPage::showInspector()
{
    m_inspectors->setCurrentIndex(m_tabs->currentIndex());
    Q_EMIT inspectorChanged(
        showsSchedules() ? m_schedules.find(m_schedules.chosen()) != nullptr
                         : !m_detail.id().isEmpty());
}

void JobsPage::onSelection()
{
    const QString id = m_jobsTab->selected();
    if (id.isEmpty() || id == m_detail.id()) {
        return;
    }
    m_detail.open(id);
    showInspector();
    Q_EMIT objectChanged();
}

void JobsPage::onJobs(const QStringList& changed)
{
    showCounts();
    const jobs::Job* chosen = m_model.find(m_detail.id());
    // Retried: it goes on, but its stream ended with it.
    if (chosen != nullptr && m_detail.hasEnded() && !jobs::hasEnded(chosen->state)) {
        m_detail.open(m_detail.id());
    }
    const bool isOfSchedule = std::ranges::any_of(changed, [this](const QString& id) {
        const jobs::Job* job = m_model.find(id);
        return job != nullptr && !job->schedule.empty();
    });
    if (isOfSchedule && showsSchedules()) {
        m_schedules.refresh();
    }
}

void JobsPage::showCounts()
{
    const int open = m_model.openCount();
    const int failed = m_model.failedCount();
    QStringList parts;
    if (open > 0) {
        parts << tr("%n open", nullptr, open);
    }
    if (failed > 0) {
        parts << tr("%n failed", nullptr, failed);
    }
    Q_EMIT subtitleChanged(parts.join(QStringLiteral(", ")));
    if (m_context.commands != nullptr) {
        m_context.commands->refresh();
    }
}

void JobsPage::showFreshness()
{
    const QString note = staleNote(m_context.session, m_context.settings.timeDisplay());
    m_jobsTab->setStaleNote(note);
    m_schedulesTab->setStaleNote(note);
}

void JobsPage::tell(Severity severity, const QString& text, const QString& detail)
{
    ToastMessage message;
    message.severity = severity;
    message.text = text;
    message.detail = detail;
    Q_EMIT toastRequested(message);
}

void JobsPage::run()
{
    auto* sheet = new RunJobSheet(m_context.theme, m_context.session, m_model.kinds());
    connect(sheet, &RunJobSheet::started, this, [this](const jobs::Job& job) {
        m_tabs->setCurrentIndex(0);
        openObject(QString::fromStdString(job.id));
    });
    Q_EMIT sheetRequested(sheet);
}

void JobsPage::askCancel()
{
    if (!m_detail.job()) {
        return;
    }
    const jobs::Job& job = *m_detail.job();
    auto* sheet = new ConfirmSheet(
        m_context.theme,
        cancelQuestion(job, m_model.kindOf(job), m_context.session.profile().name));
    connect(sheet, &ConfirmSheet::confirmed, this, [this, id = m_detail.id()](const QString& why) {
        m_model.cancel(id, why);
    });
    Q_EMIT sheetRequested(sheet);
}

void JobsPage::askDelete()
{
    const QString name = m_schedules.chosen();
    const jobs::Schedule* schedule = m_schedules.find(name);
    if (schedule == nullptr) {
        return;
    }
    Confirmation confirmation;
    confirmation.title = tr("Delete schedule %1 in %2").arg(name, m_context.session.profile().name);
    confirmation.icon = QStringLiteral("trash-2");
    confirmation.impact = tr("It starts nothing any more. Jobs that it started go on.");
    confirmation.facts = {
        {tr("Job"), QString::fromStdString(schedule->kind)},
        {tr("When"), QString::fromStdString(schedule->cron), true}};
    confirmation.command = scheduleVerbCommand(QStringLiteral("remove"), schedule->name);
    confirmation.verb = tr("Delete schedule");
    confirmation.isDanger = true;
    auto* sheet = new ConfirmSheet(m_context.theme, confirmation);
    connect(sheet, &ConfirmSheet::confirmed, this, [this, name] { m_schedules.remove(name); });
    Q_EMIT sheetRequested(sheet);
}

void JobsPage::editSchedule(bool isNew)
{
    const jobs::Schedule* known = isNew ? nullptr : m_schedules.find(m_schedules.chosen());
    auto* sheet = new ScheduleSheet(
        m_context.theme,
        m_context.session,
        m_context.settings,
        m_model.kinds(),
        known != nullptr ? std::optional(*known) : std::nullopt);
    connect(sheet, &ScheduleSheet::saved, this, [this](const jobs::Schedule& schedule) {
        const QString name = QString::fromStdString(schedule.name);
        tell(Severity::Ok, tr("Schedule %1 is saved").arg(name));
        m_tabs->setCurrentIndex(1);
        m_schedules.refresh();
        m_schedulesTab->select(name);
    });
    Q_EMIT sheetRequested(sheet);
}

void JobsPage::copyCommand()
{
    const auto& job = m_detail.job();
    QGuiApplication::clipboard()->setText(runCommand(job->kind, job->parameters));
    tell(Severity::Info, tr("Copied"), runCommand(job->kind, job->parameters));
}

QByteArray JobsPage::saveLayout() const
{
    QByteArray layout;
    QDataStream stream(&layout, QIODevice::WriteOnly);
    stream << m_jobsTab->table().saveLayout() << m_schedulesTab->table().saveLayout();
    return layout;
}

void JobsPage::restoreLayout(const QByteArray& layout)
{
    QDataStream stream(layout);
    QByteArray jobsColumns;
    QByteArray scheduleColumns;
    stream >> jobsColumns >> scheduleColumns;
    m_jobsTab->table().restoreLayout(jobsColumns);
    m_schedulesTab->table().restoreLayout(scheduleColumns);
}

} // namespace pilothouse::ui
