// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/AccessPage.h"

#include "ui/access/ApprovalsPart.h"
#include "ui/access/OperatorsPart.h"
#include "ui/access/RolesPart.h"
#include "ui/access/SessionsPart.h"
#include "ui/access/TokensPart.h"
#include "ui/components/Button.h"
#include "ui/components/DataTable.h"
#include "ui/components/Tabs.h"
#include "ui/shell/AuditTarget.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/WhenText.h"

#include "shared/base/StatusHelpers.h"

#include <QDataStream>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

namespace pilothouse::ui {

namespace {

/// The parts, by the names that the audit has for what is in them.
const auto kOperators = QStringLiteral("operators");
const auto kRoles = QStringLiteral("roles");
const auto kTokens = QStringLiteral("tokens");
const auto kSessions = QStringLiteral("sessions");
const auto kApprovals = QStringLiteral("approvals");

} // namespace

AccessPage::AccessPage(const PageContext& context, QWidget* parent)
    : Page(parent),
      m_context(context),
      m_model(context.session),
      m_actions(context.session, context.theme, context.settings, context.clock)
{
    build();
    bind();
    showPart(0);
}

AccessPage::~AccessPage() = default;

void AccessPage::build()
{
    const Theme& theme = m_context.theme;
    m_tabs = new Tabs(theme, tr("Parts of access"), this);
    m_stack = new QStackedWidget(this);
    m_inspectors = new QStackedWidget(this);
    m_inspectors->hide();
    m_heads = new QStackedWidget(this);
    m_heads->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    const AccessContext shared{m_context, m_model, m_actions};
    addPart(kOperators, tr("Operators"), new OperatorsPart(shared, this));
    addPart(kRoles, tr("Roles"), new RolesPart(shared, this));
    addPart(kTokens, tr("Your tokens"), new TokensPart(shared, this));
    addPart(kSessions, tr("Sessions"), new SessionsPart(shared, this));
    addPart(kApprovals, tr("Approvals"), new ApprovalsPart(shared, this));
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.px(space::kS));
    head->addWidget(m_tabs, 1);
    head->addWidget(m_heads);
    auto* layout = new QVBoxLayout(this);
    const int margin = theme.px(space::kXl);
    layout->setContentsMargins(margin, theme.px(space::kXs), margin, theme.px(space::kL));
    layout->setSpacing(theme.px(space::kM));
    layout->addLayout(head);
    layout->addWidget(m_stack, 1);
}

void AccessPage::addPart(const QString& id, const QString& title, AccessPart* part)
{
    m_parts.push_back({id, part});
    m_tabs->addTab(title);
    m_stack->addWidget(part);
    m_inspectors->addWidget(&part->pane());
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    if (m_context.commands != nullptr && !part->headCommand().isEmpty()) {
        const bool adds = id != kSessions;
        auto* button = new Button(
            m_context.theme, adds ? ButtonKind::Primary : ButtonKind::Secondary, {}, {}, head);
        m_context.commands->bind(*button, part->headCommand());
        row->addWidget(button);
    }
    m_heads->addWidget(head);
}

void AccessPage::bind()
{
    for (const Part& part : m_parts) {
        bind(*part.part);
    }
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        showPart(tab);
        Q_EMIT objectChanged();
    });
    connect(&m_actions, &PlannedActions::sheetRequested, this, &Page::sheetRequested);
    connect(&m_actions, &PlannedActions::toastRequested, this, &Page::toastRequested);
    connect(&m_actions, &PlannedActions::phaseChanged, this, [this] {
        if (m_context.commands != nullptr) {
            m_context.commands->refresh();
        }
    });
    connect(&m_model, &AccessViewModel::done, this, [this](const QString& text) {
        tell(Severity::Ok, text);
    });
    connect(
        &m_model,
        &AccessViewModel::failed,
        this,
        [this](const QString& what, const absl::Status& why) {
            tell(
                Severity::Error,
                tr("%1: not done").arg(what),
                QString::fromStdString(describe(why)));
        });
    connect(&m_model, &AccessViewModel::approvalsChanged, this, &AccessPage::showBadges);
    connect(&m_context.session, &Session::statusChanged, this, &AccessPage::showFreshness);
}

