// SPDX-License-Identifier: Apache-2.0
#include "server/services/RegistryDrafts.h"

#include "shared/base/proto/JsonProto.h"
#include "shared/services/proto/ServicesProto.h"

#include <fmt/format.h>

namespace pilothouse::services {

namespace {

using plans::Draft;
using plans::Reach;
using plans::Reversibility;

bool takesCalls(const StoredInstance& instance, InstanceState state)
{
    return state == InstanceState::Healthy && !instance.isDraining;
}

Draft begin(const char* verb, const char* title, const StoredInstance& instance)
{
    Draft draft;
    draft.action = fmt::format("services.instances.{}", verb);
    draft.target = "services/" + instance.spec.key.text();
    draft.title = title + instance.spec.key.text();
    draft.before = jsonOf(instance);
    // How it is and how many there are moves by itself; what matters is bound below.
    draft.facts = {
        {"registration", std::to_string(instance.revision)}, {"address", instance.spec.address}};
    return draft;
}

/// Taking an instance away from its callers.
void addLoss(Draft& draft, const StoredInstance& instance, InstanceState state, int others)
{
    const bool isUsed = takesCalls(instance, state);
    const bool isLast = isUsed && others == 0;
    const std::string& service = instance.spec.key.service;
    draft.impact.numbers = {{"healthy instances that remain", static_cast<double>(others), ""}};
    draft.impact.reversibility = isUsed ? Reversibility::Easy : Reversibility::Instant;
    draft.impact.reach = isLast ? Reach::Wide : Reach::Narrow;
    draft.facts.push_back({"takes calls", isUsed ? "yes" : "no"});
    draft.facts.push_back({"last healthy instance", isLast ? "yes" : "no"});
    if (isLast) {
        draft.impact.summary +=
            fmt::format(" It is the last one: nobody takes calls to {} then.", service);
    } else if (!isUsed) {
        draft.impact.summary += " It takes no calls now.";
    }
}

} // namespace

std::string jsonOf(const StoredInstance& instance)
{
    v1::Instance message;
    *message.mutable_spec() = toProto(instance.spec);
    message.set_draining(instance.isDraining);
    message.set_registered_by(instance.registeredBy);
    return toJson(message);
}

Draft draftOfRemoval(const StoredInstance& instance, InstanceState state, int others)
{
    Draft draft = begin("remove", "Remove instance ", instance);
    draft.impact.summary =
        fmt::format("{} is not resolved, checked or scraped any more.", instance.spec.key.text());
    draft.impact.undo =
        "The program registers again by its next heartbeat, if it does so by itself.";
    addLoss(draft, instance, state, others);
    return draft;
}

Draft draftOfDraining(
    const StoredInstance& instance, InstanceState state, int others, bool isDraining)
{
    Draft draft = begin(
        isDraining ? "drain" : "undrain",
        isDraining ? "Drain instance " : "Return instance ",
        instance);
    StoredInstance after = instance;
    after.isDraining = isDraining;
    draft.after = jsonOf(after);
    draft.facts.push_back({"draining", isDraining ? "yes" : "no"});
    if (isDraining) {
        draft.impact.summary = fmt::format(
            "{} gets no new calls; those under way end by themselves.", instance.spec.key.text());
        draft.impact.undo = "Return it with 'pilothousectl services undrain'.";
        addLoss(draft, instance, state, others);
    } else {
        draft.impact.summary = fmt::format("{} gets calls again.", instance.spec.key.text());
        draft.impact.undo = "Drain it again.";
        draft.impact.reversibility = Reversibility::Instant;
        draft.impact.reach = Reach::Narrow;
    }
    return draft;
}

} // namespace pilothouse::services
