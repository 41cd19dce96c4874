// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/LineDiff.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Edits beyond which the exact search stops: its memory and time grow with their square.
constexpr int kMostEdits = 600;

using Kind = DiffRow::Kind;

/// The middle of both sides, without the common beginning and end.
struct Middle
{
    const QStringList& before;
    const QStringList& after;
    int first = 0;
    int beforeSize = 0;
    int afterSize = 0;

    bool isSame(int x, int y) const { return before[first + x] == after[first + y]; }
};

void addSame(std::vector<DiffRow>& rows, int before, int after, int count)
{
    for (int line = 0; line < count; ++line) {
        rows.push_back({Kind::Same, before + line, after + line});
    }
}

/// Removed and added lines side by side; what is left over stands alone.
void addReplaced(std::vector<DiffRow>& rows, int before, int removed, int after, int added)
{
    const int both = std::min(removed, added);
    for (int line = 0; line < both; ++line) {
        rows.push_back({Kind::Changed, before + line, after + line});
    }
    for (int line = both; line < removed; ++line) {
        rows.push_back({Kind::Removed, before + line, -1});
    }
    for (int line = both; line < added; ++line) {
        rows.push_back({Kind::Added, -1, after + line});
    }
}

/// For each number of edits the furthest reaching point of every diagonal; empty when there are
/// more edits than kMostEdits.
std::vector<std::vector<int>> searchEdits(const Middle& middle)
{
    const int most = std::min(kMostEdits, middle.beforeSize + middle.afterSize);
    std::vector<std::vector<int>> trace;
    const int width = 2 * most + 3;
    std::vector<int> furthest(static_cast<std::size_t>(width), 0);
    const auto at = [&](int diagonal) -> int& {
        const int place = diagonal + most + 1;
        return furthest[static_cast<std::size_t>(place)];
    };
    for (int edits = 0; edits <= most; ++edits) {
        for (int diagonal = -edits; diagonal <= edits; diagonal += 2) {
            const bool isDown =
                diagonal == -edits || (diagonal != edits && at(diagonal - 1) < at(diagonal + 1));
            int x = isDown ? at(diagonal + 1) : at(diagonal - 1) + 1;
            int y = x - diagonal;
            while (x < middle.beforeSize && y < middle.afterSize && middle.isSame(x, y)) {
                ++x;
                ++y;
            }
            at(diagonal) = x;
            if (x >= middle.beforeSize && y >= middle.afterSize) {
                trace.push_back(furthest);
                return trace;
            }
        }
        trace.push_back(furthest);
    }
    return {};
}

struct Match
{
    int before = 0;
    int after = 0;
};

/// The pairs of equal lines on the shortest way, in order.
std::vector<Match> matchesOf(const Middle& middle, const std::vector<std::vector<int>>& trace)
{
    std::vector<Match> matches;
    const int most = std::min(kMostEdits, middle.beforeSize + middle.afterSize);
    int x = middle.beforeSize;
    int y = middle.afterSize;
    for (int edits = static_cast<int>(trace.size()) - 1; edits >= 0 && (x > 0 || y > 0); --edits) {
        const int diagonal = x - y;
        int fromX = 0;
        int fromY = 0;
        if (edits > 0) {
            const auto& furthest = trace[static_cast<std::size_t>(edits) - 1];
            const auto at = [&](int wanted) {
                const int place = wanted + most + 1;
                return furthest[static_cast<std::size_t>(place)];
            };
            const bool isDown =
                diagonal == -edits || (diagonal != edits && at(diagonal - 1) < at(diagonal + 1));
            const int previous = isDown ? diagonal + 1 : diagonal - 1;
            fromX = at(previous);
            fromY = fromX - previous;
        }
        while (x > fromX && y > fromY) {
            --x;
            --y;
            matches.push_back({x, y});
        }
        x = fromX;
        y = fromY;
    }
    std::ranges::reverse(matches);
    return matches;
}

} // namespace

std::vector<DiffRow> diffLines(const QStringList& before, const QStringList& after)
{
    const int beforeSize = static_cast<int>(before.size());
    const int afterSize = static_cast<int>(after.size());
    const int shorter = std::min(beforeSize, afterSize);
    int prefix = 0;
    while (prefix < shorter && before[prefix] == after[prefix]) {
        ++prefix;
    }
    int suffix = 0;
    while (suffix < shorter - prefix &&
           before[beforeSize - 1 - suffix] == after[afterSize - 1 - suffix]) {
        ++suffix;
    }
    const Middle middle{
        before, after, prefix, beforeSize - prefix - suffix, afterSize - prefix - suffix};
    std::vector<DiffRow> rows;
    rows.reserve(static_cast<std::size_t>(std::max(beforeSize, afterSize)));
    addSame(rows, 0, 0, prefix);
    Match done;
    for (const Match& match : matchesOf(middle, searchEdits(middle))) {
        addReplaced(
            rows,
            prefix + done.before,
            match.before - done.before,
            prefix + done.after,
            match.after - done.after);
        addSame(rows, prefix + match.before, prefix + match.after, 1);
        done = {match.before + 1, match.after + 1};
    }
    addReplaced(
        rows,
        prefix + done.before,
        middle.beforeSize - done.before,
        prefix + done.after,
        middle.afterSize - done.after);
    addSame(rows, beforeSize - suffix, afterSize - suffix, suffix);
    return rows;
}

CommonEnds commonEnds(const QString& before, const QString& after)
{
    const qsizetype shorter = std::min(before.size(), after.size());
    CommonEnds ends;
    while (ends.prefix < shorter && before[ends.prefix] == after[ends.prefix]) {
        ++ends.prefix;
    }
    while (ends.suffix < shorter - ends.prefix &&
           before[before.size() - 1 - ends.suffix] == after[after.size() - 1 - ends.suffix]) {
        ++ends.suffix;
    }
    return ends;
}

} // namespace pilothouse::ui
