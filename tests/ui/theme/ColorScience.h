// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>

namespace pilothouse::test {

/// Contrast of two colours by WCAG 2, 1 to 21.
double contrast(const QColor& first, const QColor& second);

/// How a colour is seen: normally, or without one kind of cones (Machado 2009, full severity).
enum class Vision { Normal, Protan, Deutan, Tritan };

/// Difference of two colours as seen, CIEDE2000.
double difference(const QColor& first, const QColor& second, Vision vision);

} // namespace pilothouse::test
