// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/AuditClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcAuditClient final : public AuditClient
{
public:
    explicit GrpcAuditClient(std::shared_ptr<Link> link) : m_link(std::move(link)) {}

    CallPtr listEntries(
        const audit::Filter& filter,
        int size,
        const std::string& page,
        OnDone<AuditPage> onDone) override;
    CallPtr getEntry(std::int64_t sequence, OnDone<audit::ChainedEntry> onDone) override;
    CallPtr getActivity(const ActivityQuery& query, OnDone<audit::Activity> onDone) override;
    CallPtr verifyChain(
        std::int64_t knownSequence,
        const std::string& knownHash,
        OnMessage<audit::ChainProgress> onProgress,
        OnDone<Nothing> onDone) override;
    CallPtr exportEntries(
        const audit::Filter& filter,
        audit::ExportFormat format,
        OnMessage<AuditExportPiece> onPiece,
        OnDone<Nothing> onDone) override;
    CallPtr watchEntries(
        const audit::Filter& filter, OnMessage<AuditUpdate> onUpdate, OnEnd onEnd) override;

private:
    std::shared_ptr<Link> m_link;
};

} // namespace pilothouse::client
