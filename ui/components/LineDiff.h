// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace pilothouse::ui {

/// One row of a comparison: a line of each side, or of one.
struct DiffRow
{
    enum class Kind { Same, Changed, Added, Removed };

    Kind kind = Kind::Same;
    /// Line numbers from 0; -1 where the side has none.
    int before = -1;
    int after = -1;

    bool operator==(const DiffRow&) const = default;
};

/// Compares line by line with the fewest changes (Myers). Where the two have so little in common
/// that this would take long, the middle counts as replaced as a whole: correct, only coarser.
/// Removed and added lines that meet become Changed rows.
std::vector<DiffRow> diffLines(const QStringList& before, const QStringList& after);

/// How far two lines agree at their beginning and at their end (not overlapping): what lies between
/// is what changed in them.
struct CommonEnds
{
    qsizetype prefix = 0;
    qsizetype suffix = 0;
};
CommonEnds commonEnds(const QString& before, const QString& after);

} // namespace pilothouse::ui
