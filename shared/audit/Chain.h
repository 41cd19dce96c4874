// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/audit/Entry.h"

#include <string>
#include <string_view>

/// How the audit is chained. All of it can be recomputed from the stored columns by anyone with
/// SHA-256.
///
/// The hash of an entry is SHA-256 over these pieces one after the other:
///
///     text "pilothouse.audit.entry.1"
///     text hash of the entry before (32 bytes); for the first of a day the seal of the day before;
///          for the very first entry 32 zero bytes
///     int  sequence
///     int  day, counted from 1970-01-01
///     int  time of recording, microseconds from 1970-01-01T00:00:00Z
///     text actor
///     int  number of roles, then each as text
///     text action, target, before, after, plan digest, reason, source, request id, trace id,
///          outcome ("ok", "denied", "failed"), message
///
/// `int` is 8 bytes, big-endian, two's complement; `text` is the number of its bytes as `int`, then
/// the bytes (UTF-8). Every piece says where it ends, so no two entries have the same encoding.
///
/// A day is closed by a seal, SHA-256 over
///
///     text "pilothouse.audit.seal.1"
///     text seal of the day before (32 zero bytes for the first)
///     int  day
///     int  sequence of its first entry, sequence of its last entry
///     text hash of its last entry
///
/// so that the seals alone stay a chain when the entries of old days are dropped.
namespace pilothouse::audit {

constexpr std::size_t kHashSize = 32;

/// What stands before the first entry and the first seal.
std::string noHash();

/// Hash of an entry after `previous`; the entry's own `hash` does not matter.
std::string hashOf(const ChainedEntry& entry, std::string_view previous);

/// A day of the chain as it is kept, with or without its entries.
struct ChainDay
{
    absl::CivilDay day;
    std::int64_t firstSequence = 0;
    std::int64_t lastSequence = 0;
    std::string lastHash;
    /// "" while the day is open.
    std::string seal;
    /// The entries were dropped when their time was over.
    bool isDropped = false;

    std::int64_t entries() const { return lastSequence - firstSequence + 1; }
};

std::string sealOf(const ChainDay& day, std::string_view previousSeal);

/// The day that an entry recorded at `time` goes to while `open` is the newest day: its own, but
/// never back.
absl::CivilDay dayFor(absl::Time time, absl::CivilDay open);

} // namespace pilothouse::audit
