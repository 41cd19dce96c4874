// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcAuditClient.h"

#include "shared/audit/proto/AuditProto.h"
#include "shared/base/proto/TimeProto.h"
#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/FiniteCall.h"
#include "shared/client/grpc/StreamCall.h"

namespace pilothouse::client {

namespace {

using Async = v1::AuditService::StubInterface::async_interface;

} // namespace

CallPtr GrpcAuditClient::listEntries(
    const audit::Filter& filter, int size, const std::string& page, OnDone<AuditPage> onDone)
{
    v1::ListEntriesRequest request;
    *request.mutable_filter() = audit::toProto(filter);
    request.set_page_size(size);
    request.set_page_token(page);
    return callUnary<v1::ListEntriesRequest, v1::ListEntriesResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::audit, &Async::ListEntries),
        std::move(onDone),
        [](const v1::ListEntriesResponse& response) {
            AuditPage answer;
            for (const auto& entry : response.entries()) {
                answer.entries.push_back(audit::fromProto(entry));
            }
            answer.nextPage = response.next_page_token();
            answer.searchedTo = response.searched_to_sequence();
            return answer;
        });
}

CallPtr GrpcAuditClient::getEntry(std::int64_t sequence, OnDone<audit::ChainedEntry> onDone)
{
    v1::GetEntryRequest request;
    request.set_sequence(sequence);
    return callUnary<v1::GetEntryRequest, v1::GetEntryResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::audit, &Async::GetEntry),
        std::move(onDone),
        [](const v1::GetEntryResponse& response) { return audit::fromProto(response.entry()); });
}

CallPtr GrpcAuditClient::getActivity(const ActivityQuery& query, OnDone<audit::Activity> onDone)
{
    v1::GetActivityRequest request;
    setTime(request, &v1::GetActivityRequest::mutable_start, query.start);
    setTime(request, &v1::GetActivityRequest::mutable_end, query.end);
    request.set_actor(query.actor);
    request.set_action(query.action);
    return callUnary<v1::GetActivityRequest, v1::GetActivityResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::audit, &Async::GetActivity),
        std::move(onDone),
        [](const v1::GetActivityResponse& response) { return audit::fromProto(response); });
}

CallPtr GrpcAuditClient::verifyChain(
    std::int64_t knownSequence,
    const std::string& knownHash,
    OnMessage<audit::ChainProgress> onProgress,
    OnDone<Nothing> onDone)
{
    using Verify = FiniteCall<v1::VerifyChainRequest, v1::VerifyChainResponse>;
    v1::VerifyChainRequest request;
    request.set_known_sequence(knownSequence);
    request.set_known_hash(knownHash);
    return Verify::start(
        m_link,
        std::move(request),
        Verify::AfterLoss::StartOver,
        opening(&Link::Stubs::audit, &Async::VerifyChain),
        [receive = std::move(onProgress)](
            v1::VerifyChainResponse& response, v1::VerifyChainRequest& /*request*/) {
            receive(audit::fromProto(response));
        },
        std::move(onDone));
}

CallPtr GrpcAuditClient::exportEntries(
    const audit::Filter& filter,
    audit::ExportFormat format,
    OnMessage<AuditExportPiece> onPiece,
    OnDone<Nothing> onDone)
{
    using Export = FiniteCall<v1::ExportEntriesRequest, v1::ExportEntriesResponse>;
    v1::ExportEntriesRequest request;
    *request.mutable_filter() = audit::toProto(filter);
    request.set_format(audit::toProto(format));
    return Export::start(
        m_link,
        std::move(request),
        Export::AfterLoss::Resume,
        opening(&Link::Stubs::audit, &Async::ExportEntries),
        [receive = std::move(onPiece)](
            v1::ExportEntriesResponse& response, v1::ExportEntriesRequest& next) {
            if (response.last_sequence() > 0) {
                next.set_after_sequence(response.last_sequence());
            }
            receive(
                {std::move(*response.mutable_data()),
                 response.entries(),
                 response.last_sequence()});
        },
        std::move(onDone));
}

CallPtr GrpcAuditClient::watchEntries(
    const audit::Filter& filter, OnMessage<AuditUpdate> onUpdate, OnEnd onEnd)
{
    v1::WatchEntriesRequest request;
    *request.mutable_filter() = audit::toProto(filter);
    return StreamCall<v1::WatchEntriesRequest, v1::WatchEntriesResponse>::start(
        m_link,
        std::move(request),
        opening(&Link::Stubs::audit, &Async::WatchEntries),
        [receive = std::move(onUpdate)](
            v1::WatchEntriesResponse& response, v1::WatchEntriesRequest& next) {
            next.set_resume_token(response.resume_token());
            AuditUpdate update;
            for (const auto& entry : response.entries()) {
                update.entries.push_back(audit::fromProto(entry));
            }
            update.chain = audit::fromProto(response.chain());
            update.hasGap = response.gap();
            receive(std::move(update));
        },
        std::move(onEnd));
}

} // namespace pilothouse::client
