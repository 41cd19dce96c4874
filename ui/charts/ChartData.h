// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/Format.h"
#include "ui/theme/Severity.h"

#include <QSet>
#include <QString>

#include <cstdint>
#include <vector>

namespace pilothouse::ui {

/// One line of a chart. Times are milliseconds since the epoch, ascending; a NaN value says
/// "nothing here" and is drawn as a gap.
struct ChartLine
{
    /// Stable identity (the label set as text): colour and legend state hang on it.
    QString id;
    QString name;
    std::vector<std::int64_t> times;
    std::vector<double> values;
    /// Series colour, see SeriesColors.
    int color = 0;
};

struct ChartThreshold
{
    double value = 0;
    Severity severity = Severity::Warning;
    QString name;

    bool operator==(const ChartThreshold&) const = default;
};

/// Something that happened, marked on the time axis.
struct ChartAnnotation
{
    std::int64_t time = 0;
    QString text;
    Severity severity = Severity::Info;

    bool operator==(const ChartAnnotation&) const = default;
};

/// Most lines that a chart draws; the rest becomes one band (ui.md 2.4).
inline constexpr std::size_t kMostLines = 6;

/// What one chart shows.
struct ChartContent
{
    QString title;
    Unit unit = Unit::None;
    /// At most kMostLines.
    std::vector<ChartLine> lines;
    /// Least and greatest of all further series at the times where any has a value; empty for none.
    ChartLine othersLeast;
    ChartLine othersGreatest;
    int others = 0;
    /// Lines switched off in the legend, by id.
    QSet<QString> hidden;
    std::vector<ChartThreshold> thresholds;
    std::vector<ChartAnnotation> annotations;
    /// Equal heights for equal ratios; values of zero and below are not drawn then.
    bool isLog = false;
    /// The same lines a period earlier, moved to the times of this one, by the same ids; drawn
    /// dashed. Empty: nothing to compare with.
    std::vector<ChartLine> previous;
    /// What the dashed lines are: "30 m earlier".
    QString previousName;

    /// The earlier state of a line; null when there is none.
    const ChartLine* previousOf(const QString& id) const;
};

} // namespace pilothouse::ui
