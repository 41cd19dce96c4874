// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/AccessPart.h"

#include "ui/components/DataTable.h"
#include "ui/shell/CommandRegistry.h"

#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kTimesEveryMs = 15000;
/// Rows that are made and put into the table at once.
constexpr std::size_t kSliceOfRows = 250;

} // namespace

AccessPart::AccessPart(const AccessContext& context, Look look, QWidget* parent)
    : QWidget(parent),
      m_context(context),
      m_look(std::move(look)),
      m_table(new DataTable(
          context.page.theme, m_look.name, m_look.columns, DataTable::Chrome::Full, this)),
      m_pane(new RecordPane(context.page, m_look.paneCommands, this)),
      m_narrow(*m_table, m_look.narrowOrder, m_look.narrowWidth)
{
    m_pane->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
    connect(m_table, &DataTable::selectionChanged, this, [this] {
        showRecord();
        Q_EMIT selectionChanged();
    });
    // "4 m ago" goes on without a word from the server.
    m_tick.setInterval(kTimesEveryMs);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (isVisible()) {
            refresh();
        }
    });
    m_tick.start();
    m_nextSlice.setSingleShot(true);
    connect(&m_nextSlice, &QTimer::timeout, this, &AccessPart::showSlice);
    connect(m_table, &DataTable::actionTriggered, this, [this] { m_context.model.refresh(); });
}

QString AccessPart::selected() const
{
    const QStringList keys = m_table->selectedKeys();
    return keys.size() == 1 ? keys.front() : QString();
}

void AccessPart::select(const QString& key)
{
    m_wanted = key;
    const auto& rows = m_table->model().rows();
    if (std::ranges::find(rows, key, &TableRow::key) != rows.end()) {
        m_table->select(std::exchange(m_wanted, QString()));
    }
}

void AccessPart::showRows(
    std::size_t count, std::function<TableRow(std::size_t)> makeRow, const DataState& state)
{
    m_makeRow = std::move(makeRow);
    m_rowCount = count;
    m_rowsMade = 0;
    m_keysMade.clear();
    m_nextSlice.stop();
    if (count > kSliceOfRows) {
        showSlice();
    } else {
        std::vector<TableRow> rows;
        for (std::size_t at = 0; at < count; ++at) {
            rows.push_back(m_makeRow(at));
        }
        m_table->setRows(std::move(rows));
        onRowsShown();
    }
    m_table->setState(state);
}

void AccessPart::showSlice()
{
    std::vector<TableRow> rows;
    const std::size_t end = std::min(m_rowCount, m_rowsMade + kSliceOfRows);
    for (; m_rowsMade < end; ++m_rowsMade) {
        rows.push_back(m_makeRow(m_rowsMade));
        m_keysMade.insert(rows.back().key);
    }
    m_table->updateRows(std::move(rows));
    if (m_rowsMade < m_rowCount) {
        m_nextSlice.start(0);
        return;
    }
    QStringList gone;
    for (const TableRow& row : m_table->model().rows()) {
        if (!m_keysMade.contains(row.key)) {
            gone << row.key;
        }
    }
    if (!gone.isEmpty()) {
        m_table->removeRows(gone);
    }
    onRowsShown();
}

void AccessPart::onRowsShown()
{
    if (!m_wanted.isEmpty()) {
        select(m_wanted);
    }
    showRecord();
    Q_EMIT selectionChanged();
}

void AccessPart::showRecord()
{
    const auto found = record(selected());
    m_hasRecord = found.has_value();
    if (found) {
        m_pane->setRecord(*found);
    }
}

void AccessPart::tell(Severity severity, const QString& text, const QString& detail)
{
    ToastMessage message;
    message.severity = severity;
    message.text = text;
    message.detail = detail;
    Q_EMIT toastRequested(message);
}

QString AccessPart::commonReason(const QString& nothingSelected) const
{
    QString unusable = session().unusableReason();
    if (!unusable.isEmpty()) {
        return unusable;
    }
    if (m_context.actions.phase() != PlannedActions::Phase::Idle) {
        return tr("Another action is under way");
    }
    return nothingSelected.isEmpty() || (isVisible() && m_hasRecord) ? QString() : nothingSelected;
}

Command AccessPart::verb(
    const QString& id,
    const QString& title,
    const QString& icon,
    const QString& permission,
    std::function<QString()> disabledReason,
    std::function<void()> run)
{
    Command command;
    command.id = id;
    command.title = title;
    command.icon = icon;
    command.section = CommandRegistry::tr("Actions");
    command.permission = permission;
    command.disabledReason = std::move(disabledReason);
    command.run = std::move(run);
    return command;
}

void AccessPart::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_narrow.fit(width());
}

} // namespace pilothouse::ui
