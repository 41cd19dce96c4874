// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/AuditViewModel.h"

#include "ui/components/FailedState.h"

#include "shared/base/StatusHelpers.h"
#include "ui/components/Format.h"
#include "ui/session/OnGuiThread.h"

#include <QFileInfo>

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Messages that may wait for a busy GUI; beyond them the entries are listed anew.
constexpr std::size_t kWaiting = 64;

QString textOf(const absl::Status& status)
{
    return QString::fromStdString(describe(status));
}

} // namespace

AuditViewModel::AuditViewModel(client::AuditClient& audit, TimeWindow& time, QObject* parent)
    : QObject(parent),
      m_audit(audit),
      m_time(time),
      m_updates(
          kWaiting,
          [this](const std::vector<client::AuditUpdate>& updates) { takeUpdates(updates); }),
      m_progressBox(1, [this](std::vector<audit::ChainProgress> messages) {
          takeProgress(std::move(messages));
      })
{
    connect(&m_time, &TimeWindow::changed, this, [this] {
        if (m_isInTimeRange && m_open) {
            refresh();
        }
    });
}

AuditViewModel::~AuditViewModel() = default;

void AuditViewModel::open()
{
    m_open = true;
    refresh();
}

void AuditViewModel::close()
{
    m_open = false;
    m_listCall.reset();
    m_watchCall.reset();
}

audit::Filter AuditViewModel::wanted() const
{
    audit::Filter filter = m_filter;
    if (m_isInTimeRange) {
        filter.start = m_time.from();
        // Following the present, the end is open: what happens next belongs to it.
        filter.end = m_time.isFollowing() ? absl::InfiniteFuture() : m_time.to();
    }
    return filter;
}

void AuditViewModel::setFilter(const audit::Filter& filter)
{
    if (filter == m_filter) {
        return;
    }
    m_filter = filter;
    m_entries.clear();
    ++m_listing;
    m_isListed = false;
    if (m_open) {
        refresh();
    }
    Q_EMIT entriesChanged();
}

void AuditViewModel::setInTimeRange(bool inTimeRange)
{
    if (inTimeRange != m_isInTimeRange) {
        m_isInTimeRange = inTimeRange;
        m_entries.clear();
        ++m_listing;
        m_isListed = false;
        if (m_open) {
            refresh();
        }
        Q_EMIT entriesChanged();
    }
}

void AuditViewModel::refresh()
{
    m_nextPage.clear();
    m_isListed = false;
    m_error = absl::OkStatus();
    // The watch first, so that nothing falls between it and the list.
    watch();
    list();
}

void AuditViewModel::list()
{
    m_listCall = m_audit.listEntries(
        wanted(),
        kPage,
        m_nextPage,
        onGuiThread<client::AuditPage>(
            this, [this](const absl::StatusOr<client::AuditPage>& answer) { take(answer); }));
}

void AuditViewModel::loadMore()
{
    if (m_listCall == nullptr && hasMore()) {
        list();
    }
}

void AuditViewModel::take(const absl::StatusOr<client::AuditPage>& answer)
{
    m_listCall.reset();
    m_error = answer.status();
    if (answer.ok()) {
        if (!m_isListed) {
            // What the watch brought meanwhile is in the list too.
            m_entries.clear();
            ++m_listing;
        }
        m_isListed = true;
        for (const audit::ChainedEntry& entry : answer->entries) {
            if (m_entries.empty() || entry.sequence < m_entries.back().sequence) {
                m_entries.push_back(entry);
            }
        }
        m_nextPage = answer->nextPage;
        trim();
        // A page that found nothing in its time says only how far it came: go on by itself while
        // there is nothing to look at.
        if (m_entries.empty()) {
            loadMore();
        }
    }
    Q_EMIT entriesChanged();
}

void AuditViewModel::watch()
{
    m_watchCall = m_audit.watchEntries(
        wanted(),
        m_updates.sink(),
        onGuiThread(this, std::function<void(absl::Status)>([this](const absl::Status& status) {
                        if (m_error.ok()) {
                            m_error = status;
                            Q_EMIT entriesChanged();
                        }
                    })));
}

void AuditViewModel::takeUpdates(const std::vector<client::AuditUpdate>& updates)
{
    bool hasGap = false;
    bool hasNew = false;
    for (const client::AuditUpdate& update : updates) {
        hasGap = hasGap || update.hasGap;
        m_chain = update.chain;
        for (const audit::ChainedEntry& entry : update.entries) {
            const bool isNewer = m_entries.empty() || entry.sequence > m_entries.front().sequence;
            // Before the first answer the list will bring it.
            if (isNewer && m_isListed && audit::matches(wanted(), entry)) {
                m_entries.push_front(entry);
                hasNew = true;
            }
        }
    }
    trim();
    if (hasGap && m_open) {
        refresh();
    }
    if (hasNew) {
        Q_EMIT entriesChanged();
    }
    Q_EMIT chainChanged();
}

