// SPDX-License-Identifier: Apache-2.0
#include "server/audit/AuditService.h"

#include "server/audit/ExportSource.h"
#include "server/audit/VerifySource.h"
#include "server/audit/WatchSource.h"
#include "shared/audit/proto/AuditProto.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/TimeProto.h"

#include <absl/strings/numbers.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <limits>

namespace pilothouse::audit {

namespace {

constexpr int kDefaultPage = 100;
constexpr int kLargestPage = 500;
/// Exports and verifications at once; each holds some megabytes and now and then a connection.
constexpr int kMostSlots = 8;
constexpr absl::Duration kActivityDefault = absl::Hours(24);

absl::StatusOr<Filter> filterOf(const v1::AuditFilter& request)
{
    Filter filter = fromProto(request);
    PH_RETURN_IF_ERROR(checkFilter(filter));
    return filter;
}

/// A page token belongs to its filter.
std::string listOf(const v1::AuditFilter& filter)
{
    return "audit " + filter.SerializeAsString();
}

/// The sequence that a token holds.
absl::StatusOr<std::int64_t> sequenceIn(
    const rpc::PageTokens& tokens, std::string_view list, const std::string& token)
{
    PH_ASSIGN_OR_RETURN(const auto place, tokens.open(list, token));
    std::int64_t sequence = 0;
    if (place.size() != 1 || !absl::SimpleAtoi(place[0], &sequence)) {
        return rpc::PageTokens::invalid();
    }
    return sequence;
}

std::string jsonOf(const google::protobuf::Message& message)
{
    std::string json;
    return google::protobuf::util::MessageToJsonString(message, &json).ok() ? json : std::string();
}

} // namespace

AuditService::AuditService(rpc::Guard& guard, const Parts& parts)
    : rpc::Service(guard, v1::ListEntriesRequest::descriptor()->file()->service(0)), m_parts(parts)
{
    unaryOn(parts.db, "ListEntries", &AuditService::listEntries);
    unaryOn(parts.db, "GetEntry", &AuditService::getEntry);
    unaryOn(parts.db, "GetActivity", &AuditService::getActivity);
    watch("VerifyChain", &AuditService::verifyChain);
    watch("ExportEntries", &AuditService::exportEntries);
    watch("WatchEntries", &AuditService::watchEntries);
}

absl::Status AuditService::listEntries(
    const rpc::Call& call, const v1::ListEntriesRequest& request, v1::ListEntriesResponse& response)
{
    PH_ASSIGN_OR_RETURN(const Filter filter, filterOf(request.filter()));
    if (request.page_size() < 0) {
        return absl::InvalidArgumentError("page_size is negative");
    }
    const int size =
        request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage);
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    if (!request.page_token().empty()) {
        PH_ASSIGN_OR_RETURN(
            before, sequenceIn(m_parts.pages, listOf(request.filter()), request.page_token()));
    }
    PH_ASSIGN_OR_RETURN(
        const auto page, m_parts.finder.page(filter, before, size, call.deadline()));
    for (const ChainedEntry& entry : page.entries) {
        *response.add_entries() = toProto(entry);
    }
    response.set_searched_to_sequence(page.searchedTo);
    if (!page.isLast) {
        response.set_next_page_token(
            m_parts.pages.make(listOf(request.filter()), {std::to_string(page.searchedTo)}));
    }
    return absl::OkStatus();
}

absl::Status AuditService::getEntry(
    const rpc::Call& call, const v1::GetEntryRequest& request, v1::GetEntryResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const ChainedEntry entry, m_parts.finder.find(request.sequence(), call.deadline()));
    *response.mutable_entry() = toProto(entry);
    return absl::OkStatus();
}

absl::Status AuditService::getActivity(
    const rpc::Call& call, const v1::GetActivityRequest& request, v1::GetActivityResponse& response)
{
    const absl::Time end =
        request.has_end() ? pilothouse::fromProto(request.end()) : m_parts.clock.now();
    const absl::Time start =
        request.has_start() ? pilothouse::fromProto(request.start()) : end - kActivityDefault;
    Filter same;
    same.start = start;
    same.end = end;
    same.actor = request.actor();
    same.action = request.action();
    PH_RETURN_IF_ERROR(checkFilter(same));
    PH_ASSIGN_OR_RETURN(
        const Activity activity,
        m_parts.finder.activity({start, end, request.actor(), request.action()}, call.deadline()));
    response = toProto(activity);
    return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::VerifyChainResponse>>> AuditService::verifyChain(
    const rpc::Call&, const v1::VerifyChainRequest& request, rpc::Waker waker)
{
    const bool isKnown = request.known_sequence() != 0;
    if (request.known_sequence() < 0 || (isKnown && request.known_hash().size() != kHashSize)) {
        return absl::InvalidArgumentError("a known entry is its sequence and its hash of 32 bytes");
    }
    PH_ASSIGN_OR_RETURN(auto slot, takeSlot());
    return std::make_unique<VerifySource>(
        VerifySource::Parts{m_parts.database, m_parts.feed, m_parts.bulk},
        request.known_sequence(),
        request.known_hash(),
        std::move(waker),
        std::move(slot));
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::ExportEntriesResponse>>> AuditService::exportEntries(
    const rpc::Call& call, const v1::ExportEntriesRequest& request, rpc::Waker waker)
{
    ExportSource::Request wanted;
    PH_ASSIGN_OR_RETURN(wanted.filter, filterOf(request.filter()));
    switch (request.format()) {
    case v1::EXPORT_FORMAT_CSV:
        wanted.format = ExportFormat::Csv;
        break;
    case v1::EXPORT_FORMAT_JSON_LINES:
        wanted.format = ExportFormat::JsonLines;
        break;
    default:
        return absl::InvalidArgumentError("format is not set");
    }
    if (request.after_sequence() < 0) {
        return absl::InvalidArgumentError("after_sequence is negative");
    }
    wanted.after = request.after_sequence();
    wanted.entry.actor = actorOf(call);
    wanted.entry.action = call.method().rule.audit;
    wanted.entry.target = "audit/entries";
    wanted.entry.after = jsonOf(request);
    PH_ASSIGN_OR_RETURN(auto slot, takeSlot());
    return std::make_unique<ExportSource>(
        ExportSource::Parts{m_parts.database, m_parts.log, m_parts.bulk},
        std::move(wanted),
        std::move(waker),
        std::move(slot));
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchEntriesResponse>>> AuditService::watchEntries(
    const rpc::Call&, const v1::WatchEntriesRequest& request, rpc::Waker waker)
{
    PH_ASSIGN_OR_RETURN(Filter filter, filterOf(request.filter()));
    std::int64_t after = m_parts.feed.head();
    if (!request.resume_token().empty()) {
        // A token of before a restart begins anew, as a watcher without one.
        after =
            sequenceIn(m_parts.pages, WatchSource::kTokens, request.resume_token()).value_or(after);
    }
    m_parts.feed.addListener([waker = std::move(waker)] { return waker.wake(); });
    return std::make_unique<WatchSource>(m_parts.feed, m_parts.pages, std::move(filter), after);
}

absl::StatusOr<std::shared_ptr<void>> AuditService::takeSlot()
{
    if (m_slots->fetch_add(1) >= kMostSlots) {
        m_slots->fetch_sub(1);
        return withRetryDelay(
            absl::ResourceExhaustedError("too many exports and verifications at once"),
            absl::Seconds(5));
    }
    return std::shared_ptr<void>(m_slots.get(), [slots = m_slots](void*) { slots->fetch_sub(1); });
}

} // namespace pilothouse::audit
