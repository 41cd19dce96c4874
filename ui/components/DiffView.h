// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/StateView.h"
#include "ui/theme/Theme.h"

#include <QWidget>

class QTableView;

namespace pilothouse::ui {

class Button;
class DiffModel;
class TextLabel;

/// Before and after, line by line beside each other: what changed by sign, fill and underline.
/// Alt+Down and Alt+Up go from change to change; unchanged stretches are folded until asked for;
/// Ctrl+C copies the comparison as a patch.
class DiffView : public QWidget
{
    Q_OBJECT

public:
    DiffView(const Theme& theme, const QString& name, QWidget* parent = nullptr);

    void setTexts(const QString& before, const QString& after);
    void setState(const DataState& state);
    /// To the next (1) or previous (-1) change; false at the end.
    bool moveToChange(int step);
    void setFolded(bool folded);
    /// "3 changes (lines: 2 changed, 1 added, 4 removed)"; "No difference".
    QString summary() const;

    const DiffModel& model() const { return *m_model; }
    QTableView& view() { return *m_view; }

Q_SIGNALS:
    void actionTriggered();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build(const QString& name);
    void restyle();
    void refresh();

    const Theme& m_theme;
    DiffModel* m_model;
    QTableView* m_view;
    StateView* m_states;
    DataState m_given = DataState::live();
    TextLabel* m_summary;
    Button* m_previous;
    Button* m_next;
    Button* m_fold;
    Button* m_copy;
};

} // namespace pilothouse::ui
