// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/AuditPage.h"

#include "shared/client/AuditClient.h"
#include "ui/audit/AuditFilterBar.h"
#include "ui/audit/AuditInspector.h"
#include "ui/audit/AuditText.h"
#include "ui/audit/ViewsButton.h"
#include "ui/components/Button.h"
#include "ui/components/Card.h"
#include "ui/components/DataTable.h"
#include "ui/components/Format.h"
#include "ui/components/MessageBar.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

/// Time, actor, action and result, and what objects and reasons need, at text scale 100 %.
constexpr int kKeptColumns = 875;

QString breakText(const QString& details)
{
    return AuditPage::tr(
               "%1 Somebody changed the audit in the database, or it was damaged. Nothing "
               "is repaired by itself: compare with an export or a backup from before.")
        .arg(details);
}

} // namespace

AuditPage::AuditPage(const PageContext& context, QWidget* parent)
    : Page(parent), m_context(context), m_model(context.session.audit(), context.time)
{
    const Theme& theme = context.theme;
    auto* card = new Card(theme, {}, this);
    m_filter = new AuditFilterBar(theme, card);
    m_table = new DataTable(theme, tr("Audit"), auditColumns(), DataTable::Chrome::Bare, card);
    // The server orders; a click on a title could sort only what is loaded.
    m_table->view().setSortingEnabled(false);
    m_table->view().setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->view().horizontalHeader()->setSectionsClickable(false);
    m_table->sortBy(QStringLiteral("entry"), Qt::DescendingOrder);
    // The inspector has what goes.
    m_narrow.emplace(
        *m_table,
        QStringList{QStringLiteral("entry"), QStringLiteral("source"), QStringLiteral("reason")},
        kKeptColumns);
    card->body()->addWidget(m_filter);
    card->body()->addWidget(buildStatus());
    m_break = new MessageBar(theme, Severity::Critical, {}, card);
    card->body()->addWidget(m_break);
    card->body()->addWidget(m_table, 1);
    m_inspector = new AuditInspector(theme, this);
    m_inspector->hide();
    auto* layout = new QVBoxLayout(this);
    const int margin = theme.px(space::kXl);
    layout->setContentsMargins(margin, theme.px(space::kXs), margin, theme.px(space::kL));
    layout->addWidget(card);
    bind();
    showEntries();
    showChain();
    showExport();
}

AuditPage::~AuditPage() = default;

QWidget* AuditPage::buildStatus()
{
    const Theme& theme = m_context.theme;
    auto* bar = new QWidget(this);
    m_badge = new StatusChip(theme, Severity::Unknown, bar);
    m_verifyText = new TextLabel(theme, TypeRole::Label, {}, bar);
    m_verifyText->setElided(true);
    m_count = new TextLabel(theme, TypeRole::Label, {}, bar);
    m_exportText = new TextLabel(theme, TypeRole::Label, {}, bar);
    m_exportText->setElided(true);
    m_exportText->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_views = new ViewsButton(theme, m_context.settings, bar);
    m_verify =
        new Button(theme, ButtonKind::Secondary, tr("Verify"), QStringLiteral("shield-check"), bar);
    m_verify->setToolTip(tr("Recompute the whole hash chain on the server"));
    m_export =
        new Button(theme, ButtonKind::Secondary, tr("Export…"), QStringLiteral("download"), bar);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.px(space::kM));
    row->addWidget(m_badge);
    row->addWidget(m_verifyText, 1);
    row->addWidget(m_exportText, 1);
    row->addWidget(m_count);
    row->addWidget(m_views);
    row->addWidget(m_verify);
    row->addWidget(m_export);
    return bar;
}

