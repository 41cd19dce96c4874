// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/AuditInspector.h"

#include "ui/audit/AuditText.h"
#include "ui/components/Button.h"
#include "ui/components/Format.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QTextCursor>
#include <QTextEdit>
#include <QVBoxLayout>

#include <utility>

namespace pilothouse::ui {

AuditInspector::AuditInspector(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_title(new TextLabel(theme, TypeRole::H2, {}, this)),
      m_outcome(new StatusChip(theme, Severity::Unknown, this)),
      m_facts(new QGridLayout),
      m_diffTitle(new TextLabel(theme, TypeRole::H3, tr("What changed"), this)),
      m_diff(new QTextEdit(this)),
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
    m_facts->setHorizontalSpacing(theme.px(space::kM));
    m_facts->setVerticalSpacing(theme.px(space::kXs));
    m_facts->setColumnStretch(1, 1);
    m_diff->setReadOnly(true);
    m_diff->setAccessibleName(tr("What changed"));
    m_diff->setLineWrapMode(QTextEdit::NoWrap);
    m_diff->setTabChangesFocus(true);
    m_actor->setToolTip(tr("List only what this actor did"));
    m_target->setToolTip(tr("List only what was done to this object"));
    m_copyCommand->setToolTip(tr("The same entry in a terminal"));
    auto* facts = new QWidget(this);
    facts->setLayout(m_facts);
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
    layout->addWidget(m_outcome, 0, Qt::AlignLeft);
    layout->addWidget(facts);
    layout->addWidget(m_diffTitle);
    layout->addWidget(m_diff, 1);
    layout->addStretch();
    layout->addLayout(buttons);
    connect(m_actor, &QPushButton::clicked, this, [this] {
        Q_EMIT actorWanted(QString::fromStdString(m_entry->entry.actor.name));
    });
    connect(m_target, &QPushButton::clicked, this, [this] {
        Q_EMIT targetWanted(QString::fromStdString(m_entry->entry.target));
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

void AuditInspector::setEntry(const audit::ChainedEntry& entry)
{
    m_entry = entry;
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
    clearFacts();
    m_title->setText(error);
    for (QWidget* widget : std::initializer_list<QWidget*>{
             m_outcome, m_diffTitle, m_diff, m_actor, m_target, m_copyJson, m_copyCommand}) {
        widget->hide();
    }
}

void AuditInspector::clearFacts()
{
    while (QLayoutItem* item = m_facts->takeAt(0)) {
        // Hidden at once: it goes only with the next turn of the event loop.
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    m_row = 0;
}

void AuditInspector::addFact(const QString& name, const QString& value, TypeRole role)
{
    if (value.isEmpty()) {
        return;
    }
    m_facts->addWidget(
        new TextLabel(m_theme, TypeRole::Label, name, this),
        m_row,
        0,
        Qt::AlignTop | Qt::AlignLeft);
    auto* label = new TextLabel(m_theme, role, value, this);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setAccessibleName(tr("%1: %2").arg(name, value));
    m_facts->addWidget(label, m_row++, 1);
}

void AuditInspector::showEntry()
{
    const audit::Entry& what = m_entry->entry;
    const auto text = [](const std::string& value) { return QString::fromStdString(value); };
    clearFacts();
    m_title->setText(text(what.action));
    m_outcome->setStatus(severityOf(what.outcome), outcomeWord(what.outcome));
    m_outcome->show();
    addFact(tr("Object"), text(what.target));
    addFact(
        tr("Time"),
        auditTime(m_entry->recordTime, m_utc) + (m_utc ? QStringLiteral(" UTC") : QString()));
    addFact(tr("Actor"), text(what.actor.name));
    QStringList roles;
    for (const std::string& role : what.actor.roles) {
        roles << text(role);
    }
    addFact(tr("Roles"), roles.join(QStringLiteral(", ")));
    addFact(tr("Reason"), text(what.reason));
    addFact(tr("Message"), text(what.message));
    addFact(tr("Source"), text(what.actor.source));
    addFact(tr("Plan"), text(what.planDigest), TypeRole::Mono);
    addFact(tr("Request"), text(what.actor.requestId), TypeRole::Mono);
    addFact(tr("Trace"), text(what.actor.traceId), TypeRole::Mono);
    addFact(tr("Entry"), formatCount(m_entry->sequence));
    // In groups of eight, so that it can be compared by eye and wrapped.
    QString hash = QString::fromLatin1(QByteArray::fromStdString(m_entry->hash).toHex());
    for (qsizetype at = 8; at < hash.size(); at += 9) {
        hash.insert(at, QLatin1Char(' '));
    }
    addFact(tr("Hash"), hash, TypeRole::Mono);
    m_actor->show();
    m_copyJson->show();
    m_copyCommand->show();
    m_target->setVisible(!what.target.empty());
    showDiff(what);
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
}

QString AuditInspector::factsText() const
{
    QStringList lines;
    for (int at = 0; at + 1 < m_facts->count(); at += 2) {
        const auto textAt = [&](int place) {
            return static_cast<QLabel*>(m_facts->itemAt(place)->widget())->text();
        };
        lines << textAt(at) + QStringLiteral(": ") + textAt(at + 1);
    }
    return lines.join(QLatin1Char('\n'));
}

QString AuditInspector::diffText() const
{
    return m_diff->toPlainText();
}

} // namespace pilothouse::ui
