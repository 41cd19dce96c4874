// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/access/AccessViewModel.h"
#include "ui/access/RecordPane.h"
#include "ui/components/NarrowColumns.h"
#include "ui/components/TableModel.h"
#include "ui/plans/PlannedActions.h"
#include "ui/shell/Page.h"

#include <QSet>
#include <QTimer>

#include <functional>
#include <optional>

namespace pilothouse::ui {

class DataTable;

/// What the parts of the access page share; it outlives them.
struct AccessContext
{
    PageContext page;
    AccessViewModel& model;
    PlannedActions& actions;
};

/// One tab of the access page: a table, an inspector for what is selected, and the verbs on it.
class AccessPart : public QWidget
{
    Q_OBJECT

public:
    struct Look
    {
        /// What a screen reader calls the table.
        QString name;
        std::vector<TableColumn> columns;
        /// Columns that go when there is no room, the first first, and what the others need.
        QStringList narrowOrder;
        int narrowWidth = 160;
        /// The verbs of the inspector.
        QStringList paneCommands;
        /// The verb beside the tabs; empty for none.
        QString headCommand;
    };

    AccessPart(const AccessContext& context, Look look, QWidget* parent);

    virtual std::vector<Command> commands() = 0;

    /// Key of the selected row, or empty.
    QString selected() const;
    /// Selects it, when it comes if it is not there yet.
    void select(const QString& key);
    DataTable& table() { return *m_table; }
    RecordPane& pane() { return *m_pane; }
    const QString& headCommand() const { return m_look.headCommand; }
    /// Whether something is selected that the inspector shows.
    bool hasRecord() const { return m_hasRecord; }

Q_SIGNALS:
    void selectionChanged();
    void sheetRequested(pilothouse::ui::Sheet* sheet);
    void toastRequested(const pilothouse::ui::ToastMessage& message);

protected:
    /// Fills the table from the model.
    virtual void refresh() = 0;
    /// What the inspector says of a row; nothing for an unknown one.
    virtual std::optional<Record> record(const QString& key) const = 0;

    const AccessContext& context() const { return m_context; }
    AccessViewModel& model() const { return m_context.model; }
    Session& session() const { return m_context.page.session; }
    TimeDisplay display() const { return m_context.page.settings.timeDisplay(); }
    absl::Time now() const { return m_context.page.clock.now(); }

    /// Of `count` things, each made into a row by its place. What `makeRow` reads stays until the
    /// next call.
    void showRows(
        std::size_t count, std::function<TableRow(std::size_t)> makeRow, const DataState& state);
    void start(PlannedStep step) { m_context.actions.start(std::move(step)); }
    void tell(Severity severity, const QString& text, const QString& detail = {});
    /// Why a verb on the selected row cannot run for reasons that all share; empty when it can.
    QString commonReason(const QString& nothingSelected) const;
    static Command verb(
        const QString& id,
        const QString& title,
        const QString& icon,
        const QString& permission,
        std::function<QString()> disabledReason,
        std::function<void()> run);

    void resizeEvent(QResizeEvent* event) override;

private:
    /// A long list goes into the table over several turns of the event loop.
    void showSlice();
    void onRowsShown();
    void showRecord();

    AccessContext m_context;
    Look m_look;
    DataTable* m_table;
    RecordPane* m_pane;
    NarrowColumns m_narrow;
    QString m_wanted;
    QTimer m_tick;
    std::function<TableRow(std::size_t)> m_makeRow;
    std::size_t m_rowCount = 0;
    std::size_t m_rowsMade = 0;
    QSet<QString> m_keysMade;
    QTimer m_nextSlice;
    bool m_hasRecord = false;
};

} // namespace pilothouse::ui
