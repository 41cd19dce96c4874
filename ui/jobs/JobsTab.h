// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/NarrowColumns.h"
#include "ui/components/TableModel.h"
#include "ui/jobs/JobsViewModel.h"
#include "ui/shell/Page.h"

#include <QTimer>
#include <QWidget>

class QComboBox;

namespace pilothouse::ui {

class DataTable;

/// The table of jobs with what the server filters by.
class JobsTab : public QWidget
{
    Q_OBJECT

public:
    JobsTab(const PageContext& context, JobsViewModel& model, QWidget* parent = nullptr);

    DataTable& table() { return *m_table; }
    /// The selected job, or empty.
    QString selected() const;
    /// Selects it, when it comes if it is not there yet.
    void select(const QString& id);
    void setStaleNote(const QString& note);

Q_SIGNALS:
    void selectionChanged();
    /// The state's one action: run a job.
    void runRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void showAll();
    void showSome(const QStringList& changed, const QStringList& removed);
    void showKinds();
    void showTimes();
    void followWanted();
    std::vector<TableRow> rowsOf(const QStringList& ids) const;

    PageContext m_context;
    JobsViewModel& m_model;
    QComboBox* m_show;
    QComboBox* m_kind;
    DataTable* m_table;
    NarrowColumns m_narrow;
    QString m_wanted;
    std::size_t m_slice = 0;
    QTimer m_tick;
};

} // namespace pilothouse::ui
