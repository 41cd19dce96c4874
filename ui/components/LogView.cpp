// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/LogView.h"

#include "ui/components/Button.h"
#include "ui/components/Format.h"
#include "ui/components/LogHighlighter.h"
#include "ui/components/SearchField.h"
#include "ui/components/TextLabel.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QScrollBar>

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Lines written in one turn of the event loop: some milliseconds.
constexpr std::uint64_t kSlice = 500;

QString wordOf(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return QStringLiteral("DEBUG");
    case LogLevel::Info:
        return QStringLiteral("INFO");
    case LogLevel::Warning:
        return QStringLiteral("WARNING");
    case LogLevel::Error:
        break;
    }
    return QStringLiteral("ERROR");
}

} // namespace

LogView::LogView(const Theme& theme, const QString& name, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_view(new QPlainTextEdit(this)),
      m_states(new StateView(theme, m_view, this)),
      m_search(new SearchField(theme, tr("Find in %1").arg(name), this)),
      m_count(new TextLabel(theme, TypeRole::Label, {}, this)),
      m_levels(new QComboBox(this)),
      m_follow(Button::iconOnly(theme, tr("Follow the end"), QStringLiteral("arrow-down"), this)),
      m_wrap(Button::iconOnly(theme, tr("Wrap long lines"), QStringLiteral("text"), this)),
      m_copy(Button::iconOnly(
          theme, tr("Copy the selection or all lines"), QStringLiteral("copy"), this))
{
    build(name);
    new LogHighlighter(theme, m_view->document()); // the document owns it
    m_write.setSingleShot(true);
    m_write.setInterval(0);
    connect(&m_write, &QTimer::timeout, this, &LogView::writeSlice);
    connect(m_search, &SearchField::searched, this, [this](const QString& text) {
        // Enter was quicker than the pause after typing.
        if (text != m_found) {
            showMatches(text);
            find(text);
        }
    });
    connect(m_levels, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_level = static_cast<LogLevel>(index);
        rewrite();
    });
    connect(m_follow, &QAbstractButton::toggled, this, [this](bool on) {
        if (on) {
            m_view->verticalScrollBar()->setValue(m_view->verticalScrollBar()->maximum());
        }
    });
    connect(m_wrap, &QAbstractButton::toggled, this, [this](bool on) {
        m_view->setLineWrapMode(on ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
    });
    connect(m_copy, &QAbstractButton::clicked, this, &LogView::copy);
    // Whoever scrolls up wants to read; at the end again it follows again.
    connect(m_view->verticalScrollBar(), &QAbstractSlider::actionTriggered, this, [this] {
        const QScrollBar* bar = m_view->verticalScrollBar();
        m_follow->setChecked(bar->sliderPosition() >= bar->maximum());
    });
    connect(m_states, &StateView::actionTriggered, this, [this] {
        if (m_states->state().kind == DataState::Kind::FilteredEmpty) {
            setLevel(LogLevel::Debug);
        } else {
            Q_EMIT actionTriggered();
        }
    });
    connect(&theme, &Theme::changed, this, &LogView::restyle);
    restyle();
    refreshState();
}

void LogView::build(const QString& name)
{
    m_levels->addItems(
        {tr("All levels"), tr("Info and worse"), tr("Warnings and worse"), tr("Errors")});
    m_levels->setAccessibleName(tr("Level shown"));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_wrap->setCheckable(true);
    m_view->setReadOnly(true);
    m_view->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_view->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_view->setMaximumBlockCount(static_cast<int>(LogBuffer::kMost));
    m_view->setUndoRedoEnabled(false);
    m_view->setTabChangesFocus(true);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setAccessibleName(name);
    m_view->installEventFilter(this);
    m_search->installEventFilter(this);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(m_theme.px(space::kS));
    bar->addWidget(m_search, 1);
    bar->addWidget(m_count);
    bar->addWidget(m_levels);
    bar->addWidget(m_follow);
    bar->addWidget(m_wrap);
    bar->addWidget(m_copy);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(m_theme.px(space::kS));
    layout->addLayout(bar);
    layout->addWidget(m_states, 1);
}

void LogView::restyle()
{
    m_view->setFont(m_theme.font(TypeRole::Mono));
    rewrite();
}

void LogView::add(std::vector<LogLine> lines)
{
    for (LogLine& line : lines) {
        m_buffer.add(std::move(line));
    }
    m_write.start();
    refreshState();
}

void LogView::clear()
{
    m_buffer.clear();
    rewrite();
}

void LogView::rewrite()
{
    m_view->clear();
    m_written = 0;
    m_next = m_buffer.first();
    m_write.start();
    refreshState();
}

void LogView::writeSlice()
{
    // What left the buffer before it was written is gone.
    m_next = std::max(m_next, m_buffer.first());
    const std::uint64_t end = std::min(m_buffer.end(), m_next + kSlice);
    QStringList lines;
    for (; m_next < end; ++m_next) {
        if (isShown(m_buffer.line(m_next))) {
            lines << lineText(m_buffer.line(m_next));
        }
    }
    if (!lines.isEmpty()) {
        QScrollBar* bar = m_view->verticalScrollBar();
        const int before = bar->value();
        m_view->appendPlainText(lines.join(QLatin1Char('\n')));
        m_written += static_cast<std::size_t>(lines.size());
        bar->setValue(m_follow->isChecked() ? bar->maximum() : before);
    }
    if (m_next < m_buffer.end()) {
        m_write.start();
    }
    refreshState();
}

QString LogView::lineText(const LogLine& line) const
{
    const std::int64_t ms = absl::ToUnixMillis(line.time);
    return QStringLiteral("%1.%2 %3 %4")
        .arg(formatClock(ms, m_isUtc))
        .arg((ms % 1000 + 1000) % 1000, 3, 10, QLatin1Char('0'))
        .arg(wordOf(line.level), -LogHighlighter::kLevelWidth)
        .arg(line.text);
}

void LogView::refreshState()
{
    DataState state = m_given;
    if (state.kind == DataState::Kind::Live && m_buffer.isEmpty()) {
        state = {DataState::Kind::Empty, tr("Nothing was logged yet."), {}, {}};
    } else if (state.kind == DataState::Kind::Live && m_written == 0 && isSettled()) {
        state = {
            DataState::Kind::FilteredEmpty,
            tr("No line is of this level."),
            {},
            tr("Show all levels")};
    }
    m_states->setState(state);
    const auto shown = static_cast<qint64>(std::min(m_written, LogBuffer::kMost));
    if (m_search->text().isEmpty()) {
        m_count->setText(
            m_buffer.first() > 0 ? tr("newest %1 lines").arg(formatCount(shown))
                                 : tr("%1 lines").arg(formatCount(shown)));
    }
}

void LogView::showMatches(const QString& text)
{
    if (text.isEmpty()) {
        refreshState();
        return;
    }
    qint64 found = 0;
    for (std::uint64_t number = m_buffer.first(); number < m_buffer.end(); ++number) {
        const LogLine& line = m_buffer.line(number);
        found += isShown(line) && line.text.contains(text, Qt::CaseInsensitive) ? 1 : 0;
    }
    m_count->setText(
        found == 0 ? tr("not found") : tr("found in %1 lines").arg(formatCount(found)));
}

bool LogView::find(const QString& text, bool backward)
{
    m_found = text;
    if (text.isEmpty()) {
        return false;
    }
    const QTextDocument::FindFlags flags =
        backward ? QTextDocument::FindBackward : QTextDocument::FindFlags();
    bool found = m_view->find(text, flags);
    if (!found) {
        m_view->moveCursor(backward ? QTextCursor::End : QTextCursor::Start);
        found = m_view->find(text, flags);
    }
    if (found) {
        m_follow->setChecked(false);
    }
    return found;
}

void LogView::setState(const DataState& state)
{
    m_given = state;
    refreshState();
}

void LogView::setLevel(LogLevel leastBad)
{
    m_levels->setCurrentIndex(static_cast<int>(leastBad));
}

void LogView::setFollowing(bool following)
{
    m_follow->setChecked(following);
}

bool LogView::isFollowing() const
{
    return m_follow->isChecked();
}

void LogView::setWrapped(bool wrapped)
{
    m_wrap->setChecked(wrapped);
}

bool LogView::isWrapped() const
{
    return m_wrap->isChecked();
}

void LogView::setUtc(bool utc)
{
    if (utc != m_isUtc) {
        m_isUtc = utc;
        rewrite();
    }
}

QString LogView::text() const
{
    const QTextCursor cursor = m_view->textCursor();
    if (!cursor.hasSelection()) {
        return m_view->toPlainText();
    }
    QString selected = cursor.selectedText();
    return selected.replace(QChar::ParagraphSeparator, QLatin1Char('\n'));
}

void LogView::copy() const
{
    QGuiApplication::clipboard()->setText(text());
}

void LogView::focusFilter()
{
    m_search->setFocus();
    m_search->selectAll();
}

bool LogView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress) {
        return QWidget::eventFilter(watched, event);
    }
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (watched == m_search && isEnter && !m_search->text().isEmpty()) {
        showMatches(m_search->text());
        find(m_search->text(), key->modifiers().testFlag(Qt::ShiftModifier));
        return true;
    }
    if (watched == m_view && key->key() == Qt::Key_End) {
        m_follow->setChecked(true);
    } else if (
        watched == m_view &&
        (key->key() == Qt::Key_Up || key->key() == Qt::Key_PageUp || key->key() == Qt::Key_Home)) {
        m_follow->setChecked(false);
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace pilothouse::ui
