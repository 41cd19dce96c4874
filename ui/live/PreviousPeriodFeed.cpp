// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/PreviousPeriodFeed.h"

#include "ui/live/LiveQueryFeed.h"
#include "ui/session/OnGuiThread.h"

#include <algorithm>

namespace pilothouse::ui {

PreviousPeriodFeed::PreviousPeriodFeed(
    client::MetricsClient& metrics, TimeWindow& time, QObject* parent)
    : QObject(parent), m_metrics(metrics), m_time(time)
{
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &PreviousPeriodFeed::ask);
    connect(&time, &TimeWindow::changed, this, [this] {
        if (m_open) {
            // As LiveQueryFeed: only the range that stands is asked for.
            m_next.start(LiveQueryFeed::kSettleMs);
        }
    });
}

void PreviousPeriodFeed::open(const QString& expression)
{
    if (expression != m_expression) {
        m_series.clear();
    }
    m_expression = expression;
    m_open = true;
    ask();
}

void PreviousPeriodFeed::close()
{
    m_open = false;
    m_next.stop();
    m_call.reset();
    m_series.clear();
    m_error = absl::OkStatus();
}

void PreviousPeriodFeed::ask()
{
    const absl::Duration length = m_time.length();
    const absl::Duration pause = std::max(kOftenest, length / kParts);
    const absl::Duration margin = m_time.isFollowing() ? pause : absl::ZeroDuration();
    const absl::Time from = m_time.from() - length - margin;
    const absl::Time to = m_time.to() - length + margin;
    const absl::Duration step =
        std::max(absl::Seconds(1), absl::Ceil(length / kPoints, absl::Seconds(1)));
    m_call = m_metrics.queryRange(
        {m_expression.toStdString(), from, to, step, 2 * kPoints},
        onGuiThread<metrics::Matrix>(this, [this, length](absl::StatusOr<metrics::Matrix> answer) {
            if (answer.ok()) {
                m_error = absl::OkStatus();
                take(*std::move(answer), length);
            } else if (!absl::IsCancelled(answer.status())) {
                m_error = answer.status();
                take({}, length);
            }
        }));
    if (m_time.isFollowing()) {
        m_next.start(static_cast<int>(absl::ToInt64Milliseconds(pause)));
    }
}

void PreviousPeriodFeed::take(metrics::Matrix series, absl::Duration shift)
{
    const std::int64_t by = absl::ToInt64Milliseconds(shift);
    for (metrics::SeriesPoints& one : series) {
        for (metrics::TimestampMs& time : one.times) {
            time += by;
        }
    }
    m_series = std::move(series);
    m_shift = shift;
    Q_EMIT changed();
}

} // namespace pilothouse::ui
