// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/NarrowColumns.h"
#include "ui/jobs/SchedulesViewModel.h"
#include "ui/shell/Page.h"

#include <QTimer>

namespace pilothouse::ui {

class DataTable;

/// The table of schedules.
class SchedulesTab : public QWidget
{
    Q_OBJECT

public:
    SchedulesTab(const PageContext& context, SchedulesViewModel& model, QWidget* parent = nullptr);

    DataTable& table() { return *m_table; }
    /// Selects it, when it comes if it is not there yet.
    void select(const QString& name);
    void setStaleNote(const QString& note);

Q_SIGNALS:
    void addRequested();
    void editRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();

    PageContext m_context;
    SchedulesViewModel& m_model;
    DataTable* m_table;
    NarrowColumns m_narrow;
    QString m_wanted;
    /// "in 4 m" goes on without a word from the server.
    QTimer m_tick;
};

} // namespace pilothouse::ui
