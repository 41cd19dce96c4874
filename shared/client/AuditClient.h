// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/audit/Activity.h"
#include "shared/audit/ChainStatus.h"
#include "shared/audit/ExportLines.h"
#include "shared/audit/Filter.h"
#include "shared/client/Call.h"

#include <string>
#include <vector>

namespace pilothouse::client {

struct AuditPage
{
    /// Newest first.
    std::vector<audit::ChainedEntry> entries;
    /// "" on the last page. A page may hold less than asked for, even nothing, and have a next one.
    std::string nextPage;
    std::int64_t searchedTo = 1;
};

/// Some lines of an export.
struct AuditExportPiece
{
    std::string data;
    std::int64_t entries = 0;
    std::int64_t lastSequence = 0;
};

struct AuditUpdate
{
    /// Oldest first.
    std::vector<audit::ChainedEntry> entries;
    audit::ChainStatus chain;
    /// Entries were left out: list again.
    bool hasGap = false;
};

struct ActivityQuery
{
    /// Infinite: the last 24 hours.
    absl::Time start = absl::InfinitePast();
    absl::Time end = absl::InfiniteFuture();
    std::string actor;
    std::string action;
};

/// pilothouse.v1.AuditService. Thread-safe.
class AuditClient
{
public:
    virtual ~AuditClient() = default;
    /// `page` as AuditPage::nextPage of the page before, with the same filter; "" for the first.
    virtual CallPtr listEntries(
        const audit::Filter& filter,
        int size,
        const std::string& page,
        OnDone<AuditPage> onDone) = 0;
    virtual CallPtr getEntry(std::int64_t sequence, OnDone<audit::ChainedEntry> onDone) = 0;
    virtual CallPtr getActivity(const ActivityQuery& query, OnDone<audit::Activity> onDone) = 0;
    /// Progress, the verdict in the last message, then `onDone`. A broken chain is no error.
    virtual CallPtr verifyChain(
        std::int64_t knownSequence,
        const std::string& knownHash,
        OnMessage<audit::ChainProgress> onProgress,
        OnDone<Nothing> onDone) = 0;
    /// The next piece is read when `onPiece` has returned. After a loss it goes on where it was.
    virtual CallPtr exportEntries(
        const audit::Filter& filter,
        audit::ExportFormat format,
        OnMessage<AuditExportPiece> onPiece,
        OnDone<Nothing> onDone) = 0;
    virtual CallPtr watchEntries(
        const audit::Filter& filter, OnMessage<AuditUpdate> onUpdate, OnEnd onEnd) = 0;
};

} // namespace pilothouse::client
