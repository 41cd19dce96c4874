// SPDX-License-Identifier: Apache-2.0
#include "server/audit/WatchSource.h"

#include "shared/audit/proto/AuditProto.h"

namespace pilothouse::audit {

namespace {

constexpr std::size_t kInOneMessage = 200;

} // namespace

bool WatchSource::next(v1::WatchEntriesResponse& response)
{
    if (m_feed.version() == m_version) {
        return false;
    }
    const EntryFeed::News news = m_feed.after(m_sequence, m_filter, kInOneMessage);
    // With a full message the feed is asked again before it has to change.
    m_version = news.entries.size() < kInOneMessage ? news.version : 0;
    m_sequence = news.sequence;
    for (const ChainedEntry& entry : news.entries) {
        *response.add_entries() = toProto(entry);
    }
    *response.mutable_chain() = toProto(news.chain);
    response.set_gap(news.hasGap);
    response.set_resume_token(m_tokens.make(kTokens, {std::to_string(m_sequence)}));
    return true;
}

} // namespace pilothouse::audit
