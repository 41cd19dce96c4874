// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/ScheduleSheet.h"

#include "shared/client/JobsClient.h"
#include "ui/components/CommandLine.h"
#include "ui/components/FieldForm.h"
#include "ui/components/Format.h"
#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/jobs/CtlCommand.h"
#include "ui/jobs/ParameterForm.h"
#include "ui/session/OnGuiThread.h"
#include "ui/shell/WhenText.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/base/StatusHelpers.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kScheduleSheetWidth = 680;

} // namespace

ScheduleSheet::ScheduleSheet(
    const Theme& theme,
    Session& session,
    Settings& settings,
    std::vector<jobs::Kind> kinds,
    const std::optional<jobs::Schedule>& schedule)
    : Sheet(
          theme,
          QStringLiteral("calendar"),
          schedule ? tr("Change schedule %1").arg(QString::fromStdString(schedule->name))
                   : tr("Add a schedule in %1").arg(session.profile().name)),
      m_session(&session),
      m_settings(settings),
      m_kinds(std::move(kinds)),
      m_before(schedule)
{
    setPreferredWidth(kScheduleSheetWidth);
    build();
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &ScheduleSheet::preview);
    choose(schedule ? schedule->parameters : jobs::Parameters());
    preview();
}

void ScheduleSheet::build()
{
    auto* form = new FieldForm(theme(), this);
    addFields(*form);
    m_next = new TextLabel(theme(), TypeRole::Label, Color::TextSecondary, {}, this);
    m_next->setWordWrap(true);
    m_parameters = new ParameterForm(theme(), this);
    m_command = new CommandLine(theme(), this);
    m_command->setVisible(!m_before);
    m_problem = new MessageBar(theme(), Severity::Error, {}, this);
    body()->addWidget(form);
    body()->addWidget(m_next);
    body()->addWidget(m_parameters);
    body()->addWidget(m_command);
    body()->addWidget(m_problem);
    QPushButton* cancelButton = addButton(tr("Cancel"));
    connect(cancelButton, &QAbstractButton::clicked, this, &Sheet::cancel);
    m_save = addButton(m_before ? tr("Save schedule") : tr("Add schedule"));
    setButtonKind(*m_save, ButtonKind::Primary);
    connect(m_save, &QAbstractButton::clicked, this, &ScheduleSheet::confirm);
    connect(form, &FieldForm::edited, this, &ScheduleSheet::refresh);
    connect(m_parameters, &ParameterForm::edited, this, &ScheduleSheet::refresh);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] { choose({}); });
    for (QLineEdit* field : {m_cron, m_zone}) {
        connect(field, &QLineEdit::textChanged, this, [this] { m_pause.start(); });
    }
}

void ScheduleSheet::addFields(FieldForm& form)
{
    const jobs::Schedule given = m_before.value_or(jobs::Schedule());
    m_name = form.addText(tr("Name"), {});
    m_name->setText(QString::fromStdString(given.name));
    // The name is its identity.
    m_name->setReadOnly(m_before.has_value());
    m_kind = new QComboBox(&form);
    for (const jobs::Kind& one : m_kinds) {
        if (one.isCreatable || one.name == given.kind) {
            m_kind->addItem(QString::fromStdString(one.title), QString::fromStdString(one.name));
        }
    }
    m_kind->setCurrentIndex(std::max(0, m_kind->findData(QString::fromStdString(given.kind))));
    form.add(tr("Job"), m_kind);
    m_cron = form.addText(
        tr("When"), {}, tr("Minute, hour, day of month, month, day of week: 30 2 * * *"));
    m_cron->setFont(theme().font(TypeRole::Mono));
    m_cron->setText(QString::fromStdString(given.cron));
    m_zone = form.addText(tr("Time zone"), tr("UTC, or Europe/Berlin"));
    m_zone->setText(QString::fromStdString(given.timeZone));
    m_missed = new QComboBox(&form);
    m_missed->addItem(tr("Leave them out"), static_cast<int>(jobs::MissedRunPolicy::Skip));
    m_missed->addItem(
        tr("Run once to make up for them"), static_cast<int>(jobs::MissedRunPolicy::RunOnce));
    m_missed->setCurrentIndex(
        std::max(0, m_missed->findData(static_cast<int>(given.missedRunPolicy))));
    form.add(tr("Missed runs"), m_missed);
    m_jitter =
        form.addText(tr("Jitter"), tr("none, or 5m"), tr("Each run starts up to this much later."));
    if (given.jitter > absl::ZeroDuration()) {
        m_jitter->setText(QString::fromStdString(absl::FormatDuration(given.jitter)));
    }
    m_description = form.addText(tr("Description"), tr("optional"));
    m_description->setText(QString::fromStdString(given.description));
    m_paused = new QCheckBox(tr("does not run until it is resumed"), &form);
    m_paused->setChecked(given.isPaused);
    form.add(tr("Paused"), m_paused);
}

QWidget* ScheduleSheet::initialFocus()
{
    return m_before ? m_cron : m_name;
}

const jobs::Kind* ScheduleSheet::kind() const
{
    const auto found = std::ranges::find(
        m_kinds, m_kind->currentData().toString().toStdString(), &jobs::Kind::name);
    return found == m_kinds.end() ? nullptr : &*found;
}

