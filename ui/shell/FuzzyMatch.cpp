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

/// Greedy from `start`: each character at its next word beginning if the rest still fits, else next
/// place.
std::optional<int> scoreFrom(QStringView pattern, QStringView text, qsizetype start)
{
    int score = 0;
    qsizetype last = start - 1;
    for (const QChar wanted : pattern) {
        const qsizetype at = text.indexOf(wanted, last + 1);
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
        const auto score = scoreFrom(foldedPattern, foldedText, start);
        if (!score) {
            break;
        }
        best = std::max(best.value_or(*score), *score);
    }
    if (best) {
        *best -= static_cast<int>(foldedText.size()) / 4;
    }
    return best;
}

} // namespace pilothouse::ui
