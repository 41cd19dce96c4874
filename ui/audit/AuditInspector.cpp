// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/AuditInspector.h"

#include "ui/audit/AuditText.h"
#include "ui/components/Button.h"
#include "ui/components/FactList.h"
#include "ui/components/Format.h"
#include "ui/components/PlainScroll.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QTextCursor>
#include <QTextEdit>
#include <QVBoxLayout>
#include <QtMath>

#include <algorithm>
#include <utility>

namespace pilothouse::ui {

namespace {

/// Of what changed, what is seen at the least.
constexpr int kDiffHeight = 190;

/// In groups of eight, so that it can be compared by eye and wrapped.
QString grouped(QString digits)
{
    for (qsizetype at = 8; at < digits.size(); at += 9) {
        digits.insert(at, QLatin1Char(' '));
    }
    return digits;
}

} // namespace

AuditInspector::AuditInspector(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_title(new TextLabel(theme, TypeRole::H2, {}, this)),
      m_outcome(new StatusChip(theme, Severity::Unknown, this)),
      m_facts(new FactList(theme)),
      m_diffTitle(new TextLabel(theme, TypeRole::H3, tr("What changed"), this)),
      m_diff(new QTextEdit(this)),
      m_open(new Button(
          theme, ButtonKind::Quiet, tr("Open object"), QStringLiteral("chevron-right"), this)),
      m_actor(new Button(
          theme, ButtonKind::Secondary, tr("This actor"), QStringLiteral("filter"), this)),
      m_target(new Button(
          theme, ButtonKind::Secondary, tr("This object"), QStringLiteral("filter"), this)),
      m_copyJson(
          new Button(theme, ButtonKind::Secondary, tr("Copy JSON"), QStringLiteral("copy"), this)),
      m_copyCommand(new Button(
          theme, ButtonKind::Secondary, tr("Copy command"), QStringLiteral("terminal"), this))
{
    m_title->setWordWrap(true);
    m_diff->setReadOnly(true);
    m_diff->setAccessibleName(tr("What changed"));
    m_diff->setLineWrapMode(QTextEdit::NoWrap);
    m_diff->setTabChangesFocus(true);
    m_actor->setToolTip(tr("List only what this actor did"));
    m_target->setToolTip(tr("List only what was done to this object"));
    m_copyCommand->setToolTip(tr("The same entry in a terminal"));
    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(space::kM));
    column->addWidget(m_facts);
    column->addWidget(m_diffTitle);
    column->addWidget(m_diff, 1);
    column->addStretch();
    auto* buttons = new QGridLayout;
    buttons->setSpacing(theme.px(space::kS));
    buttons->addWidget(m_actor, 0, 0);
    buttons->addWidget(m_target, 0, 1);
    buttons->addWidget(m_copyJson, 1, 0);
    buttons->addWidget(m_copyCommand, 1, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme.px(space::kM));
    layout->addWidget(m_title);
    auto* head = new QHBoxLayout;
    head->addWidget(m_outcome);
    head->addStretch();
    head->addWidget(m_open);
    layout->addLayout(head);
    layout->addWidget(plainScroll(body, this), 1);
    layout->addLayout(buttons);
    connect(m_actor, &QPushButton::clicked, this, [this] {
        Q_EMIT actorWanted(QString::fromStdString(m_entry->entry.actor.name));
    });
    connect(m_target, &QPushButton::clicked, this, [this] {
        Q_EMIT targetWanted(QString::fromStdString(m_entry->entry.target));
    });
    connect(m_open, &QPushButton::clicked, this, [this] {
        Q_EMIT openWanted(QString::fromStdString(m_entry->entry.target));
    });
    connect(m_copyJson, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(auditJson(*m_entry));
    });
    connect(m_copyCommand, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(auditCommand(m_entry->sequence));
    });
    connect(&theme, &Theme::changed, this, [this] {
        if (m_entry) {
            showEntry();
        }
    });
}

void AuditInspector::setEntry(const audit::ChainedEntry& entry, bool isShownElsewhere)
{
    m_entry = entry;
    m_isShownElsewhere = isShownElsewhere;
    showEntry();
}

