// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/RunJobSheet.h"

#include "shared/client/JobsClient.h"
#include "ui/components/CommandLine.h"
#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/jobs/CtlCommand.h"
#include "ui/jobs/ParameterForm.h"
#include "ui/session/OnGuiThread.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/base/StatusHelpers.h"

#include <QComboBox>
#include <QPushButton>
#include <QUuid>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kRunJobSheetWidth = 620;

} // namespace

RunJobSheet::RunJobSheet(
    const Theme& theme,
    Session& session,
    std::vector<jobs::Kind> kinds,
    const QString& kind,
    const jobs::Parameters& values)
    : Sheet(theme, QStringLiteral("play"), tr("Run a job in %1").arg(session.profile().name)),
      m_session(&session),
      m_kinds(std::move(kinds)),
      m_kind(new QComboBox(this)),
      m_description(new TextLabel(theme, TypeRole::Body, Color::TextSecondary, {}, this)),
      m_form(new ParameterForm(theme, this)),
      m_command(new CommandLine(theme, this)),
      m_problem(new MessageBar(theme, Severity::Error, {}, this))
{
    setPreferredWidth(kRunJobSheetWidth);
    std::erase_if(m_kinds, [](const jobs::Kind& one) { return !one.isCreatable; });
    m_kind->setAccessibleName(tr("Type of job"));
    for (const jobs::Kind& one : m_kinds) {
        m_kind->addItem(QString::fromStdString(one.title), QString::fromStdString(one.name));
    }
    m_kind->setCurrentIndex(std::max(0, m_kind->findData(kind)));
    m_description->setWordWrap(true);
    body()->addWidget(m_kind);
    body()->addWidget(m_description);
    body()->addWidget(m_form);
    body()->addWidget(m_command);
    body()->addWidget(m_problem);
    QPushButton* cancelButton = addButton(tr("Cancel"));
    connect(cancelButton, &QAbstractButton::clicked, this, &Sheet::cancel);
    m_run = addButton(tr("Run"));
    setButtonKind(*m_run, ButtonKind::Primary);
    connect(m_run, &QAbstractButton::clicked, this, &RunJobSheet::confirm);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] { choose({}); });
    connect(m_form, &ParameterForm::edited, this, &RunJobSheet::refresh);
    choose(values);
}

QWidget* RunJobSheet::initialFocus()
{
    return m_kind;
}

const jobs::Kind* RunJobSheet::kind() const
{
    const int at = m_kind->currentIndex();
    return at < 0 ? nullptr : &m_kinds[static_cast<std::size_t>(at)];
}

void RunJobSheet::choose(const jobs::Parameters& values)
{
    const jobs::Kind* chosen = kind();
    m_requestId = QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString();
    m_form->setParameters(
        chosen != nullptr ? chosen->parameters : std::vector<jobs::Parameter>(), values);
    m_description->setText(
        chosen != nullptr ? QString::fromStdString(chosen->description)
                          : tr("This server has no job that can be started by hand."));
    refresh();
}

void RunJobSheet::refresh()
{
    const jobs::Kind* chosen = kind();
    QString lacks;
    if (chosen != nullptr) {
        const jobs::Parameters given = m_form->values();
        m_command->setCommand(runCommand(chosen->name, given));
        const QString permission = QString::fromStdString(chosen->permission);
        lacks = m_session ? m_session->forbiddenReason(permission) : tr("Not connected");
        const auto checked = jobs::checkParameters(*chosen, given);
        if (lacks.isEmpty() && !checked.ok()) {
            lacks = QString::fromStdString(std::string(checked.status().message()));
        }
    }
    m_command->setVisible(chosen != nullptr);
    m_run->setEnabled(chosen != nullptr && lacks.isEmpty() && m_call == nullptr);
    m_run->setToolTip(lacks);
    m_run->setAccessibleDescription(lacks);
    setHint(
        m_call != nullptr ? tr("Asking the server…")
        : lacks.isEmpty() ? tr("Esc cancels · Ctrl+Enter runs")
                          : lacks);
}

void RunJobSheet::confirm()
{
    const jobs::Kind* chosen = kind();
    if (!m_run->isEnabled() || chosen == nullptr || !m_session) {
        return;
    }
    m_problem->setMessage(Severity::Error, {});
    client::NewJob job;
    job.kind = chosen->name;
    job.parameters = m_form->values();
    job.requestId = m_requestId;
    m_call = m_session->jobs().createJob(
        job, onGuiThread<jobs::Job>(this, [this](const absl::StatusOr<jobs::Job>& answer) {
            onAnswer(answer);
        }));
    refresh();
}

void RunJobSheet::onAnswer(const absl::StatusOr<jobs::Job>& answer)
{
    m_call.reset();
    refresh();
    if (!answer.ok()) {
        m_problem->setMessage(Severity::Error, QString::fromStdString(describe(answer.status())));
        return;
    }
    Q_EMIT started(*answer);
    Q_EMIT closeRequested();
}

} // namespace pilothouse::ui
