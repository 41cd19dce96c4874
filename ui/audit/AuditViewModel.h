// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/AuditClient.h"
#include "ui/audit/AuditExport.h"
#include "ui/components/StateView.h"
#include "ui/session/LiveMailbox.h"
#include "ui/session/TimeWindow.h"

#include <QObject>

#include <deque>
#include <memory>
#include <optional>

namespace pilothouse::ui {

/// "Who did what, and with what result?": the newest entries that match, more on demand, new ones
/// as they come, and the state of the hash chain. Holds a bounded number of entries. Streams run
/// only while opened. GUI thread only.
class AuditViewModel : public QObject
{
    Q_OBJECT

public:
    static constexpr int kPage = 100;
    /// Beyond it the operator narrows the filter, or exports.
    static constexpr std::size_t kMostEntries = 5000;

    AuditViewModel(client::AuditClient& audit, TimeWindow& time, QObject* parent = nullptr);
    ~AuditViewModel() override;

    void open();
    void close();
    /// Lists anew.
    void refresh();

    /// What is asked for; its times are those of the window when `isInTimeRange`.
    const audit::Filter& filter() const { return m_filter; }
    void setFilter(const audit::Filter& filter);
    bool isInTimeRange() const { return m_isInTimeRange; }
    void setInTimeRange(bool inTimeRange);

    /// Newest first.
    const std::deque<audit::ChainedEntry>& entries() const { return m_entries; }
    DataState state() const;
    /// Another number: the entries were listed anew. Otherwise they only grew, or lost their
    /// oldest.
    int listing() const { return m_listing; }
    bool hasMore() const { return !m_nextPage.empty() && m_entries.size() < kMostEntries; }
    void loadMore();
    /// "212 entries, more as you scroll"
    QString countText() const;

    const std::optional<audit::ChainStatus>& chain() const { return m_chain; }
    /// Recomputes the whole chain on the server; the badge follows.
    void verify();
    bool isVerifying() const { return m_verifyCall != nullptr; }
    /// "Verifying 1 200 of 50 000"; empty when nothing is.
    QString verifyText() const;

    /// Shows an entry, listed or not.
    void select(std::int64_t sequence);
    const std::optional<audit::ChainedEntry>& selected() const { return m_selected; }
    /// Why the entry that was asked for cannot be shown.
    const QString& selectionError() const { return m_selectionError; }

    /// One export at a time.
    void exportTo(const QString& file, audit::ExportFormat format);
    void cancelExport();
    bool isExporting() const { return m_export != nullptr; }
    /// "12 000 entries in audit.csv", or why it failed; empty when there was none.
    const QString& exportText() const { return m_exportText; }
    bool exportFailed() const { return m_exportFailed; }

Q_SIGNALS:
    void entriesChanged();
    void chainChanged();
    void selectionChanged();
    void exportChanged();

private:
    audit::Filter wanted() const;
    void list();
    void take(const absl::StatusOr<client::AuditPage>& answer);
    void watch();
    void takeUpdates(const std::vector<client::AuditUpdate>& updates);
    void takeProgress(std::vector<audit::ChainProgress> messages);
    void endVerification(const absl::Status& status);
    void endExport(const QString& error);
    void trim();

    client::AuditClient& m_audit;
    TimeWindow& m_time;
    bool m_open = false;
    audit::Filter m_filter;
    bool m_isInTimeRange = false;
    std::deque<audit::ChainedEntry> m_entries;
    std::string m_nextPage;
    bool m_isListed = false;
    int m_listing = 0;
    absl::Status m_error;
    std::optional<audit::ChainStatus> m_chain;
    audit::ChainProgress m_progress;
    QString m_verifyError;
    std::optional<audit::ChainedEntry> m_selected;
    QString m_selectionError;
    std::unique_ptr<AuditExport> m_export;
    QString m_exportText;
    bool m_exportFailed = false;
    LiveMailbox<client::AuditUpdate> m_updates;
    LiveMailbox<audit::ChainProgress> m_progressBox;
    client::CallPtr m_listCall;
    client::CallPtr m_watchCall;
    client::CallPtr m_entryCall;
    client::CallPtr m_verifyCall;
};

} // namespace pilothouse::ui
