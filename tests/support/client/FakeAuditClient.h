// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/AuditClient.h"
#include "tests/support/client/FakeMethod.h"
#include "tests/support/client/FakeStream.h"

namespace pilothouse::test {

/// An AuditClient that a test answers through its public members.
class FakeAuditClient final : public client::AuditClient
{
public:
    struct ListRequest
    {
        audit::Filter filter;
        int size = 0;
        std::string page;
    };
    struct ExportRequest
    {
        audit::Filter filter;
        audit::ExportFormat format = audit::ExportFormat::Csv;
    };

    FakeMethod<ListRequest, client::AuditPage> lists;
    FakeMethod<std::int64_t, audit::ChainedEntry> entries;
    FakeMethod<client::ActivityQuery, audit::Activity> activities;
    FakeMethod<std::int64_t, client::Nothing> verifications;
    FakeMethod<ExportRequest, client::Nothing> exports;
    FakeStream<audit::Filter, client::AuditUpdate> watches;
    /// Of the newest verification and export.
    client::OnMessage<audit::ChainProgress> onProgress;
    client::OnMessage<client::AuditExportPiece> onPiece;

    client::CallPtr listEntries(
        const audit::Filter& filter,
        int size,
        const std::string& page,
        client::OnDone<client::AuditPage> onDone) override
    {
        return lists.start({filter, size, page}, std::move(onDone));
    }
    client::CallPtr getEntry(
        std::int64_t sequence, client::OnDone<audit::ChainedEntry> onDone) override
    {
        return entries.start(sequence, std::move(onDone));
    }
    client::CallPtr getActivity(
        const client::ActivityQuery& query, client::OnDone<audit::Activity> onDone) override
    {
        return activities.start(query, std::move(onDone));
    }
    client::CallPtr verifyChain(
        std::int64_t knownSequence,
        const std::string& /*knownHash*/,
        client::OnMessage<audit::ChainProgress> progress,
        client::OnDone<client::Nothing> onDone) override
    {
        onProgress = std::move(progress);
        return verifications.start(knownSequence, std::move(onDone));
    }
    client::CallPtr exportEntries(
        const audit::Filter& filter,
        audit::ExportFormat format,
        client::OnMessage<client::AuditExportPiece> piece,
        client::OnDone<client::Nothing> onDone) override
    {
        onPiece = std::move(piece);
        return exports.start({filter, format}, std::move(onDone));
    }
    client::CallPtr watchEntries(
        const audit::Filter& filter,
        client::OnMessage<client::AuditUpdate> onUpdate,
        client::OnEnd onEnd) override
    {
        return watches.start(filter, std::move(onUpdate), std::move(onEnd));
    }
};

} // namespace pilothouse::test