void AuditInspector::setUtc(bool utc)
{
    if (std::exchange(m_utc, utc) != utc && m_entry) {
        showEntry();
    }
}

void AuditInspector::setError(const QString& error)
{
    m_entry.reset();
    m_facts->clear();
    m_title->setText(error);
    for (QWidget* widget : std::initializer_list<QWidget*>{
             m_outcome,
             m_open,
             m_diffTitle,
             m_diff,
             m_actor,
             m_target,
             m_copyJson,
             m_copyCommand}) {
        widget->hide();
    }
}

void AuditInspector::showEntry()
{
    const audit::Entry& what = m_entry->entry;
    m_title->setText(QString::fromStdString(what.action));
    m_outcome->setStatus(severityOf(what.outcome), outcomeWord(what.outcome));
    m_outcome->show();
    showFacts();
    m_actor->show();
    m_copyJson->show();
    m_copyCommand->show();
    m_target->setVisible(!what.target.empty());
    m_open->setVisible(m_isShownElsewhere);
    m_open->setToolTip(tr("Go to %1").arg(QString::fromStdString(what.target)));
    showDiff(what);
}

void AuditInspector::showFacts()
{
    const audit::Entry& what = m_entry->entry;
    const auto text = [](const std::string& value) { return QString::fromStdString(value); };
    const auto add =
        [this](const QString& name, const QString& value, TypeRole role = TypeRole::Body) {
            if (!value.isEmpty()) {
                m_facts->add(name, value, role);
            }
        };
    m_facts->clear();
    add(tr("Object"), text(what.target));
    add(tr("Time"),
        auditTime(m_entry->recordTime, m_utc) + (m_utc ? QStringLiteral(" UTC") : QString()));
    add(tr("Actor"), text(what.actor.name));
    QStringList roles;
    for (const std::string& role : what.actor.roles) {
        roles << text(role);
    }
    add(tr("Roles"), roles.join(QStringLiteral(", ")));
    add(tr("Reason"), text(what.reason));
    add(tr("Message"), text(what.message));
    add(tr("Source"), text(what.actor.source));
    add(tr("Plan"), grouped(text(what.planDigest)), TypeRole::Mono);
    add(tr("Request"), text(what.actor.requestId), TypeRole::Mono);
    add(tr("Trace"), text(what.actor.traceId), TypeRole::Mono);
    add(tr("Entry"), formatCount(m_entry->sequence));
    add(tr("Hash"),
        grouped(QString::fromLatin1(QByteArray::fromStdString(m_entry->hash).toHex())),
        TypeRole::Mono);
}

void AuditInspector::showDiff(const audit::Entry& entry)
{
    const auto lines = auditDiff(entry.before, entry.after);
    m_diff->clear();
    m_diff->setVisible(!lines.empty());
    m_diffTitle->setVisible(!lines.empty());
    m_diff->setFont(m_theme.font(TypeRole::Mono));
    QTextCursor cursor(m_diff->document());
    bool isFirst = true;
    for (const DiffLine& line : lines) {
        QTextCharFormat format;
        QString sign = QStringLiteral("  ");
        format.setForeground(m_theme.color(Color::TextSecondary));
        if (line.kind == DiffLine::Kind::Removed) {
            sign = QStringLiteral("− ");
            format.setForeground(m_theme.color(Color::ErrorText));
        } else if (line.kind == DiffLine::Kind::Added) {
            sign = QStringLiteral("+ ");
            format.setForeground(m_theme.color(Color::OkText));
        }
        if (!std::exchange(isFirst, false)) {
            cursor.insertBlock();
        }
        cursor.insertText(sign + line.text, format);
    }
    m_diff->moveCursor(QTextCursor::Start);
    // A short one is seen whole; a long one has bars of its own.
    const int whole = qCeil(m_diff->document()->size().height()) + 2 * m_diff->frameWidth();
    m_diff->setMinimumHeight(std::min(whole, m_theme.px(kDiffHeight)));
}

QString AuditInspector::factsText() const
{
    return m_facts->text();
}

QString AuditInspector::diffText() const
{
    return m_diff->toPlainText();
}

} // namespace pilothouse::ui