void AuditViewModel::trim()
{
    if (m_entries.size() > kMostEntries) {
        m_entries.resize(kMostEntries);
    }
}

DataState AuditViewModel::state() const
{
    if (!m_entries.empty()) {
        return DataState::live();
    }
    if (!m_error.ok()) {
        if (absl::IsPermissionDenied(m_error)) {
            return {DataState::Kind::Forbidden, textOf(m_error), {}, {}};
        }
        return failedState(m_error);
    }
    if (!m_isListed || m_listCall != nullptr) {
        return {};
    }
    if (m_filter == audit::Filter() && !m_isInTimeRange) {
        return {DataState::Kind::Empty, tr("Nothing has been recorded yet."), {}, {}};
    }
    return {
        DataState::Kind::FilteredEmpty, tr("No entry matches the filter."), {}, tr("Clear filter")};
}

QString AuditViewModel::countText() const
{
    const QString count = formatCount(static_cast<qint64>(m_entries.size()));
    if (m_entries.size() >= kMostEntries && !m_nextPage.empty()) {
        return tr("The newest %1 entries: narrow the filter, or export").arg(count);
    }
    return hasMore() ? tr("%1 entries, more as you scroll").arg(count)
                     : tr("%1 entries").arg(count);
}

void AuditViewModel::verify()
{
    if (m_verifyCall != nullptr) {
        return;
    }
    m_progress = {};
    m_verifyError.clear();
    m_verifyCall = m_audit.verifyChain(
        0,
        {},
        m_progressBox.sink(),
        onGuiThread<client::Nothing>(this, [this](const absl::StatusOr<client::Nothing>& answer) {
            endVerification(answer.status());
        }));
    Q_EMIT chainChanged();
}

void AuditViewModel::takeProgress(std::vector<audit::ChainProgress> messages)
{
    m_progress = std::move(messages.back());
    if (m_progress.verdict) {
        m_chain = m_progress.verdict;
    }
    Q_EMIT chainChanged();
}

void AuditViewModel::endVerification(const absl::Status& status)
{
    m_verifyCall.reset();
    if (!status.ok()) {
        m_verifyError = textOf(status);
    }
    Q_EMIT chainChanged();
}

QString AuditViewModel::verifyText() const
{
    if (m_verifyCall != nullptr) {
        return tr("Verifying %1 of %2")
            .arg(formatCount(m_progress.checkedEntries), formatCount(m_progress.totalEntries));
    }
    return m_verifyError;
}

void AuditViewModel::select(std::int64_t sequence)
{
    m_entryCall.reset();
    m_selectionError.clear();
    const auto found = std::ranges::find(m_entries, sequence, &audit::ChainedEntry::sequence);
    if (found != m_entries.end()) {
        m_selected = *found;
    } else {
        m_selected.reset();
        m_entryCall = m_audit.getEntry(
            sequence,
            onGuiThread<audit::ChainedEntry>(
                this, [this](const absl::StatusOr<audit::ChainedEntry>& answer) {
                    if (answer.ok()) {
                        m_selected = *answer;
                    } else {
                        m_selectionError = textOf(answer.status());
                    }
                    Q_EMIT selectionChanged();
                }));
    }
    Q_EMIT selectionChanged();
}

void AuditViewModel::exportTo(const QString& file, audit::ExportFormat format)
{
    if (m_export != nullptr || file.isEmpty()) {
        return;
    }
    m_exportFailed = false;
    m_export = std::make_unique<AuditExport>(m_audit, wanted(), format, file);
    m_exportText = tr("Exporting…");
    connect(m_export.get(), &AuditExport::advanced, this, [this] {
        m_exportText = tr("Exporting: %1 entries").arg(formatCount(m_export->entries()));
        Q_EMIT exportChanged();
    });
    connect(m_export.get(), &AuditExport::finished, this, &AuditViewModel::endExport);
    Q_EMIT exportChanged();
}

void AuditViewModel::cancelExport()
{
    if (m_export != nullptr) {
        m_export.reset();
        m_exportText = tr("Export cancelled");
        Q_EMIT exportChanged();
    }
}

void AuditViewModel::endExport(const QString& error)
{
    m_exportFailed = !error.isEmpty();
    m_exportText =
        m_exportFailed
            ? tr("Export failed: %1").arg(error)
            : tr("%1 entries in %2")
                  .arg(formatCount(m_export->entries()), QFileInfo(m_export->file()).fileName());
    // It is its own signal that is being handled.
    m_export.release()->deleteLater();
    Q_EMIT exportChanged();
}

} // namespace pilothouse::ui
