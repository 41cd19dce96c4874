// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/FuzzyMatch.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kStartOfText = 30;
constexpr int kStartOfWord = 20;
constexpr int kNextToLast = 15;
constexpr int kMatch = 5;
constexpr int kMostGapCost = 10;

bool startsWord(QStringView text, qsizetype at)
{
    return at == 0 || !text[at - 1].isLetterOrNumber();
}

qsizetype nextWordStart(QStringView text, QChar wanted, qsizetype from)
{
    for (qsizetype at = text.indexOf(wanted, from); at >= 0; at = text.indexOf(wanted, at + 1)) {
        if (startsWord(text, at)) {
            return at;
        }
    }
    return -1;
}

/// From `start`: each character at its next place or, with `byWords`, at the next beginning of a
/// word.
std::optional<int> scoreFrom(QStringView pattern, QStringView text, qsizetype start, bool byWords)
{
    int score = 0;
    qsizetype last = start - 1;
    for (const QChar wanted : pattern) {
        qsizetype at = text.indexOf(wanted, last + 1);
        if (byWords && at != last + 1) {
            const qsizetype word = nextWordStart(text, wanted, last + 1);
            at = word >= 0 ? word : at;
        }
        if (at < 0) {
            return std::nullopt;
        }
        score += kMatch;
        if (at == last + 1 && last >= start) {
            score += kNextToLast;
        } else if (startsWord(text, at)) {
            score += at == 0 ? kStartOfText : kStartOfWord;
        } else {
            score -= std::min<int>(kMostGapCost, static_cast<int>(at - last));
        }
        last = at;
    }
    return score;
}

} // namespace

std::optional<int> fuzzyScore(QStringView foldedPattern, QStringView foldedText)
{
    if (foldedPattern.isEmpty()) {
        return 0;
    }
    // A run that stands as a whole beats everything that is scattered.
    if (const qsizetype at = foldedText.indexOf(foldedPattern); at >= 0) {
        const int place = at == 0                      ? 3 * kStartOfText
                          : startsWord(foldedText, at) ? 2 * kStartOfText
                                                       : 0;
        return static_cast<int>(foldedPattern.size()) * (kMatch + kNextToLast) + place -
               static_cast<int>(foldedText.size()) / 4;
    }
    std::optional<int> best;
    for (qsizetype start = foldedText.indexOf(foldedPattern.front()); start >= 0;
         start = foldedText.indexOf(foldedPattern.front(), start + 1)) {
        const auto plain = scoreFrom(foldedPattern, foldedText, start, /*byWords=*/false);
        if (!plain) {
            break;
        }
        best = std::max(best.value_or(*plain), *plain);
        if (const auto words = scoreFrom(foldedPattern, foldedText, start, /*byWords=*/true)) {
            best = std::max(*best, *words);
        }
    }
    if (best) {
        *best -= static_cast<int>(foldedText.size()) / 4;
    }
    return best;
}

} // namespace pilothouse::ui
