// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/DiffView.h"

#include "ui/components/Button.h"
#include "ui/components/DiffDelegate.h"
#include "ui/components/DiffModel.h"
#include "ui/components/TextLabel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QTableView>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kLine = 22;

} // namespace

DiffView::DiffView(const Theme& theme, const QString& name, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_model(new DiffModel(this)),
      m_view(new QTableView(this)),
      m_states(new StateView(theme, m_view, this)),
      m_summary(new TextLabel(theme, TypeRole::Label, {}, this)),
      m_previous(Button::iconOnly(
          theme, tr("Previous change (Alt+Up)"), QStringLiteral("chevron-up"), this)),
      m_next(Button::iconOnly(
          theme, tr("Next change (Alt+Down)"), QStringLiteral("chevron-down"), this)),
      m_fold(Button::iconOnly(theme, tr("Show unchanged lines"), QStringLiteral("rows-3"), this)),
      m_copy(Button::iconOnly(theme, tr("Copy as a patch"), QStringLiteral("copy"), this))
{
    build(name);
    connect(m_previous, &QAbstractButton::clicked, this, [this] { moveToChange(-1); });
    connect(m_next, &QAbstractButton::clicked, this, [this] { moveToChange(1); });
    connect(m_fold, &QAbstractButton::toggled, this, [this](bool all) { setFolded(!all); });
    connect(m_copy, &QAbstractButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_model->patchText());
    });
    connect(m_states, &StateView::actionTriggered, this, &DiffView::actionTriggered);
    connect(&theme, &Theme::changed, this, &DiffView::restyle);
    restyle();
    refresh();
}

void DiffView::build(const QString& name)
{
    m_fold->setCheckable(true);
    m_view->setModel(m_model);
    m_view->setItemDelegate(new DiffDelegate(m_theme, m_view));
    m_view->setAccessibleName(name);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setTabKeyNavigation(false);
    m_view->setCornerButtonEnabled(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView* header = m_view->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::Stretch);
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setAccessibleName(tr("Columns of %1").arg(name));
    m_view->installEventFilter(this);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(m_theme.px(space::kXs));
    bar->addWidget(m_summary, 1);
    bar->addWidget(m_previous);
    bar->addWidget(m_next);
    bar->addWidget(m_fold);
    bar->addWidget(m_copy);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(m_theme.px(space::kXs));
    layout->addLayout(bar);
    layout->addWidget(m_states, 1);
}

void DiffView::restyle()
{
    m_view->verticalHeader()->setMinimumSectionSize(m_theme.px(kLine));
    m_view->verticalHeader()->setDefaultSectionSize(m_theme.px(kLine));
    QFont font = m_theme.font(TypeRole::Label);
    font.setWeight(QFont::Medium);
    m_view->horizontalHeader()->setFont(font);
    QPalette palette = m_theme.palette();
    palette.setColor(QPalette::ButtonText, m_theme.color(Color::TextSecondary));
    m_view->horizontalHeader()->setPalette(palette);
}

void DiffView::setTexts(const QString& before, const QString& after)
{
    m_model->setTexts(before, after);
    m_view->scrollToTop();
    refresh();
}

void DiffView::setState(const DataState& state)
{
    m_given = state;
    refresh();
}

void DiffView::setFolded(bool folded)
{
    m_model->setFolded(folded);
    m_fold->setChecked(!folded);
}

void DiffView::refresh()
{
    DataState state = m_given;
    if (state.kind == DataState::Kind::Live && m_model->rowCount() == 0) {
        state = {DataState::Kind::Empty, tr("Both sides are empty."), {}, {}};
    }
    m_states->setState(state);
    m_summary->setText(summary());
    const bool hasChanges = !m_model->changes().empty();
    m_previous->setEnabled(hasChanges);
    m_next->setEnabled(hasChanges);
}

QString DiffView::summary() const
{
    if (m_model->changes().empty()) {
        return tr("No difference");
    }
    QStringList parts;
    if (m_model->changedLines() > 0) {
        parts << tr("%1 changed").arg(m_model->changedLines());
    }
    if (m_model->addedLines() > 0) {
        parts << tr("%1 added").arg(m_model->addedLines());
    }
    if (m_model->removedLines() > 0) {
        parts << tr("%1 removed").arg(m_model->removedLines());
    }
    const std::size_t changes = m_model->changes().size();
    const QString lines = parts.join(QStringLiteral(", "));
    return changes == 1 ? tr("1 change (lines: %1)").arg(lines)
                        : tr("%1 changes (lines: %2)").arg(changes).arg(lines);
}

bool DiffView::moveToChange(int step)
{
    const auto& changes = m_model->changes();
    const int row = m_view->currentIndex().isValid() ? m_view->currentIndex().row() : -1;
    int wanted = -1;
    if (step > 0) {
        const auto next = std::ranges::upper_bound(changes, row);
        wanted = next != changes.end() ? *next : -1;
    } else {
        const auto here = std::ranges::lower_bound(changes, row);
        wanted = here != changes.begin() ? *(here - 1) : -1;
    }
    if (wanted < 0) {
        return false;
    }
    m_view->selectRow(wanted);
    m_view->scrollTo(m_model->index(wanted, 0), QAbstractItemView::PositionAtCenter);
    return true;
}

bool DiffView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isAlt = key->modifiers().testFlag(Qt::AltModifier);
        if (isAlt && (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up)) {
            moveToChange(key->key() == Qt::Key_Down ? 1 : -1);
            return true;
        }
        if (key->matches(QKeySequence::Copy)) {
            QGuiApplication::clipboard()->setText(m_model->patchText());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace pilothouse::ui
