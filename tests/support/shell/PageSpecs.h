// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/shell/PageRegistry.h"

namespace pilothouse::test {

/// How a test's window knows a page of this class.
template <typename P>
ui::PageSpec pageSpec(
    const QString& id,
    const QString& title,
    const QString& icon,
    ui::NavGroup group,
    const QString& purpose = {})
{
    ui::PageSpec spec;
    spec.id = id;
    spec.title = title;
    spec.purpose = purpose;
    spec.icon = icon;
    spec.group = group;
    spec.make = [](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
        return new P(context, parent);
    };
    return spec;
}

} // namespace pilothouse::test
