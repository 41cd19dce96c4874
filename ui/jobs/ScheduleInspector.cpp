// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/ScheduleInspector.h"

#include "ui/components/Button.h"
#include "ui/components/DataTable.h"
#include "ui/components/FactList.h"
#include "ui/components/TextLabel.h"
#include "ui/jobs/JobCommands.h"
#include "ui/jobs/ScheduleText.h"
#include "ui/shell/WhenText.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace pilothouse::ui {

ScheduleInspector::ScheduleInspector(
    const PageContext& context, SchedulesViewModel& model, QWidget* parent)
    : QWidget(parent), m_context(context), m_model(model)
{
    build();
    connect(&model, &SchedulesViewModel::changed, this, &ScheduleInspector::refresh);
    connect(&model, &SchedulesViewModel::detailsChanged, this, &ScheduleInspector::refresh);
    connect(&context.settings, &Settings::changed, this, &ScheduleInspector::refresh);
    refresh();
}

void ScheduleInspector::build()
{
    const Theme& theme = m_context.theme;
    m_title = new TextLabel(theme, TypeRole::H2, {}, this);
    m_title->setElided(true);
    m_description = new TextLabel(theme, TypeRole::Body, Color::TextSecondary, {}, this);
    m_description->setWordWrap(true);
    m_paused = new QCheckBox(tr("Paused"), this);
    m_paused->setAccessibleDescription(tr("A paused schedule starts nothing"));
    connect(m_paused, &QCheckBox::toggled, this, [this](bool paused) {
        m_model.setPaused(m_model.chosen(), paused);
    });
    m_factPlace = new QVBoxLayout;
    auto* heading = new TextLabel(theme, TypeRole::H3, tr("Next runs"), this);
    m_next = new TextLabel(theme, TypeRole::Mono, {}, this);
    m_next->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_runs = new DataTable(
        theme,
        tr("Past runs"),
        {{QStringLiteral("planned"), tr("Planned for"), 150},
         {QStringLiteral("outcome"), tr("Past runs"), 0}},
        DataTable::Chrome::Bare,
        this);
    connect(m_runs, &DataTable::activated, this, [this](const QString& key) {
        const QString id = key.section(QLatin1Char(' '), 1);
        if (!id.isEmpty()) {
            Q_EMIT jobRequested(id);
        }
    });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(space::kM));
    column->addWidget(m_title);
    column->addWidget(m_description);
    column->addWidget(m_paused);
    column->addLayout(m_factPlace);
    column->addWidget(heading);
    column->addWidget(m_next);
    column->addWidget(m_runs, 1);
    if (m_context.commands != nullptr) {
        auto* buttons = new QHBoxLayout;
        buttons->setSpacing(theme.px(space::kS));
        for (const QString& id : {jobcommand::kEditSchedule, jobcommand::kRunSchedule}) {
            auto* button = new Button(theme, ButtonKind::Secondary, {}, {}, this);
            m_context.commands->bind(*button, id);
            buttons->addWidget(button);
        }
        buttons->addStretch(1);
        auto* remove = new Button(theme, ButtonKind::Quiet, {}, {}, this);
        m_context.commands->bind(
            *remove, jobcommand::kDeleteSchedule, CommandRegistry::ButtonText::IconOnly);
        buttons->addWidget(remove);
        column->addLayout(buttons);
    }
}

void ScheduleInspector::refresh()
{
    const jobs::Schedule* schedule = m_model.find(m_model.chosen());
    if (schedule == nullptr) {
        return;
    }
    const TimeDisplay display = m_context.settings.timeDisplay();
    const QString forbidden = m_context.session.forbiddenReason(QStringLiteral("jobs.operate"));
    m_title->setText(QString::fromStdString(schedule->name));
    m_description->setText(QString::fromStdString(schedule->description));
    m_description->setVisible(!schedule->description.empty());
    const QSignalBlocker quiet(m_paused);
    m_paused->setChecked(schedule->isPaused);
    m_paused->setEnabled(forbidden.isEmpty());
    m_paused->setToolTip(forbidden);
    delete m_facts;
    m_facts = new FactList(m_context.theme, this);
    m_facts->add(tr("Job"), QString::fromStdString(schedule->kind));
    m_facts->add(tr("When"), QString::fromStdString(schedule->cron), TypeRole::Mono);
    if (!m_model.preview().description.empty()) {
        m_facts->add(tr("Means"), QString::fromStdString(m_model.preview().description));
    }
    m_facts->add(
        tr("Missed runs"),
        schedule->missedRunPolicy == jobs::MissedRunPolicy::Skip ? tr("left out")
                                                                 : tr("one run makes up for them"));
    for (const auto& [name, value] : schedule->parameters) {
        m_facts->add(QString::fromStdString(name), QString::fromStdString(value));
    }
    m_facts->add(
        tr("Made by"),
        tr("%1, %2").arg(
            QString::fromStdString(schedule->createdBy), exactText(schedule->createTime, display)));
    m_factPlace->addWidget(m_facts);
    QStringList next;
    for (const absl::Time time : m_model.preview().times) {
        next << exactText(time, display);
    }
    m_next->setText(
        schedule->isPaused ? tr("none while it is paused") : next.join(QLatin1Char('\n')));
    refreshRuns();
}

void ScheduleInspector::refreshRuns()
{
    const TimeDisplay display = m_context.settings.timeDisplay();
    std::vector<TableRow> rows;
    for (const jobs::ScheduleRun& run : m_model.runs()) {
        TableCell outcome;
        outcome.text = runText(run);
        outcome.severity = severityOf(run);
        outcome.toolTip = QString::fromStdString(run.message);
        rows.push_back(
            {QString::number(absl::ToUnixMillis(run.plannedTime)) + QLatin1Char(' ') +
                 QString::fromStdString(run.jobId),
             {{exactText(run.plannedTime, display), {}, {}, {}, {}}, outcome}});
    }
    const bool isEmpty = rows.empty();
    m_runs->setRows(std::move(rows));
    m_runs->setState(
        isEmpty ? DataState{DataState::Kind::Empty, tr("It has not run yet."), {}, {}}
                : DataState::live());
}

} // namespace pilothouse::ui