void AccessPage::bind(AccessPart& part)
{
    connect(&part, &AccessPart::sheetRequested, this, &Page::sheetRequested);
    connect(&part, &AccessPart::toastRequested, this, &Page::toastRequested);
    connect(&part, &AccessPart::selectionChanged, this, [this, changed = &part] {
        if (changed == &current()) {
            showInspector();
            Q_EMIT objectChanged();
        }
    });
}

AccessPart& AccessPage::current() const
{
    return *m_parts[static_cast<std::size_t>(std::max(0, m_tabs->currentIndex()))].part;
}

AccessPart& AccessPage::part(const QString& id) const
{
    return *std::ranges::find(m_parts, id, &Part::id)->part;
}

void AccessPage::showPart(int tab)
{
    m_stack->setCurrentIndex(tab);
    m_heads->setCurrentIndex(tab);
    showInspector();
}

void AccessPage::showInspector()
{
    m_inspectors->setCurrentIndex(m_tabs->currentIndex());
    Q_EMIT inspectorChanged(current().hasRecord());
    if (m_context.commands != nullptr) {
        m_context.commands->refresh();
    }
}

void AccessPage::showBadges()
{
    const std::string me = m_context.session.operatorName();
    const bool mayApprove = m_context.session.mayUse(QStringLiteral("plans.approve"));
    const auto wanted =
        std::ranges::count_if(m_model.approvals(), [&](const plans::Approval& approval) {
            const bool isMine = approval.requester == me;
            return (approval.state == plans::ApprovalState::Pending && !isMine && mayApprove) ||
                   (approval.state == plans::ApprovalState::Approved && isMine);
        });
    m_tabs->setBadge(m_tabs->count() - 1, static_cast<int>(wanted));
}

void AccessPage::showFreshness()
{
    const QString note = staleNote(m_context.session, m_context.settings.timeDisplay());
    for (const Part& part : m_parts) {
        part.part->table().setStaleNote(note);
    }
}

void AccessPage::tell(Severity severity, const QString& text, const QString& detail)
{
    ToastMessage message;
    message.severity = severity;
    message.text = text;
    message.detail = detail;
    Q_EMIT toastRequested(message);
}

std::vector<Command> AccessPage::commands()
{
    std::vector<Command> all;
    for (const Part& part : m_parts) {
        std::ranges::move(part.part->commands(), std::back_inserter(all));
    }
    return all;
}

QString AccessPage::object() const
{
    const QString& id = m_parts[static_cast<std::size_t>(m_tabs->currentIndex())].id;
    const QString selected = current().selected();
    return selected.isEmpty() ? id : QString(id + QLatin1Char('/') + selected);
}

void AccessPage::openObject(const QString& object)
{
    const QString id = object.section(QLatin1Char('/'), 0, 0);
    const auto found = std::ranges::find(m_parts, id, &Part::id);
    if (found == m_parts.end()) {
        return;
    }
    m_tabs->setCurrentIndex(static_cast<int>(found - m_parts.begin()));
    found->part->select(object.section(QLatin1Char('/'), 1));
}

QString AccessPage::auditTarget() const
{
    const QString& kind = m_parts[static_cast<std::size_t>(m_tabs->currentIndex())].id;
    return auditTargetOf(kind, current().selected());
}

QString AccessPage::objectOf(const QString& auditTarget)
{
    const QString part = auditTarget.section(QLatin1Char('/'), 0, 0);
    for (const QString& own : {kOperators, kRoles, kTokens, kSessions, kApprovals}) {
        if (part == own) {
            return auditTarget;
        }
    }
    return {};
}

void AccessPage::setShown(bool shown)
{
    if (shown) {
        m_model.open();
        showFreshness();
    } else {
        m_model.close();
    }
}

bool AccessPage::focusFilter()
{
    current().table().focusFilter();
    return true;
}

QWidget* AccessPage::initialFocus()
{
    return &current().table().focusTarget();
}

QByteArray AccessPage::saveLayout() const
{
    QByteArray layout;
    QDataStream stream(&layout, QIODevice::WriteOnly);
    for (const Part& part : m_parts) {
        stream << part.part->table().saveLayout();
    }
    return layout;
}

void AccessPage::restoreLayout(const QByteArray& layout)
{
    QDataStream stream(layout);
    for (const Part& part : m_parts) {
        QByteArray columns;
        stream >> columns;
        part.part->table().restoreLayout(columns);
    }
}

} // namespace pilothouse::ui
