// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/SparklineRenderer.h"

#include <QMutex>
#include <QPainter>
#include <QPainterPath>
#include <QPointer>
#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

namespace pilothouse::ui {

namespace {

constexpr qreal kDot = 2.25;
/// Images given back in one event, and the time until the next: a list of two hundred would
/// otherwise be painted by one event. The window is painted at the earliest 5 ms after it is asked
/// for (QPlatformWindow::requestUpdate), so a shorter time would put two turns in one painting.
constexpr std::size_t kImagesATurn = 16;
constexpr int kTurnMs = 8;

/// Points of one unbroken stretch.
using Run = std::vector<QPointF>;

std::vector<Run> runsOf(const SparklinePicture& picture)
{
    double low = INFINITY;
    double high = -INFINITY;
    for (const double value : picture.values) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    std::vector<Run> runs;
    if (low > high) {
        return runs;
    }
    const double top = kDot + 0.5;
    const double bottom = picture.size.height() - kDot - 0.5;
    const double left = 0.5;
    const double right = picture.size.width() - kDot - 0.5;
    const double span = high - low;
    const double count = static_cast<double>(std::max<std::size_t>(picture.values.size(), 2) - 1);
    bool broken = true;
    for (std::size_t index = 0; index < picture.values.size(); ++index) {
        const double value = picture.values[index];
        if (!std::isfinite(value)) {
            broken = true;
            continue;
        }
        if (std::exchange(broken, false)) {
            runs.emplace_back();
        }
        // A constant line stands in the middle: neither full nor empty.
        const double share = span > 0 ? (value - low) / span : 0.5;
        runs.back().emplace_back(
            left + (right - left) * static_cast<double>(index) / count,
            bottom - (bottom - top) * share);
    }
    return runs;
}

} // namespace

QImage paintSparkline(const SparklinePicture& picture)
{
    QImage image(picture.size * picture.devicePixelRatio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(picture.devicePixelRatio);
    image.fill(Qt::transparent);
    const std::vector<Run> runs = runsOf(picture);
    if (runs.empty()) {
        return image;
    }
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Run& run : runs) {
        QPolygonF line(QList<QPointF>(run.begin(), run.end()));
        if (picture.fill.alpha() > 0) {
            QPolygonF area = line;
            area << QPointF(line.last().x(), picture.size.height())
                 << QPointF(line.first().x(), picture.size.height());
            painter.setPen(Qt::NoPen);
            painter.setBrush(picture.fill);
            painter.drawPolygon(area);
        }
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(picture.line, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(line);
    }
    if (std::isfinite(picture.values.back())) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(picture.line);
        painter.drawEllipse(runs.back().back(), kDot, kDot);
    }
    return image;
}

struct SparklineRenderer::Shared
{
    struct Job
    {
        std::pair<quintptr, quint64> key;
        SparklinePicture picture;
        QPointer<const QObject> receiver;
        Done done;
        QImage image;
    };

    QMutex mutex;
    std::deque<Job> waiting;
    std::deque<Job> finished;
    bool working = false;
    SparklineRenderer* owner = nullptr;
};

SparklineRenderer::SparklineRenderer(QObject* parent)
    : QObject(parent), m_shared(std::make_shared<Shared>())
{
    m_pool.setMaxThreadCount(1);
    m_pool.setThreadPriority(QThread::LowPriority);
    m_shared->owner = this;
    m_turn.setObjectName(QStringLiteral("SparklineRenderer"));
    m_turn.setSingleShot(true);
    connect(&m_turn, &QTimer::timeout, this, &SparklineRenderer::deliver);
}

SparklineRenderer::~SparklineRenderer()
{
    {
        const QMutexLocker lock(&m_shared->mutex);
        m_shared->waiting.clear();
        m_shared->owner = nullptr;
    }
    m_pool.waitForDone();
}

void SparklineRenderer::request(
    const QObject* receiver, quint64 key, SparklinePicture picture, Done done)
{
    if (picture.size.isEmpty()) {
        return;
    }
    const std::pair<quintptr, quint64> id{reinterpret_cast<quintptr>(receiver), key};
    const QMutexLocker lock(&m_shared->mutex);
    Shared::Job job{id, std::move(picture), receiver, std::move(done), {}};
    const auto same = std::ranges::find(m_shared->waiting, id, &Shared::Job::key);
    if (same != m_shared->waiting.end()) {
        *same = std::move(job);
        return;
    }
    m_shared->waiting.push_back(std::move(job));
    if (std::exchange(m_shared->working, true)) {
        return;
    }
    m_pool.start([shared = m_shared] {
        for (;;) {
            Shared::Job next;
            {
                const QMutexLocker taking(&shared->mutex);
                if (shared->waiting.empty()) {
                    shared->working = false;
                    if (shared->owner != nullptr && !shared->finished.empty()) {
                        QMetaObject::invokeMethod(
                            shared->owner, &SparklineRenderer::deliver, Qt::QueuedConnection);
                    }
                    return;
                }
                next = std::move(shared->waiting.front());
                shared->waiting.pop_front();
            }
            next.image = paintSparkline(next.picture);
            const QMutexLocker giving(&shared->mutex);
            const auto older = std::ranges::find(shared->finished, next.key, &Shared::Job::key);
            if (older != shared->finished.end()) {
                *older = std::move(next);
            } else {
                shared->finished.push_back(std::move(next));
            }
        }
    });
}

void SparklineRenderer::deliver()
{
    if (m_turn.isActive()) {
        return;
    }
    std::vector<Shared::Job> finished;
    {
        const QMutexLocker lock(&m_shared->mutex);
        auto& all = m_shared->finished;
        const auto end =
            all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kImagesATurn));
        finished.assign(std::make_move_iterator(all.begin()), std::make_move_iterator(end));
        all.erase(all.begin(), end);
        if (!all.empty()) {
            m_turn.start(kTurnMs);
        }
    }
    for (const Shared::Job& job : finished) {
        if (job.receiver) {
            job.done(job.image);
        }
    }
}

} // namespace pilothouse::ui