void AuditPage::bind()
{
    connect(m_filter, &AuditFilterBar::changed, this, &AuditPage::filterChanged);
    connect(&m_model, &AuditViewModel::entriesChanged, this, &AuditPage::showEntries);
    connect(&m_model, &AuditViewModel::chainChanged, this, &AuditPage::showChain);
    connect(&m_model, &AuditViewModel::selectionChanged, this, &AuditPage::showSelection);
    connect(&m_model, &AuditViewModel::exportChanged, this, &AuditPage::showExport);
    connect(m_table, &DataTable::selectionChanged, this, &AuditPage::selectRow);
    connect(m_table, &DataTable::actionTriggered, this, [this] {
        if (m_model.state().kind == DataState::Kind::FilteredEmpty) {
            setView({});
        } else {
            m_model.refresh();
        }
    });
    // A page further when the end comes near.
    QScrollBar* scroll = m_table->view().verticalScrollBar();
    const auto loadNearEnd = [this, scroll] {
        if (scroll->value() >= scroll->maximum() - 2 * scroll->pageStep()) {
            m_model.loadMore();
        }
    };
    connect(scroll, &QScrollBar::valueChanged, this, loadNearEnd);
    connect(m_views, &ViewsButton::chosen, this, &AuditPage::setView);
    connect(m_views, &ViewsButton::saveWanted, this, &AuditPage::askForViewName);
    connect(m_views, &ViewsButton::copyCommandWanted, this, [this] {
        const QString command = auditViewCommand(view());
        QGuiApplication::clipboard()->setText(command);
        tell(tr("Copied %1").arg(command));
    });
    connect(m_verify, &QPushButton::clicked, &m_model, &AuditViewModel::verify);
    connect(m_export, &QPushButton::clicked, this, [this] {
        m_model.isExporting() ? m_model.cancelExport() : askForFile();
    });
    connect(m_inspector, &AuditInspector::actorWanted, this, [this](const QString& actor) {
        audit::Filter filter;
        filter.actor = actor.toStdString();
        narrow(filter);
    });
    connect(m_inspector, &AuditInspector::targetWanted, this, [this](const QString& target) {
        audit::Filter filter;
        filter.target = target.toStdString();
        narrow(filter);
    });
    connect(m_inspector, &AuditInspector::openWanted, this, [this](const QString& target) {
        if (const auto place = placeOf(target)) {
            Q_EMIT openRequested(place->page, place->object);
        }
    });
    connect(&m_context.session, &Session::statusChanged, this, &AuditPage::showFreshness);
    connect(&m_context.settings, &Settings::changed, this, [this] {
        m_inspector->setUtc(isUtc());
        showEntries();
        showChain();
    });
    m_inspector->setUtc(isUtc());
}

bool AuditPage::isUtc() const
{
    return m_context.settings.timeDisplay() == TimeDisplay::Utc;
}

void AuditPage::filterChanged()
{
    m_model.setInTimeRange(m_filter->isInTimeRange());
    m_model.setFilter(m_filter->filter());
}

void AuditPage::narrow(const audit::Filter& filter)
{
    setView({filter, m_filter->isInTimeRange()});
}

AuditView AuditPage::view() const
{
    return {m_filter->filter(), m_filter->isInTimeRange()};
}

void AuditPage::setView(const AuditView& view)
{
    m_filter->setFilter(view.filter);
    m_filter->setInTimeRange(view.isInTimeRange);
    filterChanged();
}

QString AuditPage::filter() const
{
    return auditViewText(view());
}

void AuditPage::setFilter(const QString& filter)
{
    setView(auditViewOf(filter));
}

void AuditPage::showEntries()
{
    showRows();
    m_table->setState(m_model.state());
    m_count->setText(m_model.countText());
    // The table keeps its selection; only an entry that was opened before it was listed is new.
    if (m_model.selected() && m_table->selectedKeys().isEmpty()) {
        m_table->select(QString::number(m_model.selected()->sequence));
    }
}

void AuditPage::showRows()
{
    const auto& entries = m_model.entries();
    const bool isAnew = m_shownListing != m_model.listing() || m_isShownInUtc != isUtc();
    // Of thousands of entries only those that came or went: making all rows anew with every page
    // and every new entry would be felt.
    std::vector<TableRow> rows;
    for (const audit::ChainedEntry& entry : entries) {
        if (isAnew || entry.sequence > m_shownNewest || entry.sequence < m_shownOldest) {
            rows.push_back(auditRow(entry, isUtc()));
        }
    }
    if (isAnew) {
        m_table->setRows(std::move(rows));
    } else {
        QStringList gone;
        const std::int64_t oldest = entries.empty() ? m_shownNewest + 1 : entries.back().sequence;
        if (oldest > m_shownOldest) {
            for (const TableRow& row : m_table->model().rows()) {
                if (row.key.toLongLong() < oldest) {
                    gone << row.key;
                }
            }
        }
        if (!gone.isEmpty()) {
            m_table->removeRows(gone);
        }
        if (!rows.empty()) {
            m_table->updateRows(std::move(rows));
        }
    }
    m_shownListing = m_model.listing();
    m_isShownInUtc = isUtc();
    m_shownNewest = entries.empty() ? 0 : entries.front().sequence;
    m_shownOldest = entries.empty() ? 0 : entries.back().sequence;
}

