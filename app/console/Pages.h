// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/ProfileStore.h"
#include "ui/session/SecretStore.h"
#include "ui/shell/PageRegistry.h"

namespace pilothouse::console {

/// What pages need beyond their context.
struct PageParts
{
    const ui::ProfileStore& profiles;
    const ui::SecretStore& secrets;
    QString dataFolder;
};

/// The pages of this console, in the order of the navigation.
void addPages(ui::PageRegistry& registry, const PageParts& parts);

} // namespace pilothouse::console
