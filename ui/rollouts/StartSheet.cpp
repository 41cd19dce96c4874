// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/StartSheet.h"

#include "ui/components/FieldForm.h"
#include "ui/rollouts/RolloutActions.h"

#include <QLineEdit>
#include <QVBoxLayout>

namespace pilothouse::ui {

StartSheet::StartSheet(
    const Theme& theme, Session& session, const QString& application, const QString& candidate)
    : PlannedSheet(
          theme,
          QStringLiteral("rocket"),
          tr("Start a rollout of %1 onto %2").arg(application, candidate)),
      m_session(&session),
      m_application(application)
{
    auto* fields = new FieldForm(theme, this);
    m_revision = fields->addText(
        tr("Version"), tr("2.4.0"), tr("What runs on %1 now, in your words.").arg(candidate));
    m_description = fields->addText(tr("What is in it"), tr("new till, faster search"));
    form()->addWidget(fields);
    connect(fields, &FieldForm::edited, this, [this] { refresh(); });
    finish(tr("Start rollout…"));
}

QWidget* StartSheet::initialFocus()
{
    return m_revision;
}

QString StartSheet::lacking() const
{
    if (!m_session) {
        return tr("Not connected");
    }
    return m_revision->text().trimmed().isEmpty() ? tr("A version is needed") : QString();
}

PlannedStep StartSheet::step() const
{
    if (!m_session) {
        return {};
    }
    return startStep(
        m_session->rollouts(),
        {m_application.toStdString(),
         m_revision->text().trimmed().toStdString(),
         m_description->text().trimmed().toStdString()});
}

} // namespace pilothouse::ui