void AuditPage::showChain()
{
    const ChainBadge badge =
        m_model.chain() ? chainBadge(*m_model.chain(), isUtc())
                        : ChainBadge{Severity::Unknown, tr("Hash chain not known yet"), {}};
    m_badge->setStatus(badge.severity, badge.text);
    m_badge->setToolTip(badge.details);
    const bool isBroken = badge.severity == Severity::Critical;
    m_verifyText->setText(m_model.verifyText());
    // What is broken is said, not hidden in a tooltip.
    m_break->setMessage(Severity::Critical, isBroken ? breakText(badge.details) : QString());
    m_verify->setEnabled(!m_model.isVerifying());
    Q_EMIT badgeChanged(isBroken ? 1 : 0);
}

void AuditPage::selectRow()
{
    const QStringList keys = m_table->selectedKeys();
    if (keys.isEmpty()) {
        return;
    }
    const std::int64_t sequence = keys.front().toLongLong();
    if (!m_model.selected() || m_model.selected()->sequence != sequence) {
        m_model.select(sequence);
    }
}

void AuditPage::showSelection()
{
    const bool hasError = !m_model.selectionError().isEmpty();
    if (m_model.selected()) {
        m_inspector->setEntry(
            *m_model.selected(),
            placeOf(QString::fromStdString(m_model.selected()->entry.target)).has_value());
        m_table->select(QString::number(m_model.selected()->sequence));
    } else if (hasError) {
        m_inspector->setError(m_model.selectionError());
    }
    Q_EMIT inspectorChanged(m_model.selected().has_value() || hasError);
    Q_EMIT objectChanged();
}

void AuditPage::showExport()
{
    m_exportText->setText(m_model.exportText());
    m_exportText->setColor(m_model.exportFailed() ? Color::ErrorText : Color::TextSecondary);
    m_export->setText(m_model.isExporting() ? tr("Cancel export") : tr("Export…"));
    m_export->setIconName(m_model.isExporting() ? QStringLiteral("x") : QStringLiteral("download"));
}

void AuditPage::showFreshness()
{
    const Session& session = m_context.session;
    QString note;
    if (!session.isFresh() && session.freshUntil() != absl::InfinitePast()) {
        note = tr("as of %1").arg(formatClock(absl::ToUnixMillis(session.freshUntil()), isUtc()));
    }
    m_table->setStaleNote(note);
}

std::optional<PagePlace> AuditPage::placeOf(const QString& target) const
{
    return m_context.pages == nullptr || m_context.isTornOff ? std::nullopt
                                                             : m_context.pages->placeOf(target);
}

QString AuditPage::object() const
{
    return m_model.selected() ? QString::number(m_model.selected()->sequence) : QString();
}

void AuditPage::openObject(const QString& object)
{
    bool isNumber = false;
    const qlonglong sequence = object.toLongLong(&isNumber);
    if (isNumber) {
        m_model.select(sequence);
    } else if (!object.isEmpty()) {
        // "What changed here?" of another page: its object.
        audit::Filter filter;
        filter.target = object.toStdString();
        narrow(filter);
    }
}

void AuditPage::setShown(bool shown)
{
    if (shown) {
        m_model.open();
        showFreshness();
    } else {
        m_model.close();
    }
}

void AuditPage::refresh()
{
    m_model.refresh();
}

bool AuditPage::focusFilter()
{
    m_filter->focusText();
    return true;
}

QWidget* AuditPage::initialFocus()
{
    return m_filter->firstField();
}

QWidget* AuditPage::inspector()
{
    return m_inspector;
}

void AuditPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    m_narrow->fit(width() - m_context.theme.px(2 * (space::kXl + space::kL)));
}

int AuditPage::overlayTop() const
{
    return m_table->mapTo(this, QPoint()).y();
}

QByteArray AuditPage::saveLayout() const
{
    QJsonObject layout;
    layout.insert(QStringLiteral("table"), QString::fromLatin1(m_table->saveLayout().toBase64()));
    return QJsonDocument(layout).toJson(QJsonDocument::Compact);
}

void AuditPage::restoreLayout(const QByteArray& layout)
{
    const QJsonObject object = QJsonDocument::fromJson(layout).object();
    m_table->restoreLayout(
        QByteArray::fromBase64(object.value(QStringLiteral("table")).toString().toLatin1()));
}

} // namespace pilothouse::ui
