// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/Pictures.h"

#include <QCoreApplication>
#include <QDir>
#include <QEvent>
#include <QHash>

#include <algorithm>
#include <cstdlib>

namespace pilothouse::test {

QImage picture(QWidget& widget, const QString& name)
{
    // Layouts that a change asked for come first, as before every frame on a screen.
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    QImage image = widget.grab().toImage();
    const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES");
    if (!folder.isEmpty()) {
        QDir().mkpath(folder);
        image.save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
    }
    return image;
}

double inkOf(const QImage& image)
{
    QHash<QRgb, int> counts;
    int most = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            most = std::max(most, ++counts[image.pixel(x, y)]);
        }
    }
    const int all = image.width() * image.height();
    return all == 0 ? 0 : static_cast<double>(all - most) / all;
}

bool contains(const QImage& image, const QColor& color, int tolerance)
{
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor here = image.pixelColor(x, y);
            if (std::abs(here.red() - color.red()) <= tolerance &&
                std::abs(here.green() - color.green()) <= tolerance &&
                std::abs(here.blue() - color.blue()) <= tolerance) {
                return true;
            }
        }
    }
    return false;
}

} // namespace pilothouse::test
