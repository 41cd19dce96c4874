// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/JobInspector.h"

#include "ui/components/Button.h"
#include "ui/components/FactList.h"
#include "ui/components/Format.h"
#include "ui/components/JobProgress.h"
#include "ui/components/LogView.h"
#include "ui/components/PlainScroll.h"
#include "ui/components/Tabs.h"
#include "ui/components/TextLabel.h"
#include "ui/jobs/JobCommands.h"
#include "ui/jobs/JobText.h"
#include "ui/shell/WhenText.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

JobInspector::JobInspector(
    const PageContext& context, JobsViewModel& list, JobDetailModel& model, QWidget* parent)
    : QWidget(parent), m_context(context), m_list(list), m_model(model)
{
    build();
    connect(&model, &JobDetailModel::changed, this, &JobInspector::refresh);
    connect(&list, &JobsViewModel::kindsChanged, this, &JobInspector::refresh);
    connect(
        &model, &JobDetailModel::logAdded, this, [this](const std::vector<jobs::LogLine>& lines) {
            std::vector<LogLine> shown;
            shown.reserve(lines.size());
            for (const jobs::LogLine& line : lines) {
                shown.push_back(logLineOf(line));
            }
            m_log->add(std::move(shown));
        });
    const auto followSettings = [this] {
        m_log->setUtc(m_context.settings.timeDisplay() == TimeDisplay::Utc);
    };
    connect(&context.settings, &Settings::changed, this, followSettings);
    followSettings();
    refresh();
}

void JobInspector::build()
{
    const Theme& theme = m_context.theme;
    auto* body = new QWidget;
    m_tabs = new Tabs(theme, tr("Parts of the job"), body);
    m_tabs->addTab(tr("Progress"));
    m_tabs->addTab(tr("Log"));
    m_tabs->addTab(tr("Results"));
    m_parts = new QStackedWidget(body);
    m_parts->addWidget(buildOverview());
    m_parts->addWidget(buildLog());
    m_parts->addWidget(buildArtefacts());
    connect(m_tabs, &QTabBar::currentChanged, m_parts, &QStackedWidget::setCurrentIndex);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(space::kM));
    column->addWidget(m_tabs);
    column->addWidget(m_parts, 1);
    if (m_context.commands != nullptr) {
        auto* buttons = new QHBoxLayout;
        buttons->setSpacing(theme.px(space::kS));
        for (const QString& id : {jobcommand::kPause, jobcommand::kResume, jobcommand::kRetry}) {
            auto* button = new Button(theme, ButtonKind::Secondary, {}, {}, body);
            m_context.commands->bind(*button, id);
            buttons->addWidget(button);
        }
        buttons->addStretch(1);
        auto* copy = new Button(theme, ButtonKind::Quiet, {}, {}, body);
        m_context.commands->bind(
            *copy, jobcommand::kCopyCommand, CommandRegistry::ButtonText::IconOnly);
        buttons->addWidget(copy);
        column->addLayout(buttons);
    }
    m_states = new StateView(theme, body, this);
    connect(m_states, &StateView::actionTriggered, this, [this] { m_model.open(m_model.id()); });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_states);
}

QWidget* JobInspector::buildOverview()
{
    auto* part = new QWidget;
    m_progress = new JobProgress(m_context.theme, m_context.clock, part);
    connect(m_progress, &JobProgress::cancelRequested, this, &JobInspector::cancelRequested);
    m_facts = new FactList(m_context.theme, part);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(m_context.theme.px(space::kL));
    column->addWidget(m_progress);
    column->addWidget(m_facts);
    column->addStretch(1);
    return plainScroll(part);
}

QWidget* JobInspector::buildLog()
{
    m_log = new LogView(m_context.theme, tr("Log of the job"), this);
    // An inspector is too narrow for a line.
    m_log->setWrapped(true);
    return m_log;
}

QWidget* JobInspector::buildArtefacts()
{
    auto* part = new QWidget;
    m_artefactPlace = new QVBoxLayout(part);
    m_artefactPlace->setContentsMargins(0, 0, 0, 0);
    return part;
}

