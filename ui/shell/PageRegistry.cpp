// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/PageRegistry.h"

#include <algorithm>

namespace pilothouse::ui {

void PageRegistry::add(PageSpec spec)
{
    Q_ASSERT_X(find(spec.id) == nullptr, "PageRegistry::add", qPrintable(spec.id));
    const auto place = std::find_if(m_pages.begin(), m_pages.end(), [&](const PageSpec& other) {
        return other.group > spec.group;
    });
    m_pages.insert(place, std::move(spec));
}

const PageSpec* PageRegistry::find(const QString& id) const
{
    const auto found = std::find_if(
        m_pages.begin(), m_pages.end(), [&](const PageSpec& page) { return page.id == id; });
    return found == m_pages.end() ? nullptr : &*found;
}

std::optional<PagePlace> PageRegistry::placeOf(const QString& auditTarget) const
{
    for (const PageSpec& page : m_pages) {
        const QString object = page.objectOf ? page.objectOf(auditTarget) : QString();
        if (!object.isEmpty()) {
            return PagePlace{page.id, object};
        }
    }
    return std::nullopt;
}

} // namespace pilothouse::ui
