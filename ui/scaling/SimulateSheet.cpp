// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scaling/SimulateSheet.h"

#include "shared/base/StatusHelpers.h"
#include "ui/components/CommandLine.h"
#include "ui/components/DataTable.h"
#include "ui/components/FieldForm.h"
#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/scaling/ScalingText.h"
#include "ui/session/OnGuiThread.h"
#include "ui/shell/CtlLine.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

struct Span
{
    int minutes;
    const char* text;
    const char* words;
};
constexpr Span kSpans[] = {
    {15, QT_TRANSLATE_NOOP("SimulateSheet", "15 minutes"), "-15m"},
    {60, QT_TRANSLATE_NOOP("SimulateSheet", "1 hour"), "-1h"},
    {360, QT_TRANSLATE_NOOP("SimulateSheet", "6 hours"), "-6h"},
    {1440, QT_TRANSLATE_NOOP("SimulateSheet", "24 hours"), "-24h"},
    {10080, QT_TRANSLATE_NOOP("SimulateSheet", "7 days"), "-7d"}};
constexpr int kUsualSpan = 1;
constexpr int kSheetWidth = 720;
constexpr int kChangesHeight = 200;

/// A field that says what the policy has; what is typed comes in its place.
QString ownText(double number)
{
    return QString::number(number, 'g', 6);
}

} // namespace

SimulateSheet::SimulateSheet(
    const Theme& theme,
    Session& session,
    const Settings& settings,
    const Clock& clock,
    const scaling::Policy& policy)
    : Sheet(
          theme,
          QStringLiteral("chart-line"),
          tr("Simulate %1").arg(QString::fromStdString(policy.title))),
      m_session(&session),
      m_settings(settings),
      m_clock(clock),
      m_policy(policy),
      m_span(new QComboBox),
      m_command(new CommandLine(theme, this)),
      m_problem(new MessageBar(theme, Severity::Error, {}, this)),
      m_summary(new TextLabel(theme, TypeRole::Body, {}, this)),
      m_changes(new DataTable(
          theme, tr("Simulated changes"), simulatedColumns(), DataTable::Chrome::Bare, this))
{
    build();
    refresh();
}

void SimulateSheet::build()
{
    setPreferredWidth(kSheetWidth);
    for (const Span& span : kSpans) {
        m_span->addItem(tr(span.text), span.minutes);
    }
    m_span->setCurrentIndex(kUsualSpan);
    auto* fields = new FieldForm(theme(), this);
    fields->add(
        tr("The last"),
        m_span,
        tr("The load is taken as it was recorded, and shared by the instances that there would "
           "have been."));
    m_least = fields->addText(tr("Minimum"), QString::number(m_policy.least));
    m_most = fields->addText(tr("Maximum"), QString::number(m_policy.most));
    m_down = fields->addText(
        tr("Fewer after"),
        ownText(absl::ToDoubleSeconds(m_policy.down.stabilisation)),
        tr("Seconds in which no more were asked for."));
    for (const scaling::Metric& metric : m_policy.metrics) {
        m_targets[metric.name] = fields->addText(
            tr("Target of %1").arg(QString::fromStdString(metric.name)),
            ownText(metric.target),
            QString::fromStdString(metric.unit));
    }
    m_summary->setWordWrap(true);
    m_summary->hide();
    m_changes->setFixedHeight(theme().px(kChangesHeight));
    m_changes->sortBy(QStringLiteral("time"), Qt::AscendingOrder);
    m_changes->hide();
    body()->addWidget(fields);
    body()->addWidget(m_problem);
    body()->addWidget(m_summary);
    body()->addWidget(m_changes);
    body()->addWidget(m_command);
    setHint(tr("Esc closes · Ctrl+Enter simulates"));
    connect(addButton(tr("Close")), &QPushButton::clicked, this, &Sheet::cancel);
    m_run = addButton(tr("Simulate"));
    connect(m_run, &QPushButton::clicked, this, &SimulateSheet::confirm);
    connect(fields, &FieldForm::edited, this, &SimulateSheet::refresh);
    connect(m_span, &QComboBox::currentIndexChanged, this, &SimulateSheet::refresh);
}

QWidget* SimulateSheet::initialFocus()
{
    return m_span;
}

QString SimulateSheet::result() const
{
    return m_summary->isHidden() ? QString() : m_summary->text();
}