void JobInspector::refresh()
{
    if (m_shownId != m_model.id()) {
        m_shownId = m_model.id();
        m_log->clear();
    }
    m_states->setState(m_model.state());
    if (!m_model.job()) {
        return;
    }
    m_progress->setJob(jobViewOf(*m_model.job(), m_list.kindOf(*m_model.job()), m_model.logTail()));
    refreshFacts();
    refreshArtefacts();
}

void JobInspector::refreshFacts()
{
    const jobs::Job& job = *m_model.job();
    const TimeDisplay display = m_context.settings.timeDisplay();
    std::vector<std::pair<QString, QString>> facts{
        {tr("Type"), QString::fromStdString(job.kind)},
        {tr("Target"), QString::fromStdString(job.target)},
        {tr("Started by"),
         job.schedule.empty() ? QString::fromStdString(job.createdBy)
                              : tr("schedule %1").arg(QString::fromStdString(job.schedule))},
        {tr("Asked for"), exactText(job.createTime, display)},
        {tr("Began"), exactText(job.startTime, display)},
        {tr("Ended"), exactText(job.endTime, display)}};
    if (job.priority != 0) {
        facts.emplace_back(tr("Priority"), QString::number(job.priority));
    }
    for (const auto& [name, value] : job.parameters) {
        facts.emplace_back(QString::fromStdString(name), QString::fromStdString(value));
    }
    facts.emplace_back(tr("Id"), QString::fromStdString(job.id));
    m_facts->setFacts(facts);
}

void JobInspector::refreshArtefacts()
{
    const std::vector<jobs::Artefact>& artefacts = m_model.job()->artefacts;
    m_tabs->setTabText(
        2, artefacts.empty() ? tr("Results") : tr("Results (%1)").arg(artefacts.size()));
    if (m_artefacts != nullptr && artefacts == m_shownArtefacts) {
        return;
    }
    m_shownArtefacts = artefacts;
    delete m_artefacts;
    m_artefacts = new QWidget(this);
    const Theme& theme = m_context.theme;
    auto* column = new QVBoxLayout(m_artefacts);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(space::kM));
    for (const jobs::Artefact& artefact : artefacts) {
        const QString name = QString::fromStdString(artefact.name);
        auto* title = new TextLabel(theme, TypeRole::Body, name, m_artefacts);
        title->setElided(true);
        auto* fact = new TextLabel(
            theme,
            TypeRole::Label,
            QStringLiteral("%1 · %2").arg(
                QString::fromStdString(artefact.mediaType),
                formatValue(static_cast<double>(artefact.sizeBytes), Unit::Bytes).text()),
            m_artefacts);
        auto* open = new Button(
            theme, ButtonKind::Secondary, tr("Open"), QStringLiteral("external-link"), m_artefacts);
        open->setAccessibleName(tr("Open %1").arg(name));
        open->setEnabled(!openExtension(artefact).isEmpty());
        open->setToolTip(
            open->isEnabled() ? QString() : tr("Only to be saved: its type is not opened here"));
        auto* save = new Button(
            theme, ButtonKind::Secondary, tr("Save…"), QStringLiteral("download"), m_artefacts);
        save->setAccessibleName(tr("Save %1").arg(name));
        connect(open, &QPushButton::clicked, this, [this, name] { Q_EMIT openRequested(name); });
        connect(save, &QPushButton::clicked, this, [this, name] { Q_EMIT saveRequested(name); });
        auto* buttons = new QHBoxLayout;
        buttons->setSpacing(theme.px(space::kS));
        buttons->addWidget(open);
        buttons->addWidget(save);
        buttons->addStretch(1);
        column->addWidget(title);
        column->addWidget(fact);
        column->addLayout(buttons);
    }
    if (artefacts.empty()) {
        column->addWidget(new TextLabel(
            theme, TypeRole::Label, tr("It has left nothing behind yet."), m_artefacts));
    }
    column->addStretch(1);
    m_artefactPlace->addWidget(m_artefacts);
}

} // namespace pilothouse::ui
