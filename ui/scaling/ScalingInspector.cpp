// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scaling/ScalingInspector.h"

#include "ui/components/DataTable.h"
#include "ui/components/FactList.h"
#include "ui/components/MessageBar.h"
#include "ui/components/PlainScroll.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"
#include "ui/scaling/ScalingCommands.h"
#include "ui/scaling/ScalingText.h"
#include "ui/shell/CommandGrid.h"
#include "ui/shell/WhenText.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

/// Rows of the history that are seen without scrolling.
constexpr int kHistoryHeight = 190;

} // namespace

ScalingInspector::ScalingInspector(
    const PageContext& context, ScalingViewModel& model, QWidget* parent)
    : QWidget(parent),
      m_context(context),
      m_model(model),
      m_title(new TextLabel(context.theme, TypeRole::H2, {}, this)),
      m_subtitle(new TextLabel(context.theme, TypeRole::Label, {}, this)),
      m_chip(new StatusChip(context.theme, Severity::Unknown, this)),
      m_note(new MessageBar(context.theme, Severity::Error, {}, this)),
      m_numbers(new TextLabel(context.theme, TypeRole::H2, {}, this)),
      m_why(new TextLabel(context.theme, TypeRole::Body, {}, this)),
      m_facts(new FactList(context.theme)),
      m_history(new DataTable(
          context.theme, tr("Decisions"), decisionColumns(), DataTable::Chrome::Bare, this))
{
    build();
}

void ScalingInspector::build()
{
    const Theme& theme = m_context.theme;
    m_title->setElided(true);
    m_subtitle->setElided(true);
    m_why->setWordWrap(true);
    m_history->setMinimumHeight(theme.px(kHistoryHeight));
    m_history->sortBy(QStringLiteral("time"), Qt::DescendingOrder);
    connect(m_history, &DataTable::actionTriggered, &m_model, &ScalingViewModel::refresh);
    auto* body = new QWidget;
    auto* factColumn = new QVBoxLayout(body);
    factColumn->setContentsMargins(0, 0, 0, 0);
    factColumn->addWidget(m_facts);
    factColumn->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(space::kM));
    column->addWidget(m_title);
    column->addWidget(m_subtitle);
    column->addWidget(m_chip, 0, Qt::AlignLeft);
    column->addWidget(m_note);
    column->addWidget(m_numbers);
    column->addWidget(m_why);
    column->addWidget(m_history);
    column->addWidget(plainScroll(body, this), 1);
    column->addLayout(commandGrid(
        m_context,
        {scalingcommand::kPause, scalingcommand::kResume, scalingcommand::kSimulate},
        this));
}

void ScalingInspector::setPolicy(const scaling::PolicyState& state)
{
    const TimeDisplay display = m_context.settings.timeDisplay();
    const absl::Time now = m_context.clock.now();
    m_title->setText(QString::fromStdString(state.policy.title));
    const QString looked = state.last
                               ? tr("looked at %1").arg(whenText(state.last->time, now, display))
                               : tr("not looked at yet");
    m_subtitle->setText(
        (state.policy.mode == scaling::Mode::Act ? tr("acts, %1") : tr("recommends, %1"))
            .arg(looked));
    m_chip->setStatus(severityOf(state), wordOf(state));
    m_note->setMessage(
        state.problem.empty() ? Severity::Warning : Severity::Error, problemOf(state));
    const bool isDecided = state.last && state.last->isValid;
    m_numbers->setVisible(isDecided);
    m_why->setVisible(isDecided);
    if (isDecided) {
        m_numbers->setText(
            !state.last->isChange() && state.last->count.wanted == 1
                ? tr("1 instance")
                : tr("%1 instances").arg(changeText(*state.last)));
        m_why->setText(QString::fromStdString(state.last->text));
    }
    m_facts->setFacts(factsOf(state, now, display));
}

void ScalingInspector::showHistory()
{
    const absl::Time now = m_context.clock.now();
    std::vector<TableRow> rows;
    for (const scaling::Record& record : m_model.history()) {
        rows.push_back(decisionRow(record, now, m_context.settings.timeDisplay()));
    }
    m_history->setRows(std::move(rows));
    m_history->setState(m_model.historyState());
}

} // namespace pilothouse::ui
