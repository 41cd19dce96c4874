// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QHash>
#include <QImage>
#include <QObject>
#include <QSize>
#include <QThreadPool>
#include <QTimer>

#include <functional>
#include <memory>
#include <vector>

namespace pilothouse::ui {

/// One small picture of a series.
struct SparklinePicture
{
    /// Oldest first; NaN is a gap.
    std::vector<double> values;
    /// Device-independent pixels.
    QSize size;
    qreal devicePixelRatio = 1;
    QColor line;
    /// Area under the line; transparent for none.
    QColor fill;
};

/// Draws it; any thread.
QImage paintSparkline(const SparklinePicture& picture);

/// Draws sparklines on one worker thread and brings the images back to the GUI thread, a few in
/// each turn of its loop. A newer request of the same key replaces one that has not begun, and a
/// newer image one that was not given back, so there is never more waiting than there are keys. GUI
/// thread only.
class SparklineRenderer : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(const QImage& image)>;

    explicit SparklineRenderer(QObject* parent = nullptr);
    ~SparklineRenderer() override;

    /// `done` runs on the GUI thread, unless `receiver` is gone by then. `key` tells the pictures
    /// of one receiver apart.
    void request(const QObject* receiver, quint64 key, SparklinePicture picture, Done done);

private:
    struct Shared;
    void deliver();

    std::shared_ptr<Shared> m_shared;
    QThreadPool m_pool;
    QTimer m_turn;
};

} // namespace pilothouse::ui
