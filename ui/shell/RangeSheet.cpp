// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/RangeSheet.h"

#include "ui/components/TextLabel.h"
#include "ui/theme/ThemeStyle.h"

#include <QDateTimeEdit>
#include <QFormLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kWidth = 460;

} // namespace

RangeSheet::RangeSheet(const Theme& theme, TimeWindow& time, TimeDisplay display)
    : Sheet(theme, QStringLiteral("calendar"), tr("Look at a stretch of time")),
      m_time(time),
      m_display(display),
      m_from(new QDateTimeEdit(this)),
      m_to(new QDateTimeEdit(this)),
      m_problem(new TextLabel(theme, TypeRole::Label, Color::WarningText, QString(), this)),
      m_show(nullptr)
{
    setPreferredWidth(kWidth);
    const Qt::TimeSpec spec = display == TimeDisplay::Utc ? Qt::UTC : Qt::LocalTime;
    const QString zone = display == TimeDisplay::Utc ? tr("UTC") : tr("local time");
    auto* form = new QFormLayout;
    form->setSpacing(space::kM);
    const auto add = [&](QDateTimeEdit* edit, const QString& label, absl::Time value) {
        edit->setTimeSpec(spec);
        edit->setDisplayFormat(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
        edit->setDateTime(QDateTime::fromMSecsSinceEpoch(absl::ToUnixMillis(value), spec));
        edit->setAccessibleName(label);
        form->addRow(label, edit);
        connect(edit, &QDateTimeEdit::dateTimeChanged, this, &RangeSheet::check);
    };
    add(m_from, tr("From (%1)").arg(zone), time.from());
    add(m_to, tr("To (%1)").arg(zone), time.to());
    body()->addLayout(form);
    body()->addWidget(m_problem);
    setHint(tr("Esc cancels · Ctrl+Enter shows"));
    connect(addButton(tr("Cancel")), &QAbstractButton::clicked, this, &Sheet::cancel);
    m_show = addButton(tr("Show"));
    setButtonKind(*m_show, ButtonKind::Primary);
    connect(m_show, &QAbstractButton::clicked, this, &RangeSheet::confirm);
    check();
}

QWidget* RangeSheet::initialFocus()
{
    return m_from;
}

absl::Time RangeSheet::timeOf(const QDateTimeEdit& edit) const
{
    QDateTime time = edit.dateTime();
    time.setTimeSpec(m_display == TimeDisplay::Utc ? Qt::UTC : Qt::LocalTime);
    return absl::FromUnixMillis(time.toMSecsSinceEpoch());
}

void RangeSheet::check()
{
    const absl::Duration length = timeOf(*m_to) - timeOf(*m_from);
    QString problem;
    if (length <= absl::ZeroDuration()) {
        problem = tr("The end is not after the beginning");
    } else if (length < TimeWindow::kShortest) {
        problem = tr("The shortest stretch is 10 s");
    } else if (length > TimeWindow::kLongest) {
        problem = tr("The longest stretch is 366 days");
    }
    m_problem->setText(problem);
    if (m_show != nullptr) {
        m_show->setEnabled(problem.isEmpty());
    }
}

void RangeSheet::confirm()
{
    if (m_show->isEnabled()) {
        m_time.setRange(TimeRange::between(timeOf(*m_from), timeOf(*m_to)));
        Q_EMIT closeRequested();
    }
}

} // namespace pilothouse::ui
