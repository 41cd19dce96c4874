// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What HAProxy's Runtime API answers, and its map files, as values. Pure; the text may be anything.
namespace pilothouse::haproxy {

/// Without the blanks around it.
std::string_view trimmed(std::string_view text);
/// Whether the whole text is a number.
bool parseNumber(std::string_view text, std::int64_t& value);

struct MapEntry
{
    std::string key;
    std::string value;

    friend bool operator==(const MapEntry&, const MapEntry&) = default;
};

/// More entries than this are not a map that names colours.
inline constexpr std::size_t kMostMapEntries = 10000;
inline constexpr std::size_t kMostStatRows = 10000;

/// Of `show map FILE`: "0x55d0c1 key value" a line.
absl::StatusOr<std::vector<MapEntry>> parseShownMap(std::string_view text);
/// Of a map file: "key value" a line; empty lines and those that begin with # say nothing.
absl::StatusOr<std::vector<MapEntry>> parseMapFile(std::string_view text);
/// The file's text with these entries set: lines of their keys are replaced, missing ones added,
/// and everything else stays as it is, comments included.
std::string withEntries(std::string_view text, const std::vector<MapEntry>& entries);
/// Whether it can stand in a map and in a command: not empty, no blanks, no control characters.
bool isMapWord(std::string_view word);
/// Of a key, "" when there is none. The first counts, as for HAProxy.
std::string valueOf(const std::vector<MapEntry>& entries, std::string_view key);

/// A line of `show stat`.
struct StatRow
{
    std::string proxy;
    /// Of a server its name; "BACKEND", "FRONTEND" for the whole.
    std::string server;
    /// "UP", "DOWN", "no check", "UP 1/2", "MAINT", "DRAIN"…
    std::string status;
    std::string address;
    std::int64_t current = 0;
    std::int64_t queued = 0;
    std::int64_t responses2xx = 0;
    /// All of them.
    std::int64_t responses = 0;
    std::int64_t responses4xx = 0;
    std::int64_t responses5xx = 0;
    std::int64_t timesDown = 0;
    /// Of a server: it takes requests only when no other one can.
    bool isBackup = false;

    bool isServer() const { return server != "BACKEND" && server != "FRONTEND"; }
    /// Gets new requests.
    bool isUp() const { return status.starts_with("UP") || status == "no check"; }

    friend bool operator==(const StatRow&, const StatRow&) = default;
};

/// Of `show stat`, once or several times one after the other. DATA_LOSS for what is not that.
absl::StatusOr<std::vector<StatRow>> parseStat(std::string_view text);

} // namespace pilothouse::haproxy
