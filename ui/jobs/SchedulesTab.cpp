// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/SchedulesTab.h"

#include "ui/components/DataTable.h"
#include "ui/jobs/ScheduleText.h"

#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kSchedulesTabNameWidth = 180;

} // namespace

SchedulesTab::SchedulesTab(const PageContext& context, SchedulesViewModel& model, QWidget* parent)
    : QWidget(parent),
      m_context(context),
      m_model(model),
      m_table(new DataTable(
          context.theme, tr("Schedules"), scheduleColumns(), DataTable::Chrome::Full, this)),
      m_narrow(
          *m_table,
          {QStringLiteral("by"),
           QStringLiteral("zone"),
           QStringLiteral("type"),
           QStringLiteral("last"),
           QStringLiteral("when"),
           QStringLiteral("next"),
           QStringLiteral("state")},
          kSchedulesTabNameWidth)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
    m_table->sortBy(QStringLiteral("schedule"), Qt::AscendingOrder);
    connect(&model, &SchedulesViewModel::changed, this, &SchedulesTab::refresh);
    connect(&context.settings, &Settings::changed, this, &SchedulesTab::refresh);
    connect(m_table, &DataTable::selectionChanged, this, [this] {
        const QStringList keys = m_table->selectedKeys();
        m_model.choose(keys.size() == 1 ? keys.front() : QString());
    });
    connect(m_table, &DataTable::activated, this, &SchedulesTab::editRequested);
    connect(m_table, &DataTable::actionTriggered, this, [this] {
        m_model.state().kind == DataState::Kind::Empty ? Q_EMIT addRequested() : m_model.refresh();
    });
    m_table->setState(model.state());
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (isVisible()) {
            refresh();
        }
    });
    m_tick.start();
}

void SchedulesTab::refresh()
{
    std::vector<TableRow> rows;
    for (const jobs::Schedule& schedule : m_model.schedules()) {
        rows.push_back(
            scheduleRow(schedule, m_context.clock.now(), m_context.settings.timeDisplay()));
    }
    m_table->setRows(std::move(rows));
    m_table->setState(m_model.state());
    if (!m_wanted.isEmpty() && m_model.find(m_wanted) != nullptr) {
        m_table->select(std::exchange(m_wanted, QString()));
    }
}

void SchedulesTab::select(const QString& name)
{
    m_wanted = name;
    refresh();
}

void SchedulesTab::setStaleNote(const QString& note)
{
    m_table->setStaleNote(note);
}

void SchedulesTab::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_narrow.fit(width());
}

} // namespace pilothouse::ui
