// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/page/KeyboardSection.h"

#include "ui/components/TextLabel.h"
#include "ui/settings/page/KeyboardModel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>

namespace pilothouse::ui {

namespace {

constexpr int kKeyWidth = 160;
constexpr int kTableHeight = 420;

} // namespace

KeyboardSection::KeyboardSection(
    const Theme& theme, Settings& settings, CommandRegistry& commands, QWidget* parent)
    : QWidget(parent),
      m_settings(settings),
      m_commands(commands),
      m_model(new KeyboardModel(commands, this)),
      m_table(new QTableView(this)),
      m_key(new QKeySequenceEdit(this)),
      m_set(new QPushButton(tr("Set"), this)),
      m_none(new QPushButton(tr("No key"), this)),
      m_reset(new QPushButton(tr("Default"), this)),
      m_message(new TextLabel(theme, TypeRole::Label, Color::WarningText, QString(), this))
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Keys"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(theme.rowHeight());
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(
        KeyboardModel::TitleColumn, QHeaderView::Stretch);
    m_table->setColumnWidth(KeyboardModel::KeyColumn, theme.px(kKeyWidth));
    m_table->setColumnWidth(KeyboardModel::DefaultColumn, theme.px(kKeyWidth));
    m_table->setShowGrid(false);
    m_table->setMinimumHeight(theme.px(kTableHeight));
    m_key->setAccessibleName(tr("New key"));
    // The field inside is what takes the focus.
    if (auto* field = m_key->findChild<QLineEdit*>()) {
        field->setAccessibleName(tr("New key"));
    }
    auto* resetAll = new QPushButton(tr("All defaults"), this);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kS);
    row->addWidget(new TextLabel(theme, TypeRole::Body, tr("New key"), this));
    row->addWidget(m_key, 1);
    row->addWidget(m_set);
    row->addWidget(m_none);
    row->addWidget(m_reset);
    row->addWidget(resetAll);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space::kS, 0, 0);
    layout->setSpacing(space::kM);
    layout->addWidget(m_table, 1);
    layout->addLayout(row);
    layout->addWidget(m_message);
    connect(
        m_table->selectionModel(),
        &QItemSelectionModel::currentRowChanged,
        this,
        &KeyboardSection::onSelected);
    connect(m_key, &QKeySequenceEdit::keySequenceChanged, this, &KeyboardSection::check);
    connect(m_set, &QAbstractButton::clicked, this, &KeyboardSection::assign);
    connect(m_none, &QAbstractButton::clicked, this, [this] {
        m_settings.setShortcut(currentId(), QKeySequence());
        onSelected();
    });
    connect(m_reset, &QAbstractButton::clicked, this, [this] {
        m_settings.resetShortcut(currentId());
        onSelected();
    });
    connect(resetAll, &QAbstractButton::clicked, this, [this] {
        m_settings.resetAllShortcuts();
        onSelected();
    });
    onSelected();
}

QString KeyboardSection::currentId() const
{
    const Command* command = m_model->command(m_table->currentIndex().row());
    return command != nullptr ? command->id : QString();
}

void KeyboardSection::onSelected()
{
    const QString id = currentId();
    m_key->setKeySequence(id.isEmpty() ? QKeySequence() : m_commands.shortcut(id));
    for (QWidget* control :
         {static_cast<QWidget*>(m_key),
          static_cast<QWidget*>(m_none),
          static_cast<QWidget*>(m_reset)}) {
        control->setEnabled(!id.isEmpty());
    }
    check();
}

void KeyboardSection::check()
{
    const QString id = currentId();
    const QKeySequence sequence = m_key->keySequence();
    QString problem;
    if (sequence.count() > 1) {
        problem = tr("One key at a time, with Ctrl, Alt or Shift");
    } else if (const Command* other = m_commands.conflict(id, sequence)) {
        problem =
            tr("%1 belongs to “%2”").arg(sequence.toString(QKeySequence::NativeText), other->title);
    }
    m_message->setText(problem);
    m_set->setEnabled(
        !id.isEmpty() && problem.isEmpty() && !sequence.isEmpty() &&
        sequence != m_commands.shortcut(id));
}

void KeyboardSection::assign()
{
    m_settings.setShortcut(currentId(), m_key->keySequence());
    check();
}

} // namespace pilothouse::ui
