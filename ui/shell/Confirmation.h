// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Severity.h"

#include <QString>

#include <vector>

namespace pilothouse::ui {

/// How much an action asks of the operator before it runs (ui.md 5): F1 runs at once and offers
/// Undo, F2 opens the sheet, F3 wants the name typed and a reason, F4 a second person besides. The
/// server says which.
enum class Friction { F1 = 1, F2, F3, F4 };

struct ConfirmationFact
{
    QString name;
    QString value;
    /// Ids and hashes.
    bool isMono = false;
};

/// Everything that a confirm sheet shows, as the server planned it.
struct Confirmation
{
    /// Verb, object and environment: "Promote green (v4.12.0) in eu-prod-1".
    QString title;
    /// Lucide icon of the verb.
    QString icon;
    /// Numbers, reversibility and for how long: "Affects 212 tenants. Reversible for 60 min."
    QString impact;
    Severity impactSeverity = Severity::Warning;
    std::vector<ConfirmationFact> facts;
    /// The same as a command line, to be copied; empty when there is none.
    QString command;
    /// What the confirming button says: "Promote green".
    QString verb;
    Friction level = Friction::F2;
    /// From F3 on this must be typed: the name of the environment, or of what is lost.
    QString nameToType;
    /// What `nameToType` names: "environment", "tenant".
    QString nameOf;
    /// Fills the button in the colour of destruction.
    bool isDanger = false;
};

} // namespace pilothouse::ui
