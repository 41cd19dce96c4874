// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/RolloutsClient.h"
#include "ui/settings/Settings.h"
#include "ui/theme/Theme.h"

#include <QString>

#include <utility>
#include <vector>

namespace pilothouse::ui {

/// "Blue", "Green".
QString nameOf(rollouts::Colour colour);
/// "blue", "green": within a sentence.
QString lowerNameOf(rollouts::Colour colour);
/// The colour of a slot names the slot, never its health.
Color colorOf(rollouts::Colour colour);
/// "Comparing", "Kept warm", …
QString wordOf(rollouts::Step step);
Severity severityOf(rollouts::Step step);

/// A line with a shape in front: a gate or a step.
struct MarkedLine
{
    /// Lucide icon.
    QString icon;
    Color color = Color::TextSecondary;
    QString text;
    QString detail = {};
    /// What is happening now.
    bool isStrong = false;
    /// What a screen reader says of the shape: "passed".
    QString spoken = {};
    /// The detail is a reason that must be readable whole, in as many lines as it needs.
    bool isReason = false;

    bool operator==(const MarkedLine&) const = default;
};

std::vector<MarkedLine> gateLines(const std::vector<rollouts::Gate>& gates);
/// "2 of 3 passed", or empty.
QString gatesFact(const std::vector<rollouts::Gate>& gates);
/// Why it cannot be promoted whatever the verdict; empty when it can.
QString blockingGate(const std::vector<rollouts::Gate>& gates);
/// Why it can get no more traffic before its promotion; empty when it can.
QString stepBlockingGate(const std::vector<rollouts::Gate>& gates);
/// Whether a promotion has to override a gate.
bool needsOverride(const std::vector<rollouts::Gate>& gates);

/// The way of a rollout, from ready to released; `now` by the server's clock.
std::vector<MarkedLine> stepLines(const rollouts::Application& application, absl::Time now);

/// "9 m 12 s" until the old side is released, "while paused", or empty outside that time.
QString warmLeft(const rollouts::Rollout& rollout, absl::Time now);

/// A side of an application as its card shows it.
struct SlotView
{
    /// "Blue — serving"
    QString title;
    /// The version, as far as rollouts know.
    QString version;
    bool isServing = false;
    Severity severity = Severity::Unknown;
    /// "Live", "Up", …
    QString word;
    std::vector<std::pair<QString, QString>> facts;

    bool operator==(const SlotView&) const = default;
};
/// `history`: newest first.
SlotView slotView(
    const rollouts::Application& application,
    rollouts::Colour colour,
    const std::vector<rollouts::Rollout>& history);

/// "server errors: green 0.02 % of 1 200, blue 0.03 % of 9 400", or empty.
QString evidenceText(const rollouts::Rollout& rollout);
/// "Green +0.05 points of server errors · undecided", or empty.
QString differenceText(const rollouts::Rollout& rollout);
/// "Promote", "Hold: a person decides", …
QString wordOf(rollouts::Verdict verdict);

/// What stands in a receipt besides its events.
std::vector<std::pair<QString, QString>> receiptFacts(
    const rollouts::Rollout& rollout, TimeDisplay display);
/// One line an event, oldest first.
std::vector<MarkedLine> eventLines(const std::vector<rollouts::Event>& events, TimeDisplay display);
/// The receipt as a text for people.
QString receiptText(const client::RolloutReceipt& receipt, TimeDisplay display);
/// The same for programs, with times in UTC.
QByteArray receiptJson(const client::RolloutReceipt& receipt);

} // namespace pilothouse::ui
