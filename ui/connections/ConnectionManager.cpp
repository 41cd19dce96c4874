// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/ConnectionManager.h"

#include "ui/components/Card.h"
#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/connections/ProfileDelegate.h"
#include "ui/connections/ProfileForm.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/base/StatusHelpers.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QStackedWidget>

namespace pilothouse::ui {

namespace {

constexpr int kListWidth = 360;
constexpr int kFormWidth = 720;

} // namespace

ConnectionManager::ConnectionManager(const Theme& theme, SessionOpener& opener, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_opener(opener),
      m_test(opener),
      m_model(new ProfileListModel(opener.profiles(), m_reachability, this)),
      m_notice(new MessageBar(theme, Severity::Warning, QString(), this)),
      m_result(new MessageBar(theme, Severity::Info, QString(), this)),
      m_right(new QStackedWidget(this)),
      m_leave(makeButton(tr("Back"), QStringLiteral("chevron-left")))
{
    auto* head = new QHBoxLayout;
    head->addWidget(new TextLabel(theme, TypeRole::H1, tr("Connections"), this));
    head->addStretch(1);
    head->addWidget(m_leave);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(space::kL);
    columns->addWidget(buildList());
    m_right->addWidget(buildWelcome());
    m_right->addWidget(buildForm());
    columns->addWidget(m_right, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kXl, space::kL, space::kXl, space::kXl);
    layout->setSpacing(space::kM);
    layout->addLayout(head);
    layout->addWidget(m_notice);
    layout->addLayout(columns, 1);
    setFocusProxy(m_list);
    setCanLeave(false);
    connect(m_leave, &QAbstractButton::clicked, this, &ConnectionManager::leaveRequested);
    connect(
        &m_test, &ConnectionTest::finished, this, [this](Severity severity, const QString& text) {
            m_result->setMessage(severity, text);
            onEdited();
        });
    for (const ConnectionProfile& profile : opener.profiles().profiles()) {
        m_reachability.ask(profile.address);
    }
    select(localWorkspaceProfile().id);
}

QPushButton* ConnectionManager::makeButton(const QString& text, const QString& icon)
{
    auto* button = new QPushButton(m_theme.icon(icon), text, this);
    button->setAutoDefault(false);
    return button;
}

QWidget* ConnectionManager::buildList()
{
    auto* card = new Card(m_theme, QString(), this);
    card->setFixedWidth(m_theme.px(kListWidth));
    m_search = new QLineEdit(card);
    m_search->setPlaceholderText(tr("Search connections"));
    m_search->setAccessibleName(tr("Search connections"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(
        m_theme.icon(QStringLiteral("search"), Color::TextSecondary), QLineEdit::LeadingPosition);
    m_list = new QListView(card);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new ProfileDelegate(m_theme, *m_model, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Connections"));
    m_list->viewport()->setAutoFillBackground(false);
    auto* add = makeButton(tr("New connection"), QStringLiteral("plus"));
    auto* import = makeButton(tr("Import"), QStringLiteral("download"));
    auto* exportAll = makeButton(tr("Export"), QStringLiteral("external-link"));
    exportAll->setToolTip(tr("Writes your connections to a file, without secrets"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::kS);
    buttons->addWidget(import);
    buttons->addWidget(exportAll);
    card->body()->addWidget(m_search);
    card->body()->addWidget(m_list, 1);
    card->body()->addWidget(add);
    card->body()->addLayout(buttons);
    connect(m_search, &QLineEdit::textChanged, m_model, &ProfileListModel::setSearch);
    connect(
        m_list->selectionModel(),
        &QItemSelectionModel::currentChanged,
        this,
        &ConnectionManager::onSelected);
    connect(m_list, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        if (const ConnectionProfile* profile = m_model->profile(index)) {
            connectTo(*profile);
        }
    });
    connect(add, &QAbstractButton::clicked, this, &ConnectionManager::startNew);
    connect(import, &QAbstractButton::clicked, this, &ConnectionManager::importProfiles);
    connect(exportAll, &QAbstractButton::clicked, this, &ConnectionManager::exportProfiles);
    return card;
}

QWidget* ConnectionManager::buildWelcome()
{
    auto* card = new Card(m_theme, tr("Local workspace"), this);
    auto* text = new TextLabel(
        m_theme,
        TypeRole::Body,
        Color::TextSecondary,
        tr("A server of your own on this computer, with its own database. It needs nothing to be "
           "set "
           "up, watches this machine at once, and stops with the console."),
        card);
    text->setWordWrap(true);
    auto* folder = new TextLabel(
        m_theme, TypeRole::Mono, Color::TextSecondary, m_opener.workspace().dataDir(), card);
    folder->setElided(true);
    auto* start = makeButton(tr("Open local workspace"), QStringLiteral("play"));
    start->setIcon(m_theme.icon(QStringLiteral("play"), Color::OnAccent));
    setButtonKind(*start, ButtonKind::Primary);
    connect(start, &QAbstractButton::clicked, this, [this] { connectTo(localWorkspaceProfile()); });
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(start);
    buttons->addStretch(1);
    card->body()->addWidget(text);
    card->body()->addWidget(folder);
    card->body()->addLayout(buttons);
    card->setMaximumWidth(m_theme.px(kFormWidth));
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(card);
    layout->addStretch(1);
    return page;
}

QWidget* ConnectionManager::buildForm()
{
    auto* card = new Card(m_theme, QString(), this);
    card->setMaximumWidth(m_theme.px(kFormWidth));
    m_formTitle = new TextLabel(m_theme, TypeRole::H3, QString(), card);
    m_form = new ProfileForm(m_theme, card);
    m_problem = new TextLabel(m_theme, TypeRole::Label, Color::WarningText, QString(), card);
    m_problem->setWordWrap(true);
    m_remove = makeButton(tr("Delete"), QStringLiteral("trash-2"));
    m_duplicate = makeButton(tr("Duplicate"), QStringLiteral("copy"));
    m_testButton = makeButton(tr("Test"), QStringLiteral("activity"));
    m_save = makeButton(tr("Save"), QStringLiteral("check"));
    m_connect = new QPushButton(tr("Connect"), this);
    setButtonKind(*m_connect, ButtonKind::Primary);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::kS);
    buttons->addWidget(m_remove);
    buttons->addWidget(m_duplicate);
    buttons->addStretch(1);
    buttons->addWidget(m_testButton);
    buttons->addWidget(m_save);
    buttons->addWidget(m_connect);
    card->body()->addWidget(m_formTitle);
    card->body()->addWidget(m_form);
    card->body()->addWidget(m_problem);
    card->body()->addWidget(m_result);
    card->body()->addSpacing(space::kS);
    card->body()->addLayout(buttons);
    connect(m_form, &ProfileForm::edited, this, &ConnectionManager::onEdited);
    connect(m_remove, &QAbstractButton::clicked, this, &ConnectionManager::removeProfile);
    connect(m_duplicate, &QAbstractButton::clicked, this, &ConnectionManager::duplicate);
    connect(m_testButton, &QAbstractButton::clicked, this, &ConnectionManager::test);
    connect(m_save, &QAbstractButton::clicked, this, [this] { saveForm(); });
    connect(m_connect, &QAbstractButton::clicked, this, [this] {
        if (!m_form->isChanged() || saveForm()) {
            connectTo(m_form->profile());
        }
    });
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(card);
    layout->addStretch(1);
    return page;
}

void ConnectionManager::setNotice(Severity severity, const QString& text)
{
    m_notice->setMessage(severity, text);
}

void ConnectionManager::setCanLeave(bool canLeave)
{
    m_leave->setVisible(canLeave);
}

void ConnectionManager::select(const QString& profileId)
{
    const QModelIndex index = m_model->indexOf(profileId);
    m_list->setCurrentIndex(index.isValid() ? index : m_model->index(0));
    onSelected();
}

void ConnectionManager::onSelected()
{
    const ConnectionProfile* profile = m_model->profile(m_list->currentIndex());
    if (profile == nullptr) {
        return;
    }
    m_result->setMessage(Severity::Info, QString());
    if (profile->isLocalWorkspace) {
        m_right->setCurrentIndex(0);
        return;
    }
    m_right->setCurrentIndex(1);
    m_form->setProfile(*profile);
    m_formTitle->setText(
        profile->isManaged ? tr("%1 — set by your organisation").arg(profile->name)
                           : profile->name);
    onEdited();
}

void ConnectionManager::onEdited()
{
    const ConnectionProfile typed = m_form->profile();
    const QString problem = m_form->problem();
    const bool isNew = typed.id.isEmpty();
    const bool isUntouched = isNew && !m_form->isChanged();
    m_problem->setText(isUntouched ? QString() : problem);
    m_problem->setVisible(!m_problem->text().isEmpty());
    m_connect->setEnabled(problem.isEmpty());
    m_testButton->setEnabled(problem.isEmpty() && !m_test.isRunning());
    m_testButton->setText(m_test.isRunning() ? tr("Testing…") : tr("Test"));
    m_save->setEnabled(problem.isEmpty() && m_form->isChanged() && !typed.isManaged);
    m_remove->setVisible(!isNew && !typed.isManaged);
    m_duplicate->setVisible(!isNew);
}

void ConnectionManager::startNew()
{
    m_list->setCurrentIndex(QModelIndex());
    m_right->setCurrentIndex(1);
    m_form->setProfile(ConnectionProfile());
    m_formTitle->setText(tr("New connection"));
    m_result->setMessage(Severity::Info, QString());
    onEdited();
    m_form->focusName();
}

void ConnectionManager::connectTo(const ConnectionProfile& profile)
{
    Q_EMIT connectRequested(profile);
}

bool ConnectionManager::saveForm()
{
    const auto saved = m_opener.profiles().save(m_form->profile());
    if (!saved.ok()) {
        say(saved.status(), QString());
        return false;
    }
    select(*saved);
    return true;
}

void ConnectionManager::test()
{
    m_result->setMessage(Severity::Info, tr("Trying %1…").arg(m_form->profile().address));
    m_test.start(m_form->profile());
    onEdited();
}

void ConnectionManager::duplicate()
{
    ConnectionProfile copy = m_form->profile();
    copy.id.clear();
    copy.isManaged = false;
    copy.name = tr("%1 (copy)").arg(copy.name);
    copy.lastUsed = {};
    const auto saved = m_opener.profiles().save(std::move(copy));
    if (saved.ok()) {
        select(*saved);
        m_form->focusName();
    }
    say(saved.status(), QString());
}

void ConnectionManager::removeProfile()
{
    const ConnectionProfile profile = m_form->profile();
    m_opener.secrets().remove(profile.id);
    const absl::Status removed = m_opener.profiles().remove(profile.id);
    select(localWorkspaceProfile().id);
    setNotice(
        removed.ok() ? Severity::Info : Severity::Error,
        removed.ok() ? tr("%1 is deleted, with what was remembered for it").arg(profile.name)
                     : QString::fromStdString(describe(removed)));
}

void ConnectionManager::exportProfiles()
{
    auto* dialog = new QFileDialog(this, tr("Export connections, without secrets"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(QStringLiteral("pilothouse-connections.json"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        say(m_opener.profiles().exportTo(file), tr("Exported to %1, without secrets").arg(file));
    });
    dialog->open();
}

void ConnectionManager::importProfiles()
{
    auto* dialog = new QFileDialog(this, tr("Import connections"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        const auto count = m_opener.profiles().importFrom(file);
        say(count.status(),
            count.ok() ? tr("%n connections imported", nullptr, *count) : QString());
    });
    dialog->open();
}

void ConnectionManager::say(const absl::Status& status, const QString& success)
{
    setNotice(
        status.ok() ? Severity::Info : Severity::Error,
        status.ok() ? success : QString::fromStdString(describe(status)));
}

void ConnectionManager::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_leave->isVisible()) {
        Q_EMIT leaveRequested();
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace pilothouse::ui
