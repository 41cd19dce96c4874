// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/page/SettingsPage.h"

#include "ui/components/Card.h"
#include "ui/components/PlainScroll.h"
#include "ui/settings/page/AboutSection.h"
#include "ui/settings/page/AdvancedSection.h"
#include "ui/settings/page/AppearanceSection.h"
#include "ui/settings/page/ConnectionsSection.h"
#include "ui/settings/page/KeyboardSection.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QScrollArea>
#include <QStackedWidget>

namespace pilothouse::ui {

namespace {

constexpr int kListWidth = 220;
constexpr int kSectionWidth = 860;
constexpr int kRow = 34;

/// Everything a person can read in the section, for the search.
QString wordsOf(const QWidget& section)
{
    QStringList words;
    for (const QLabel* label : section.findChildren<QLabel*>()) {
        words << label->text();
    }
    for (const QAbstractButton* button : section.findChildren<QAbstractButton*>()) {
        words << button->text();
    }
    return words.join(QLatin1Char(' '));
}

} // namespace

SettingsPage::SettingsPage(const PageContext& context, const SettingsParts& parts, QWidget* parent)
    : Page(parent),
      m_theme(context.theme),
      m_search(new QLineEdit(this)),
      m_list(new QListWidget(this)),
      m_sections(new QStackedWidget(this))
{
    m_search->setPlaceholderText(tr("Search settings"));
    m_search->setAccessibleName(tr("Search settings"));
    m_search->setClearButtonEnabled(true);
    m_list->setAccessibleName(tr("Categories"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->viewport()->setAutoFillBackground(false);
    m_list->setFixedWidth(m_theme.px(kListWidth));
    m_search->setFixedWidth(m_theme.px(kListWidth));
    auto* left = new QVBoxLayout;
    left->setSpacing(space::kM);
    left->addWidget(m_search);
    left->addWidget(m_list, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kXl, space::kS, space::kXl, space::kXl);
    layout->setSpacing(space::kXl);
    layout->addLayout(left);
    layout->addWidget(m_sections, 1);
    connect(m_list, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0) {
            m_sections->setCurrentIndex(row);
            Q_EMIT objectChanged();
        }
    });
    connect(m_search, &QLineEdit::textChanged, this, &SettingsPage::search);

    addCategory(
        {QStringLiteral("appearance"), tr("Appearance"), {}},
        QStringLiteral("sun"),
        new AppearanceSection(m_theme, context.settings));
    addCategory(
        {QStringLiteral("connections"), tr("Connections"), {}},
        QStringLiteral("plug"),
        new ConnectionsSection(m_theme, *parts.profiles, *parts.secrets, context.commands));
    if (context.commands != nullptr) {
        addCategory(
            {QStringLiteral("keyboard"), tr("Keyboard"), {}},
            QStringLiteral("keyboard"),
            new KeyboardSection(m_theme, context.settings, *context.commands));
    }
    addCategory(
        {QStringLiteral("advanced"), tr("Advanced"), {}},
        QStringLiteral("sliders-horizontal"),
        new AdvancedSection(m_theme, context.settings, parts.dataFolder));
    addCategory(
        {QStringLiteral("about"), tr("About"), {}},
        QStringLiteral("info"),
        new AboutSection(m_theme, context.session));
    m_list->setCurrentRow(0);
}

void SettingsPage::addCategory(Category category, const QString& icon, QWidget* section)
{
    auto* card = new Card(m_theme, category.title);
    card->setMaximumWidth(m_theme.px(kSectionWidth));
    card->body()->addWidget(section, 1);
    auto* holder = new QWidget;
    auto* layout = new QHBoxLayout(holder);
    layout->setContentsMargins(0, 0, 0, 0);
    const bool fills = section->sizePolicy().verticalPolicy() == QSizePolicy::Expanding;
    layout->addWidget(card, 10, fills ? Qt::Alignment() : Qt::AlignTop);
    layout->addStretch(1);
    m_sections->addWidget(plainScroll(holder, m_sections));
    category.words = category.title + QLatin1Char(' ') + wordsOf(*section);
    auto* item = new QListWidgetItem(m_theme.icon(icon), category.title, m_list);
    item->setSizeHint(QSize(0, m_theme.px(kRow)));
    m_categories.push_back(std::move(category));
}

void SettingsPage::search(const QString& text)
{
    int first = -1;
    for (int row = 0; row < m_list->count(); ++row) {
        const bool matches = m_categories[static_cast<std::size_t>(row)].words.contains(
            text.trimmed(), Qt::CaseInsensitive);
        m_list->item(row)->setHidden(!matches);
        first = matches && first < 0 ? row : first;
    }
    if (first >= 0 && (m_list->currentItem() == nullptr || m_list->currentItem()->isHidden())) {
        m_list->setCurrentRow(first);
    }
}

QString SettingsPage::object() const
{
    const int row = m_list->currentRow();
    return row < 0 ? QString() : m_categories[static_cast<std::size_t>(row)].id;
}

void SettingsPage::openObject(const QString& object)
{
    for (std::size_t row = 0; row < m_categories.size(); ++row) {
        if (m_categories[row].id == object) {
            m_search->clear();
            m_list->setCurrentRow(static_cast<int>(row));
        }
    }
}

bool SettingsPage::focusFilter()
{
    m_search->setFocus();
    m_search->selectAll();
    return true;
}

QWidget* SettingsPage::initialFocus()
{
    return m_list;
}

} // namespace pilothouse::ui
