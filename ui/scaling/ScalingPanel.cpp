// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scaling/ScalingPanel.h"

#include "ui/components/DataTable.h"
#include "ui/scaling/ScalingChart.h"
#include "ui/scaling/ScalingCommands.h"
#include "ui/scaling/ScalingInspector.h"
#include "ui/scaling/ScalingText.h"
#include "ui/scaling/SimulateSheet.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/CtlLine.h"
#include "ui/shell/WhenText.h"

#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace pilothouse::ui {

namespace {

/// Of the columns that stay; the sum needs room to be read.
constexpr int kWidthOfName = 700;
constexpr int kTableShare = 3;
constexpr int kChartShare = 4;

} // namespace

ScalingPanel::ScalingPanel(const PageContext& context, PlannedActions& actions, QWidget* parent)
    : QWidget(parent),
      m_context(context),
      m_actions(actions),
      m_model(context.session.scaling()),
      m_table(new DataTable(
          context.theme,
          tr("Autoscaling policies"),
          policyColumns(),
          DataTable::Chrome::Full,
          this)),
      m_chart(new ScalingChart(context.theme, context.session.metrics(), context.clock, this)),
      m_inspector(new ScalingInspector(context, m_model, this))
{
    build();
    bind();
    showNow();
}

ScalingPanel::~ScalingPanel() = default;

void ScalingPanel::build()
{
    m_table->sortBy(QStringLiteral("policy"), Qt::AscendingOrder);
    m_narrow = std::make_unique<NarrowColumns>(
        *m_table,
        QStringList{QStringLiteral("bounds"), QStringLiteral("mode"), QStringLiteral("looked")},
        kWidthOfName);
    m_chart->hide();
    m_inspector->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(m_context.theme.px(space::kM));
    column->addWidget(m_table, kTableShare);
    column->addWidget(m_chart, kChartShare);
}

void ScalingPanel::bind()
{
    connect(m_table, &DataTable::selectionChanged, this, [this] {
        const QStringList keys = m_table->selectedKeys();
        if (keys.size() == 1) {
            choose(keys.front());
        }
    });
    connect(m_table, &DataTable::actionTriggered, this, &ScalingPanel::refresh);
    connect(&m_model, &ScalingViewModel::changed, this, &ScalingPanel::showNow);
    connect(
        &m_model, &ScalingViewModel::historyChanged, m_inspector, &ScalingInspector::showHistory);
    connect(&m_context.settings, &Settings::changed, this, &ScalingPanel::showNow);
}

QWidget* ScalingPanel::inspector() const
{
    return m_inspector;
}

void ScalingPanel::setShown(bool shown)
{
    shown ? m_model.open() : m_model.close();
    m_chart->setShown(shown);
    if (shown) {
        showFreshness();
        showNow();
    }
}

void ScalingPanel::refresh()
{
    m_model.refresh();
    m_chart->refresh();
}

void ScalingPanel::showFreshness()
{
    const QString note = staleNote(m_context.session, m_context.settings.timeDisplay());
    m_table->setStaleNote(note);
    m_chart->setStaleNote(note);
}

void ScalingPanel::showNow()
{
    const absl::Time now = m_context.clock.now();
    std::vector<TableRow> rows;
    for (const scaling::PolicyState& state : m_model.policies()) {
        rows.push_back(policyRow(state, now, m_context.settings.timeDisplay()));
    }
    m_table->setRows(std::move(rows));
    m_table->setState(m_model.state());
    if (!m_wanted.isEmpty() && m_model.find(m_wanted) != nullptr) {
        m_table->select(std::exchange(m_wanted, QString()));
    }
    if (const scaling::PolicyState* state = policy()) {
        m_inspector->setPolicy(*state);
        m_chart->setPolicy(state->policy);
    }
    m_inspector->showHistory();
    m_chart->setVisible(policy() != nullptr);
    Q_EMIT changed();
}

