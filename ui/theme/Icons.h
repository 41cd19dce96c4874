// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QHash>
#include <QPixmap>
#include <QString>

namespace pilothouse::ui {

/// Renders the bundled Lucide icons in a colour. Every size and colour is rendered once and kept;
/// there are as many as the design uses, so the cache needs no bound of its own beyond dropping all
/// when it passes kMost.
class Icons
{
public:
    static constexpr int kMost = 2000;

    /// `size` in device-independent pixels. A name without a file is a programming error (asserted;
    /// an empty pixmap otherwise).
    QPixmap pixmap(const QString& name, const QColor& color, int size, qreal devicePixelRatio);

    void clear() { m_cache.clear(); }

private:
    QHash<QString, QPixmap> m_cache;
};

} // namespace pilothouse::ui
