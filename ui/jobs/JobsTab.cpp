// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/JobsTab.h"

#include "shared/client/JobsClient.h"
#include "ui/components/DataTable.h"
#include "ui/components/TextLabel.h"
#include "ui/jobs/JobText.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kJobsTabNameWidth = 200;
/// Rows whose times are brought up to date in a second.
constexpr std::size_t kSlice = 200;

} // namespace

JobsTab::JobsTab(const PageContext& context, JobsViewModel& model, QWidget* parent)
    : QWidget(parent),
      m_context(context),
      m_model(model),
      m_show(new QComboBox(this)),
      m_kind(new QComboBox(this)),
      m_table(
          new DataTable(context.theme, tr("Jobs"), jobColumns(), DataTable::Chrome::Full, this)),
      m_narrow(
          *m_table,
          {QStringLiteral("id"),
           QStringLiteral("target"),
           QStringLiteral("type"),
           QStringLiteral("by"),
           QStringLiteral("duration"),
           QStringLiteral("eta"),
           QStringLiteral("created"),
           QStringLiteral("progress"),
           QStringLiteral("state")},
          kJobsTabNameWidth)
{
    build();
    connect(&model, &JobsViewModel::reset, this, &JobsTab::showAll);
    connect(&model, &JobsViewModel::jobsChanged, this, &JobsTab::showSome);
    connect(
        &model, &JobsViewModel::moreChanged, this, [this] { m_table->setMore(m_model.hasMore()); });
    connect(&model, &JobsViewModel::kindsChanged, this, &JobsTab::showKinds);
    connect(
        &model, &JobsViewModel::stateChanged, this, [this] { m_table->setState(m_model.state()); });
    connect(&context.settings, &Settings::changed, this, &JobsTab::showAll);
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (isVisible()) {
            showTimes();
        }
    });
    m_tick.start();
    showKinds();
    m_table->setState(model.state());
}

void JobsTab::build()
{
    const Theme& theme = m_context.theme;
    m_show->setAccessibleName(tr("Which jobs"));
    m_show->addItem(tr("All jobs"), static_cast<int>(JobsViewModel::Show::All));
    m_show->addItem(tr("Open"), static_cast<int>(JobsViewModel::Show::Open));
    m_show->addItem(tr("Failed"), static_cast<int>(JobsViewModel::Show::Failed));
    m_show->addItem(tr("Ended"), static_cast<int>(JobsViewModel::Show::Ended));
    m_kind->setAccessibleName(tr("Type of job"));
    m_kind->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_kind->setMaximumWidth(theme.px(260));
    const auto ask = [this] {
        m_model.setFilter(
            static_cast<JobsViewModel::Show>(m_show->currentData().toInt()),
            m_kind->currentData().toString());
    };
    connect(m_show, &QComboBox::activated, this, ask);
    connect(m_kind, &QComboBox::activated, this, ask);
    m_table->addControl(m_show);
    m_table->addControl(m_kind);
    m_table->sortBy(QStringLiteral("created"), Qt::DescendingOrder);
    connect(m_table, &DataTable::selectionChanged, this, &JobsTab::selectionChanged);
    connect(m_table, &DataTable::moreWanted, &m_model, &JobsViewModel::loadMore);
    connect(m_table, &DataTable::actionTriggered, this, [this] {
        m_model.state().kind == DataState::Kind::Empty ? Q_EMIT runRequested() : m_model.refresh();
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
}

std::vector<TableRow> JobsTab::rowsOf(const QStringList& ids) const
{
    const absl::Time now = m_context.clock.now();
    std::vector<TableRow> rows;
    for (const QString& id : ids) {
        if (const jobs::Job* job = m_model.find(id)) {
            rows.push_back(jobRow(*job, now, m_context.settings.timeDisplay()));
        }
    }
    return rows;
}

void JobsTab::showAll()
{
    const absl::Time now = m_context.clock.now();
    std::vector<TableRow> rows;
    for (const jobs::Job* job : m_model.jobs()) {
        rows.push_back(jobRow(*job, now, m_context.settings.timeDisplay()));
    }
    m_table->setRows(std::move(rows));
    m_table->setState(m_model.state());
    followWanted();
}

void JobsTab::showSome(const QStringList& changed, const QStringList& removed)
{
    if (!removed.isEmpty()) {
        m_table->removeRows(removed);
    }
    if (!changed.isEmpty()) {
        m_table->updateRows(rowsOf(changed));
    }
    followWanted();
}

void JobsTab::showTimes()
{
    // Durations of what runs go on without a word from the server; "12 s ago" of the others, too,
    // a slice at a time.
    QStringList due = m_model.running();
    const auto& rows = m_table->model().rows();
    for (std::size_t count = 0; count < std::min(kSlice, rows.size()); ++count) {
        m_slice = (m_slice + 1) % rows.size();
        due << rows[m_slice].key;
    }
    if (!due.isEmpty()) {
        m_table->updateRows(rowsOf(due));
    }
}

void JobsTab::showKinds()
{
    const QString chosen = m_kind->currentData().toString();
    m_kind->clear();
    m_kind->addItem(tr("All types"), QString());
    for (const jobs::Kind& kind : m_model.kinds()) {
        m_kind->addItem(QString::fromStdString(kind.title), QString::fromStdString(kind.name));
    }
    m_kind->setCurrentIndex(std::max(0, m_kind->findData(chosen)));
}

QString JobsTab::selected() const
{
    const QStringList keys = m_table->selectedKeys();
    return keys.size() == 1 ? keys.front() : QString();
}

void JobsTab::select(const QString& id)
{
    m_wanted = id;
    followWanted();
}

void JobsTab::followWanted()
{
    if (!m_wanted.isEmpty() && m_model.find(m_wanted) != nullptr) {
        m_table->select(m_wanted);
        m_wanted.clear();
    }
}

void JobsTab::setStaleNote(const QString& note)
{
    m_table->setStaleNote(note);
}

void JobsTab::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_narrow.fit(width());
}

} // namespace pilothouse::ui