void ScalingPanel::choose(const QString& policy)
{
    if (policy == m_model.chosen()) {
        return;
    }
    m_model.choose(policy);
    showNow();
    Q_EMIT chosenChanged();
}

void ScalingPanel::open(const QString& policy)
{
    m_wanted = policy;
    showNow();
}

bool ScalingPanel::hasDetails() const
{
    return policy() != nullptr;
}

int ScalingPanel::problemCount() const
{
    return static_cast<int>(
        std::ranges::count_if(m_model.policies(), [](const scaling::PolicyState& state) {
            return severityOf(state) == Severity::Error;
        }));
}

void ScalingPanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_narrow->fit(width());
}

QString ScalingPanel::reason(const std::function<QString(const scaling::PolicyState&)>& lacks) const
{
    QString unusable = m_context.session.unusableReason();
    if (!unusable.isEmpty()) {
        return unusable;
    }
    if (m_actions.phase() != PlannedActions::Phase::Idle) {
        return tr("Another action is under way");
    }
    const scaling::PolicyState* state = isVisible() ? policy() : nullptr;
    return state == nullptr ? tr("No policy is selected") : lacks(*state);
}

std::vector<Command> ScalingPanel::commands()
{
    const auto verb = [this](
                          const QString& id,
                          const QString& title,
                          const QString& icon,
                          const QString& permission,
                          std::function<QString(const scaling::PolicyState&)> lacks,
                          std::function<void()> run) {
        Command command;
        command.id = id;
        command.title = title;
        command.icon = icon;
        command.section = CommandRegistry::tr("Actions");
        command.permission = permission;
        command.disabledReason = [this, lacks = std::move(lacks)] { return reason(lacks); };
        command.run = std::move(run);
        return command;
    };
    const QString operate = QStringLiteral("scaling.operate");
    return {
        verb(
            scalingcommand::kPause,
            tr("Pause autoscaling…"),
            QStringLiteral("pause"),
            operate,
            [](const scaling::PolicyState& state) {
                return state.policy.mode != scaling::Mode::Act
                           ? tr("The policy only recommends: there is nothing to hold up")
                       : state.pause ? tr("The policy is paused already")
                                     : QString();
            },
            [this] { setPaused(true); }),
        verb(
            scalingcommand::kResume,
            tr("Resume autoscaling…"),
            QStringLiteral("play"),
            operate,
            [](const scaling::PolicyState& state) {
                return state.pause ? QString() : tr("The policy is not paused");
            },
            [this] { setPaused(false); }),
        verb(
            scalingcommand::kSimulate,
            tr("Simulate…"),
            QStringLiteral("chart-line"),
            QStringLiteral("scaling.view"),
            [](const scaling::PolicyState&) { return QString(); },
            [this] { simulate(); })};
}

void ScalingPanel::setPaused(bool isPaused)
{
    const std::string name = policy()->policy.name;
    const QString shown = QString::fromStdString(name);
    PlannedStep step;
    step.look = {
        isPaused ? tr("Pause autoscaling") : tr("Resume autoscaling"),
        isPaused ? QStringLiteral("pause") : QStringLiteral("play"),
        ctlLine(
            {QStringLiteral("scaling"),
             isPaused ? QStringLiteral("pause") : QStringLiteral("resume"),
             shown}),
        /*isDanger=*/false};
    step.doneText =
        (isPaused ? tr("%1 is not scaled any more") : tr("%1 is scaled again")).arg(shown);
    step.ask = [&client = m_context.session.scaling(), name, isPaused](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return isPaused ? client.pausePolicy(name, request, std::move(onDone))
                        : client.resumePolicy(name, request, std::move(onDone));
    };
    m_actions.start(std::move(step));
}

void ScalingPanel::simulate()
{
    Q_EMIT sheetRequested(new SimulateSheet(
        m_context.theme, m_context.session, m_context.settings, m_context.clock, policy()->policy));
}

} // namespace pilothouse::ui
