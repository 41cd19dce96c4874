// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/Proposals.h"

#include "shared/scaling/Text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::scaling {

namespace {

/// Of a quotient of two doubles; anything that is measured is coarser.
constexpr double kRounding = 1e-9;

std::string shareText(const Metric& metric, double usage)
{
    return fmt::format(
        "{} / {}{}",
        numberText(usage),
        numberText(metric.target),
        metric.unit.empty() ? "" : " " + metric.unit);
}

Proposal unknown(Proposal proposal, const std::string& why)
{
    proposal.text = why;
    return proposal;
}

bool isWithin(double ratio, double tolerance)
{
    return std::abs(ratio - 1) <= tolerance + kRounding;
}

std::string steadyText(const std::string& arithmetic, double tolerance, int instances)
{
    return fmt::format(
        "{}: within the tolerance of {} %, stays at {}",
        arithmetic,
        numberText(tolerance * 100),
        instances);
}

/// All together, shared by instances.
Proposal proposalOfTotal(
    Proposal proposal, const Metric& metric, double tolerance, const Count& count)
{
    const double exact = std::max(proposal.usage, 0.0) / metric.target;
    proposal.ratio = count.wanted > 0 ? exact / count.wanted : 0;
    const std::string arithmetic =
        fmt::format("{} = {:.2f}", shareText(metric, proposal.usage), exact);
    proposal.isKnown = true;
    if (isWithin(proposal.ratio, tolerance)) {
        proposal.instances = count.wanted;
        proposal.text = steadyText(arithmetic, tolerance, count.wanted);
    } else {
        proposal.instances = instancesFor(exact);
        proposal.text = fmt::format("{} → {}", arithmetic, proposal.instances);
    }
    return proposal;
}

/// What an instance has; `measured` of them are known to have `usage` on average.
Proposal proposalOfShare(
    Proposal proposal, const Metric& metric, double tolerance, const Count& count, int measured)
{
    const int missing = std::max(count.ready - measured, 0);
    const int unready = std::max(count.wanted - std::max(count.ready, measured), 0);
    const double usage = std::max(proposal.usage, 0.0);
    const double first = usage / metric.target;
    const bool isUp = first > 1;
    const bool countsUnready = isUp && unready > 0;
    std::string arithmetic = fmt::format(
        "{} {} × {:.2f} ({})",
        measured,
        metric.measures == Measures::Each ? "measured" : "ready",
        first,
        shareText(metric, proposal.usage));
    double sum = usage * measured;
    int counted = measured;
    std::vector<std::string> filled;
    if (missing > 0) {
        counted += missing;
        sum += isUp ? 0 : missing * metric.target;
        filled.push_back(
            fmt::format("{} without a number as {}", missing, isUp ? "idle" : "on target"));
    }
    if (countsUnready) {
        counted += unready;
        filled.push_back(fmt::format("{} not ready as idle", unready));
    }
    proposal.isKnown = true;
    proposal.ratio = sum / counted / metric.target;
    if (!filled.empty()) {
        arithmetic += fmt::format(
            ", with {}: {} × {:.2f}", fmt::join(filled, " and "), counted, proposal.ratio);
    }
    const double exact = sum / metric.target;
    const int instances = instancesFor(exact);
    if (isWithin(proposal.ratio, tolerance)) {
        proposal.instances = count.wanted;
        proposal.text = steadyText(arithmetic, tolerance, count.wanted);
        return proposal;
    }
    arithmetic += fmt::format(" = {:.2f} → {}", exact, instances);
    // What is only guessed at must not turn the direction.
    const bool isTurned = (first > 1) != (proposal.ratio > 1);
    const bool isAgainst = !filled.empty() && (proposal.ratio > 1 ? instances < count.wanted
                                                                  : instances > count.wanted);
    if (isTurned || isAgainst) {
        proposal.instances = count.wanted;
        proposal.text =
            fmt::format("{}, which turns the direction: stays at {}", arithmetic, count.wanted);
        return proposal;
    }
    proposal.instances = instances;
    proposal.text = arithmetic;
    return proposal;
}

} // namespace

int instancesFor(double exact)
{
    const double whole = std::ceil(exact - std::max(std::abs(exact), 1.0) * kRounding);
    return static_cast<int>(std::clamp(whole, 0.0, static_cast<double>(kMostInstances)));
}

Proposal proposalOf(
    const Metric& metric, double tolerance, const Count& count, const Reading& reading)
{
    Proposal proposal;
    proposal.metric = metric.name;
    proposal.target = metric.target;
    if (!reading.error.empty()) {
        return unknown(std::move(proposal), reading.error);
    }
    if (reading.values.empty()) {
        return unknown(std::move(proposal), "the expression has no answer");
    }
    if (metric.measures != Measures::Each && reading.values.size() != 1) {
        return unknown(
            std::move(proposal),
            fmt::format(
                "the expression answers {} series: aggregate them to one", reading.values.size()));
    }
    if (!std::ranges::all_of(reading.values, [](double value) { return std::isfinite(value); })) {
        return unknown(std::move(proposal), "the expression answers what is no number");
    }
    const auto size = static_cast<int>(reading.values.size());
    proposal.usage = std::accumulate(reading.values.begin(), reading.values.end(), 0.0) / size;
    if (metric.measures == Measures::Total) {
        return proposalOfTotal(std::move(proposal), metric, tolerance, count);
    }
    if (count.ready == 0 && metric.measures == Measures::Average) {
        return unknown(std::move(proposal), "no instance is ready");
    }
    return proposalOfShare(
        std::move(proposal),
        metric,
        tolerance,
        count,
        metric.measures == Measures::Each ? size : count.ready);
}

} // namespace pilothouse::scaling
