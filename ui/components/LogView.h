// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/LogBuffer.h"
#include "ui/components/StateView.h"
#include "ui/theme/Theme.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QPlainTextEdit;

namespace pilothouse::ui {

class Button;
class SearchField;
class TextLabel;

/// The newest 10 000 lines of a log: follows the end until the operator scrolls up, shows only a
/// level and worse, finds text, wraps, copies. A burst costs no frame: lines are written in slices,
/// one a turn of the event loop.
class LogView : public QWidget
{
    Q_OBJECT

public:
    LogView(const Theme& theme, const QString& name, QWidget* parent = nullptr);

    void add(std::vector<LogLine> lines);
    void clear();
    /// Loading, error and the like; live until told.
    void setState(const DataState& state);

    void setLevel(LogLevel leastBad);
    void setFollowing(bool following);
    bool isFollowing() const;
    void setWrapped(bool wrapped);
    bool isWrapped() const;
    /// Times in UTC or local time.
    void setUtc(bool utc);
    /// Finds the next line that contains it, or the one before; wraps around. False: there is none.
    bool find(const QString& text, bool backward = false);
    /// The selected text, or all lines that are shown.
    QString text() const;
    void copy() const;
    void focusFilter();

    const LogBuffer& buffer() const { return m_buffer; }
    QPlainTextEdit& view() { return *m_view; }
    /// Nothing waits to be written.
    bool isSettled() const { return m_next == m_buffer.end(); }

Q_SIGNALS:
    /// The action of the state ("Retry").
    void actionTriggered();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build(const QString& name);
    void restyle();
    void rewrite();
    void writeSlice();
    void refreshState();
    void showMatches(const QString& text);
    QString lineText(const LogLine& line) const;
    bool isShown(const LogLine& line) const { return line.level >= m_level; }

    const Theme& m_theme;
    LogBuffer m_buffer;
    LogLevel m_level = LogLevel::Debug;
    bool m_isUtc = true;
    /// The first line that is not written yet.
    std::uint64_t m_next = 0;
    std::size_t m_written = 0;
    QString m_found;
    DataState m_given = DataState::live();
    QPlainTextEdit* m_view;
    StateView* m_states;
    SearchField* m_search;
    TextLabel* m_count;
    QComboBox* m_levels;
    Button* m_follow;
    Button* m_wrap;
    Button* m_copy;
    QTimer m_write;
};

} // namespace pilothouse::ui
