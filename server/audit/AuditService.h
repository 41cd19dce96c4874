// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/audit/EntryFeed.h"
#include "server/audit/EntryFinder.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "shared/base/Clock.h"

#include <pilothouse/v1/audit.pb.h>

#include <memory>

namespace pilothouse::audit {

/// pilothouse.v1.AuditService: lists, exports, verifies and watches what was done.
class AuditService final : public rpc::Service
{
public:
    struct Parts
    {
        postgres::Database& database;
        const AuditLog& log;
        const EntryFinder& finder;
        EntryFeed& feed;
        const rpc::PageTokens& pages;
        /// For one page or entry.
        platform::Executor& db;
        /// For exports and verifications, which may not take the others' threads.
        platform::Executor& bulk;
        const Clock& clock;
    };

    /// The parts outlive the service.
    AuditService(rpc::Guard& guard, const Parts& parts);

private:
    absl::Status listEntries(
        const rpc::Call& call,
        const v1::ListEntriesRequest& request,
        v1::ListEntriesResponse& response);
    absl::Status getEntry(
        const rpc::Call& call, const v1::GetEntryRequest& request, v1::GetEntryResponse& response);
    absl::Status getActivity(
        const rpc::Call& call,
        const v1::GetActivityRequest& request,
        v1::GetActivityResponse& response);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::VerifyChainResponse>>> verifyChain(
        const rpc::Call& call, const v1::VerifyChainRequest& request, rpc::Waker waker);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::ExportEntriesResponse>>> exportEntries(
        const rpc::Call& call, const v1::ExportEntriesRequest& request, rpc::Waker waker);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchEntriesResponse>>> watchEntries(
        const rpc::Call& call, const v1::WatchEntriesRequest& request, rpc::Waker waker);

    /// A place among the exports and verifications at once; RESOURCE_EXHAUSTED without one.
    absl::StatusOr<std::shared_ptr<void>> takeSlot();

    const Parts m_parts;
    const std::shared_ptr<std::atomic<int>> m_slots = std::make_shared<std::atomic<int>>(0);
};

} // namespace pilothouse::audit
