// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/CommandPalette.h"

#include "ui/components/Format.h"
#include "ui/components/TextLabel.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/DeepLink.h"
#include "ui/shell/PaletteDelegate.h"
#include "ui/shell/TimePhrase.h"
#include "ui/shell/TimeRangeButton.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 440;
constexpr int kTop = 60;
constexpr int kMostRecent = 8;
const auto kRecent = QStringLiteral("palette-recent");

} // namespace

CommandPalette::CommandPalette(
    const Theme& theme,
    CommandRegistry& commands,
    TimeWindow& time,
    Settings& settings,
    QWidget& window)
    : QFrame(&window),
      m_theme(theme),
      m_commands(commands),
      m_time(time),
      m_settings(settings),
      m_window(window),
      m_field(new QLineEdit(this)),
      m_list(new QListView(this)),
      m_empty(new TextLabel(
          theme,
          TypeRole::Body,
          Color::TextSecondary,
          tr("Nothing matches. ? shows what can be typed."),
          this)),
      m_model(new PaletteModel(this))
{
    setAccessibleName(tr("Command palette"));
    m_field->setPlaceholderText(tr("Search or run a command; > actions, : time range, ? help"));
    m_field->setAccessibleName(tr("Search or run a command"));
    m_field->setClearButtonEnabled(true);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(theme, m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setAccessibleName(tr("Results"));
    m_list->viewport()->setAutoFillBackground(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kM, space::kM, space::kM, space::kM);
    layout->setSpacing(space::kS);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_empty, 1, Qt::AlignTop);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QAbstractItemView::clicked, this, [this](const QModelIndex& index) {
        m_list->setCurrentIndex(index);
        runCurrent();
    });
    m_field->installEventFilter(this);
    window.installEventFilter(this);
    hide();
}

void CommandPalette::setMoreEntries(std::function<std::vector<PaletteEntry>()> source)
{
    m_more = std::move(source);
}

