// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

namespace pilothouse::ui {

/// Gives series their colours: by a stable hash of the identity, so that a series keeps its colour;
/// where two of one chart would meet, the later one moves to the next free colour. Remembers up to
/// kMost identities, then forgets all.
class SeriesColors
{
public:
    static constexpr int kMost = 20'000;
    /// The six colours that lines use; the other two would be hard to tell from them in a crowd.
    static constexpr int kColors = 6;

    /// Colours for the lines of one chart, in order.
    QList<int> assign(const QStringList& ids);

private:
    QHash<QString, int> m_known;
};

} // namespace pilothouse::ui
