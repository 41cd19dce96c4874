// SPDX-License-Identifier: Apache-2.0
#include "shared/audit/Chain.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace pilothouse::audit {

namespace {

static_assert(kHashSize == SHA256_DIGEST_LENGTH);

/// The pieces of the encoding, one after the other.
class Encoding
{
public:
    Encoding& integer(std::int64_t value)
    {
        const auto bits = static_cast<std::uint64_t>(value);
        for (int shift = 56; shift >= 0; shift -= 8) {
            m_bytes.push_back(static_cast<char>((bits >> static_cast<unsigned>(shift)) & 0xFFU));
        }
        return *this;
    }
    Encoding& text(std::string_view value)
    {
        integer(static_cast<std::int64_t>(value.size()));
        m_bytes.append(value);
        return *this;
    }
    std::string hash() const
    {
        std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
        SHA256(
            reinterpret_cast<const unsigned char*>(m_bytes.data()), m_bytes.size(), digest.data());
        return {digest.begin(), digest.end()};
    }

private:
    std::string m_bytes;
};

std::int64_t number(absl::CivilDay day)
{
    return day - absl::CivilDay(1970, 1, 1);
}

} // namespace

std::string noHash()
{
    return std::string(kHashSize, '\0');
}

std::string hashOf(const ChainedEntry& entry, std::string_view previous)
{
    const Entry& what = entry.entry;
    Encoding encoding;
    encoding.text("pilothouse.audit.entry.1")
        .text(previous)
        .integer(entry.sequence)
        .integer(number(entry.day))
        .integer(absl::ToUnixMicros(entry.recordTime))
        .text(what.actor.name)
        .integer(static_cast<std::int64_t>(what.actor.roles.size()));
    for (const std::string& role : what.actor.roles) {
        encoding.text(role);
    }
    return encoding.text(what.action)
        .text(what.target)
        .text(what.before)
        .text(what.after)
        .text(what.planDigest)
        .text(what.reason)
        .text(what.actor.source)
        .text(what.actor.requestId)
        .text(what.actor.traceId)
        .text(outcomeText(what.outcome))
        .text(what.message)
        .hash();
}

std::string sealOf(const ChainDay& day, std::string_view previousSeal)
{
    return Encoding()
        .text("pilothouse.audit.seal.1")
        .text(previousSeal)
        .integer(number(day.day))
        .integer(day.firstSequence)
        .integer(day.lastSequence)
        .text(day.lastHash)
        .hash();
}

absl::CivilDay dayFor(absl::Time time, absl::CivilDay open)
{
    return std::max(absl::ToCivilDay(time, absl::UTCTimeZone()), open);
}

} // namespace pilothouse::audit
