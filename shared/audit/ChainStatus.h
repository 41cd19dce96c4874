// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/audit/ChainCheck.h"

namespace pilothouse::audit {

enum class ChainState { Verifying, Intact, Broken };

/// What a server knows of its chain.
struct ChainStatus
{
    ChainState state = ChainState::Verifying;
    /// Up to which entry, and when that one was recorded; 0 and InfinitePast with no entry at all.
    std::int64_t verifiedSequence = 0;
    absl::Time verifiedTime = absl::InfinitePast();
    /// When the walk that found it out began at the chain's first entry, and when it ended.
    absl::Time walkTime = absl::InfinitePast();
    absl::Time checkTime = absl::InfinitePast();
    std::int64_t entries = 0;
    /// With Broken.
    std::optional<ChainBreak> firstBreak;
    std::string headHash;
};

/// How far a verification is, and in the last message how it ended.
struct ChainProgress
{
    std::int64_t checkedEntries = 0;
    std::int64_t totalEntries = 0;
    std::string day;
    std::optional<ChainStatus> verdict;
};

} // namespace pilothouse::audit