void CommandPalette::open(const QString& text)
{
    if (!isVisible()) {
        m_focusBefore = QApplication::focusWidget();
    }
    fill();
    m_field->setText(text);
    search(text);
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::close()
{
    hide();
    if (m_focusBefore && m_focusBefore->isVisible()) {
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    }
}

void CommandPalette::fill()
{
    std::vector<PaletteEntry> entries;
    for (const QString& section : {tr("Actions"), tr("Go to"), tr("Settings")}) {
        for (const Command& command : m_commands.commands()) {
            if (command.section != section || command.id == command::kPalette) {
                continue;
            }
            entries.push_back(
                {command.section,
                 command.title,
                 m_commands.shortcut(command.id).toString(QKeySequence::NativeText),
                 command.icon,
                 m_commands.disabledReason(command),
                 command.id,
                 [this, id = command.id] { m_commands.run(id); }});
        }
    }
    if (m_more) {
        for (PaletteEntry& entry : m_more()) {
            entries.push_back(std::move(entry));
        }
    }
    m_model->setRecent(
        QString::fromUtf8(m_settings.layout(kRecent)).split(QLatin1Char('\n'), Qt::SkipEmptyParts));
    m_model->setEntries(std::move(entries));
}

void CommandPalette::search(const QString& text)
{
    if (text.startsWith(QLatin1Char(':'))) {
        showTimeRanges(text.mid(1).trimmed());
    } else if (text.startsWith(QLatin1Char('?'))) {
        showHelp();
    } else if (text.startsWith(QLatin1Char('>'))) {
        m_model->search(text.mid(1), tr("Actions"));
    } else {
        m_model->search(text);
    }
    const bool hasLines = m_model->rowCount() > 0;
    m_list->setVisible(hasLines);
    m_empty->setVisible(!hasLines);
    m_list->setCurrentIndex(m_model->index(0));
    m_list->scrollToTop();
    place();
}

void CommandPalette::showTimeRanges(const QString& text)
{
    std::vector<PaletteEntry> entries;
    const auto add = [&](absl::Duration length) {
        entries.push_back(
            {tr("Time range"),
             tr("Last %1").arg(TimeRangeButton::lengthName(length)),
             QLatin1Char(':') + lengthText(length),
             QStringLiteral("clock"),
             QString(),
             QString(),
             [this, length] { m_time.setRange(TimeRange::lastOf(length)); }});
    };
    if (const auto length = parseLength(text)) {
        add(*length);
    }
    const bool isUtc = m_settings.timeDisplay() == TimeDisplay::Utc;
    if (const auto moment = parseMoment(text, m_time.now(), isUtc)) {
        const absl::Duration length = m_time.length();
        entries.push_back(
            {tr("Time range"),
             tr("%1 from %2 on")
                 .arg(formatDuration(absl::ToDoubleSeconds(length)), text.simplified()),
             isUtc ? tr("UTC") : tr("local time"),
             QStringLiteral("calendar"),
             QString(),
             QString(),
             [this, from = *moment, length] {
                 m_time.setRange(TimeRange::between(from, std::min(from + length, m_time.now())));
             }});
    }
    for (const absl::Duration length : TimeRangeButton::liveLengths()) {
        if (text.isEmpty() || (lengthText(length).startsWith(text) && lengthText(length) != text)) {
            add(length);
        }
    }
    m_model->showOnly(std::move(entries));
}

void CommandPalette::showHelp()
{
    const auto line = [this](const QString& title, const QString& typed) {
        return PaletteEntry{
            tr("Help"),
            title,
            typed,
            QStringLiteral("circle-question-mark"),
            QString(),
            QString(),
            [this, typed] { open(typed.left(1)); }};
    };
    m_model->showOnly(
        {line(tr("Only actions"), QStringLiteral(">")),
         line(tr("Time range, for example :1h, :90s or :yesterday 14:00"), QStringLiteral(":"))});
}

void CommandPalette::runCurrent()
{
    const PaletteEntry* chosen = m_model->entry(m_list->currentIndex().row());
    if (chosen == nullptr) {
        return;
    }
    // A copy: closing and running may change the model.
    const PaletteEntry entry = *chosen;
    if (!entry.id.isEmpty()) {
        QStringList recent = QString::fromUtf8(m_settings.layout(kRecent))
                                 .split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        recent.removeAll(entry.id);
        recent.prepend(entry.id);
        m_settings.setLayout(kRecent, recent.mid(0, kMostRecent).join(QLatin1Char('\n')).toUtf8());
    }
    close();
    entry.run();
}

void CommandPalette::place()
{
    const int width = std::min(m_theme.px(kWidth), m_window.width() - 2 * space::kXl);
    const int most = std::min(m_theme.px(kHeight), m_window.height() - 2 * kTop);
    const int height = std::min(most, wantedHeight(most));
    setGeometry((m_window.width() - width) / 2, m_theme.px(kTop), width, height);
}

int CommandPalette::wantedHeight(int most) const
{
    const QMargins margins = layout()->contentsMargins();
    int height = margins.top() + m_field->sizeHint().height() + layout()->spacing() +
                 margins.bottom() + 2 * m_list->frameWidth();
    if (m_model->rowCount() == 0) {
        return height + m_empty->sizeHint().height();
    }
    for (int row = 0; row < m_model->rowCount() && height < most; ++row) {
        height += m_list->sizeHintForRow(row) + 2 * m_list->spacing();
    }
    return height;
}

void CommandPalette::moveBy(int rows)
{
    const int last = m_model->rowCount() - 1;
    const int wanted = m_list->currentIndex().row() + rows;
    const int row = rows == 1 && wanted > last ? 0 : rows == -1 && wanted < 0 ? last : wanted;
    m_list->setCurrentIndex(m_model->index(std::clamp(row, 0, std::max(0, last))));
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == &m_window && event->type() == QEvent::Resize && isVisible()) {
        place();
    }
    if (watched != m_field) {
        return QFrame::eventFilter(watched, event);
    }
    if (event->type() == QEvent::FocusOut && isVisible() && !m_window.isActiveWindow()) {
        return false;
    }
    if (event->type() == QEvent::FocusOut && isVisible()) {
        hide();
        return false;
    }
    if (event->type() != QEvent::KeyPress) {
        return false;
    }
    constexpr int kPage = 8;
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Down:
        moveBy(1);
        return true;
    case Qt::Key_Up:
        moveBy(-1);
        return true;
    case Qt::Key_PageDown:
        moveBy(kPage);
        return true;
    case Qt::Key_PageUp:
        moveBy(-kPage);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        runCurrent();
        return true;
    case Qt::Key_Escape:
        close();
        return true;
    default:
        return false;
    }
}

bool CommandPalette::focusNextPrevChild(bool)
{
    return true;
}

void CommandPalette::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.color(Color::BorderStrong), 1));
    painter.setBrush(m_theme.color(Color::Surface));
    painter.drawRoundedRect(
        QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5),
        m_theme.px(space::kRadiusCard),
        m_theme.px(space::kRadiusCard));
}

} // namespace pilothouse::ui
