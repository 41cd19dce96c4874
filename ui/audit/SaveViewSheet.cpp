// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/SaveViewSheet.h"

#include "shared/base/StatusHelpers.h"
#include "ui/components/FieldForm.h"
#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/theme/ThemeStyle.h"

#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace pilothouse::ui {

namespace {

constexpr int kSheetWidth = 460;

} // namespace

SaveViewSheet::SaveViewSheet(const Theme& theme, Settings& settings, AuditView view)
    : Sheet(theme, QStringLiteral("star"), tr("Save this view of the audit")),
      m_views(settings),
      m_view(std::move(view))
{
    setPreferredWidth(kSheetWidth);
    auto* form = new FieldForm(theme, this);
    m_name = form->addText(tr("Name"), tr("Refused this week"));
    m_name->setMaxLength(SavedViews::kLongestName);
    m_note = new TextLabel(theme, TypeRole::Label, {}, this);
    m_note->setWordWrap(true);
    m_problem = new MessageBar(theme, Severity::Error, {}, this);
    m_problem->hide();
    body()->addWidget(form);
    body()->addWidget(m_note);
    body()->addWidget(m_problem);
    setHint(tr("Esc cancels · Ctrl+Enter saves"));
    connect(addButton(tr("Cancel")), &QAbstractButton::clicked, this, &Sheet::cancel);
    m_save = addButton(tr("Save view"));
    setButtonKind(*m_save, ButtonKind::Primary);
    connect(m_save, &QAbstractButton::clicked, this, &SaveViewSheet::confirm);
    connect(form, &FieldForm::edited, this, &SaveViewSheet::check);
    check();
}

QWidget* SaveViewSheet::initialFocus()
{
    return m_name;
}

void SaveViewSheet::check()
{
    const QString name = m_name->text().trimmed();
    const auto views = m_views.all();
    m_note->setText(
        std::ranges::find(views, name, &SavedView::name) != views.end()
            ? tr("It takes the place of the view of that name.")
            : tr("It is kept on this computer, for every environment."));
    m_save->setEnabled(!name.isEmpty());
}

void SaveViewSheet::confirm()
{
    if (!m_save->isEnabled()) {
        return;
    }
    const QString name = m_name->text().trimmed();
    if (const absl::Status status = m_views.save(name, m_view); !status.ok()) {
        m_problem->setMessage(Severity::Error, QString::fromStdString(describe(status)));
        m_problem->show();
        return;
    }
    Q_EMIT saved(name);
    Q_EMIT closeRequested();
}

} // namespace pilothouse::ui
