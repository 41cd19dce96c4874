// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QWidget>

namespace pilothouse::test {

/// Grabs a shown widget. With PILOTHOUSE_PICTURES set to a folder the picture is also kept there as
/// `name`.png, to be looked at.
QImage picture(QWidget& widget, const QString& name);

/// Share of pixels (0 to 1) that are not of the picture's most frequent colour: an empty widget has
/// next to none.
double inkOf(const QImage& image);

/// Whether a colour occurs, within `tolerance` a channel.
bool contains(const QImage& image, const QColor& color, int tolerance = 8);

} // namespace pilothouse::test
