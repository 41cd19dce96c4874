// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/TimeWindow.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/PaletteModel.h"
#include "ui/theme/Theme.h"

#include <QFrame>
#include <QPointer>

class QLineEdit;
class QListView;

namespace pilothouse::ui {

class TextLabel;

/// One field that finds every command and place (Ctrl+K). `>` only actions, `:` a time range
/// (":1h"), `?` help. What cannot run is shown with the reason. Enter runs, Esc leaves and gives
/// the focus back.
class CommandPalette : public QFrame
{
    Q_OBJECT

public:
    CommandPalette(
        const Theme& theme,
        CommandRegistry& commands,
        TimeWindow& time,
        Settings& settings,
        QWidget& window);

    void open(const QString& text = {});
    void close();
    /// Entries besides the commands (pages' objects); asked when it opens.
    void setMoreEntries(std::function<std::vector<PaletteEntry>()> source);

    QLineEdit* field() const { return m_field; }
    const PaletteModel& model() const { return *m_model; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void fill();
    void search(const QString& text);
    void showTimeRanges(const QString& text);
    void showHelp();
    void runCurrent();
    void place();
    /// Height that shows all results, counted up to `most`.
    int wantedHeight(int most) const;
    void moveBy(int rows);

    const Theme& m_theme;
    CommandRegistry& m_commands;
    TimeWindow& m_time;
    Settings& m_settings;
    QWidget& m_window;
    std::function<std::vector<PaletteEntry>()> m_more;
    QPointer<QWidget> m_focusBefore;
    QLineEdit* m_field;
    QListView* m_list;
    TextLabel* m_empty;
    PaletteModel* m_model;
};

} // namespace pilothouse::ui
