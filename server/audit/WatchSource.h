// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/EntryFeed.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Stream.h"

#include <pilothouse/v1/audit.pb.h>

#include <string>

namespace pilothouse::audit {

/// New entries for one watcher, from the feed that all share. A slow watcher takes larger steps,
/// and learns of a gap when it is further behind than the feed reaches.
class WatchSource final : public rpc::Source<v1::WatchEntriesResponse>
{
public:
    /// The feed and the tokens outlive this. `after` -1: from now on.
    WatchSource(
        const EntryFeed& feed, const rpc::PageTokens& tokens, Filter filter, std::int64_t after)
        : m_feed(feed), m_tokens(tokens), m_filter(std::move(filter)), m_sequence(after)
    {}

    bool next(v1::WatchEntriesResponse& response) override;

    static constexpr const char* kTokens = "audit.watch";

private:
    const EntryFeed& m_feed;
    const rpc::PageTokens& m_tokens;
    const Filter m_filter;
    std::int64_t m_sequence;
    /// Of the feed, when everything was told; 0 = not yet.
    std::uint64_t m_version = 0;
};

} // namespace pilothouse::audit