void ScheduleSheet::choose(const jobs::Parameters& values)
{
    const jobs::Kind* chosen = kind();
    m_parameters->setParameters(
        chosen != nullptr ? chosen->parameters : std::vector<jobs::Parameter>(), values);
    refresh();
}

jobs::Schedule ScheduleSheet::wanted() const
{
    jobs::Schedule schedule = m_before.value_or(jobs::Schedule());
    schedule.name = m_name->text().trimmed().toStdString();
    schedule.kind = m_kind->currentData().toString().toStdString();
    schedule.parameters = m_parameters->values();
    schedule.cron = m_cron->text().trimmed().toStdString();
    schedule.timeZone = m_zone->text().trimmed().toStdString();
    schedule.missedRunPolicy = static_cast<jobs::MissedRunPolicy>(m_missed->currentData().toInt());
    schedule.jitter = jobs::parseDuration(m_jitter->text().trimmed().toStdString())
                          .value_or(absl::ZeroDuration());
    schedule.description = m_description->text().trimmed().toStdString();
    schedule.isPaused = m_paused->isChecked();
    return schedule;
}

QString ScheduleSheet::lacking() const
{
    if (m_name->text().trimmed().isEmpty()) {
        return tr("A name is needed");
    }
    if (kind() == nullptr) {
        return tr("This server has no job that can be scheduled");
    }
    if (m_cron->text().trimmed().isEmpty()) {
        return tr("When it runs is needed");
    }
    if (!m_cronProblem.isEmpty()) {
        return m_cronProblem;
    }
    const QString jitter = m_jitter->text().trimmed();
    if (!jitter.isEmpty() && !jobs::parseDuration(jitter.toStdString()).ok()) {
        return tr("The jitter is written like 30s, 5m or 1h");
    }
    const auto checked = jobs::checkParameters(*kind(), m_parameters->values());
    return checked.ok() ? QString()
                        : QString::fromStdString(std::string(checked.status().message()));
}

void ScheduleSheet::refresh()
{
    if (m_save == nullptr) {
        return;
    }
    const QString lacks = lacking();
    m_command->setCommand(scheduleCommand(wanted()));
    m_save->setEnabled(lacks.isEmpty() && m_call == nullptr);
    m_save->setToolTip(lacks);
    m_save->setAccessibleDescription(lacks);
    setHint(
        m_call != nullptr ? tr("Asking the server…")
        : lacks.isEmpty() ? tr("Esc cancels · Ctrl+Enter saves")
                          : lacks);
}

void ScheduleSheet::preview()
{
    const jobs::Schedule schedule = wanted();
    if (schedule.cron.empty() || !m_session) {
        m_cronProblem.clear();
        m_next->clear();
        refresh();
        return;
    }
    m_previewCall = m_session->jobs().previewSchedule(
        schedule.cron,
        schedule.timeZone,
        kPreviewed,
        onGuiThread<jobs::SchedulePreview>(
            this,
            [this](const absl::StatusOr<jobs::SchedulePreview>& answer) { showPreview(answer); }));
}

void ScheduleSheet::showPreview(const absl::StatusOr<jobs::SchedulePreview>& answer)
{
    m_cronProblem = answer.ok() || !absl::IsInvalidArgument(answer.status())
                        ? QString()
                        : QString::fromStdString(std::string(answer.status().message()));
    if (answer.ok()) {
        QStringList times;
        for (const absl::Time time : answer->times) {
            times << exactText(time, m_settings.timeDisplay());
        }
        m_next->setText(
            tr("Runs %1. Next: %2")
                .arg(
                    QString::fromStdString(answer->description), times.join(QStringLiteral(", "))));
        m_next->setColor(Color::TextSecondary);
    } else {
        m_next->setText(QString::fromStdString(describe(answer.status())));
        m_next->setColor(Color::ErrorText);
    }
    refresh();
}

void ScheduleSheet::confirm()
{
    if (!m_save->isEnabled() || !m_session) {
        return;
    }
    m_problem->setMessage(Severity::Error, {});
    auto answered = onGuiThread<jobs::Schedule>(
        this, [this](const absl::StatusOr<jobs::Schedule>& answer) { onAnswer(answer); });
    client::JobsClient& client = m_session->jobs();
    m_call = m_before
                 ? client.updateSchedule(wanted(), {}, /*validateOnly=*/false, std::move(answered))
                 : client.createSchedule(wanted(), /*validateOnly=*/false, std::move(answered));
    refresh();
}

void ScheduleSheet::onAnswer(const absl::StatusOr<jobs::Schedule>& answer)
{
    m_call.reset();
    refresh();
    if (!answer.ok()) {
        const QString text = QString::fromStdString(describe(answer.status()));
        m_problem->setMessage(
            Severity::Error,
            absl::IsAborted(answer.status()) ? tr("Somebody changed it meanwhile, and nothing of "
                                                  "yours was saved. Close this and "
                                                  "open it again. %1")
                                                   .arg(text)
                                             : text);
        return;
    }
    Q_EMIT saved(*answer);
    Q_EMIT closeRequested();
}

} // namespace pilothouse::ui