QString SimulateSheet::lacking() const
{
    if (!m_session) {
        return tr("Not connected");
    }
    const auto isWhole = [](const QLineEdit* field) {
        bool isNumber = false;
        const int number = field->text().trimmed().toInt(&isNumber);
        return field->text().trimmed().isEmpty() || (isNumber && number >= 1);
    };
    const auto isNumber = [](const QLineEdit* field, double least) {
        bool isRead = false;
        const double number = field->text().trimmed().toDouble(&isRead);
        return field->text().trimmed().isEmpty() || (isRead && number >= least);
    };
    if (!isWhole(m_least) || !isWhole(m_most)) {
        return tr("Minimum and maximum are whole numbers from 1");
    }
    if (!isNumber(m_down, 0)) {
        return tr("The time is a number of seconds");
    }
    for (const auto& [name, field] : m_targets) {
        if (!isNumber(field, 1e-9)) {
            return tr("A target is a number greater than 0");
        }
    }
    return {};
}

client::ScalingQuestion SimulateSheet::question() const
{
    client::ScalingQuestion question;
    question.policy = m_policy.name;
    question.end = m_clock.now();
    question.start = *question.end - absl::Minutes(m_span->currentData().toInt());
    const auto text = [](const QLineEdit* field) { return field->text().trimmed(); };
    if (!text(m_least).isEmpty()) {
        question.overrides.least = text(m_least).toInt();
    }
    if (!text(m_most).isEmpty()) {
        question.overrides.most = text(m_most).toInt();
    }
    if (!text(m_down).isEmpty()) {
        question.overrides.downStabilisation = absl::Seconds(text(m_down).toDouble());
    }
    for (const auto& [name, field] : m_targets) {
        if (!text(field).isEmpty()) {
            question.overrides.targets[name] = text(field).toDouble();
        }
    }
    return question;
}

QString SimulateSheet::ctlText() const
{
    QStringList words{
        QStringLiteral("scaling"),
        QStringLiteral("simulate"),
        QString::fromStdString(m_policy.name),
        QStringLiteral("--start"),
        QString::fromLatin1(kSpans[m_span->currentIndex()].words)};
    const auto add = [&](const QString& flag, const QLineEdit* field, const QString& form) {
        const QString text = field->text().trimmed();
        if (!text.isEmpty()) {
            words << flag << form.arg(text);
        }
    };
    add(QStringLiteral("--min"), m_least, QStringLiteral("%1"));
    add(QStringLiteral("--max"), m_most, QStringLiteral("%1"));
    add(QStringLiteral("--down-stabilisation"), m_down, QStringLiteral("%1s"));
    for (const auto& [name, field] : m_targets) {
        add(QStringLiteral("--target"),
            field,
            QString::fromStdString(name) + QStringLiteral("=%1"));
    }
    return ctlLine(words);
}

void SimulateSheet::refresh()
{
    const QString why = lacking();
    m_run->setEnabled(why.isEmpty() && m_call == nullptr);
    m_run->setToolTip(why);
    m_command->setCommand(ctlText());
}

void SimulateSheet::confirm()
{
    if (!m_run->isEnabled() || !m_session) {
        return;
    }
    m_problem->setMessage(Severity::Error, {});
    m_call = m_session->scaling().simulatePolicy(
        question(),
        onGuiThread<client::ScalingSimulation>(
            this, [this](absl::StatusOr<client::ScalingSimulation> answer) { onAnswer(answer); }));
    refresh();
}

void SimulateSheet::onAnswer(const absl::StatusOr<client::ScalingSimulation>& answer)
{
    m_call.reset();
    refresh();
    m_summary->setVisible(answer.ok());
    m_changes->setVisible(answer.ok());
    if (!answer.ok()) {
        m_problem->setMessage(Severity::Error, QString::fromStdString(describe(answer.status())));
        return;
    }
    m_summary->setText(simulationText(answer->simulation));
    m_changes->setRows(simulatedRows(answer->simulation, m_clock.now(), m_settings.timeDisplay()));
    m_changes->setState(
        answer->simulation.changes.empty()
            ? DataState{DataState::Kind::Empty, tr("It would have changed nothing."), {}, {}}
            : DataState::live());
}

} // namespace pilothouse::ui
