// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/Rules.h"

#include "shared/scaling/Proposals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pilothouse::scaling {

namespace {

constexpr std::array<std::pair<Act, std::string_view>, 5> kActs{
    {{Act::None, "none"},
     {Act::Pending, "pending"},
     {Act::Done, "done"},
     {Act::Failed, "failed"},
     {Act::Superseded, "superseded"}}};

void add(std::string& text, const std::string& part)
{
    if (!part.empty()) {
        text += (text.empty() ? "" : "; ") + part;
    }
}

Decision undecided(Decision decision, const std::string& problem)
{
    decision.asked = decision.count.wanted;
    decision.recommended = decision.count.wanted;
    decision.problem = problem;
    add(decision.text, problem);
    return decision;
}

/// Those that cannot be read, with why.
std::string unreadable(const std::vector<Proposal>& proposals)
{
    std::string text;
    for (const Proposal& proposal : proposals) {
        if (!proposal.isKnown) {
            add(text, fmt::format("{}: {}", proposal.metric, proposal.text));
        }
    }
    return text;
}

const Proposal* greatest(const std::vector<Proposal>& proposals)
{
    const Proposal* found = nullptr;
    for (const Proposal& proposal : proposals) {
        if (proposal.isKnown && (found == nullptr || proposal.instances > found->instances)) {
            found = &proposal;
        }
    }
    return found;
}

/// Outside of least and most there is nothing to measure.
Decision backIntoBounds(Decision decision, int bound, const char* what)
{
    decision.isValid = true;
    decision.asked = bound;
    decision.recommended = bound;
    decision.text = fmt::format("{} is {} → {}", decision.count.wanted, what, bound);
    return decision;
}

} // namespace

std::string_view actName(Act act)
{
    for (const auto& [known, name] : kActs) {
        if (known == act) {
            return name;
        }
    }
    return "none";
}

Act actOf(std::string_view name)
{
    for (const auto& [act, known] : kActs) {
        if (known == name) {
            return act;
        }
    }
    return Act::None;
}

Decision decide(const Policy& policy, const Look& look, const History& history)
{
    Decision decision;
    decision.time = look.time;
    if (!look.count) {
        return undecided(std::move(decision), "instances are not counted: " + look.countError);
    }
    decision.count = *look.count;
    const int current = decision.count.wanted;
    for (std::size_t index = 0; index < policy.metrics.size(); ++index) {
        decision.proposals.push_back(proposalOf(
            policy.metrics[index],
            policy.tolerance,
            decision.count,
            index < look.readings.size() ? look.readings[index] : Reading{{}, "not asked"}));
    }
    const std::string missing = unreadable(decision.proposals);
    if (current == 0) {
        return undecided(std::move(decision), "there are 0 instances: somebody has stopped them");
    }
    decision.problem = missing;
    if (current > policy.most) {
        return backIntoBounds(std::move(decision), policy.most, "more than the most");
    }
    if (current < policy.least) {
        return backIntoBounds(std::move(decision), policy.least, "less than the least");
    }
    const Proposal* const chosen = greatest(decision.proposals);
    if (chosen == nullptr) {
        return undecided(std::move(decision), missing.empty() ? "there are no metrics" : missing);
    }
    decision.text = policy.metrics.size() > 1 ? fmt::format("{}: {}", chosen->metric, chosen->text)
                                              : chosen->text;
    if (!missing.empty() && chosen->instances < current) {
        add(decision.text, "never fewer while a metric cannot be read");
        return undecided(std::move(decision), missing);
    }
    decision.isValid = true;
    decision.asked = chosen->instances;
    const History::Held stable = history.stabilised(policy, current, decision.asked, decision.time);
    add(decision.text, stable.why);
    int wanted = stable.instances;
    const History::Held limited = history.limited(policy, current, wanted, decision.time);
    add(decision.text, limited.why);
    wanted = limited.instances;
    decision.recommended = std::clamp(wanted, policy.least, policy.most);
    if (decision.recommended != wanted) {
        add(decision.text,
            fmt::format(
                "{} {} is {}",
                decision.recommended < wanted ? "most" : "least",
                decision.recommended < wanted ? policy.most : policy.least,
                decision.recommended));
    }
    return decision;
}

void note(History& history, const Decision& decision)
{
    if (decision.isValid) {
        history.noteAsked(decision.time, decision.asked);
    }
    history.forget(decision.time);
}

} // namespace pilothouse::scaling
