// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/SafetyFeed.h"

#include "ui/session/OnGuiThread.h"

#include <algorithm>

namespace pilothouse::ui {

SafetyFeed::SafetyFeed(QObject* parent)
    : QObject(parent),
      m_box(1, [this](std::vector<plans::Safety> messages) { take(std::move(messages.back())); })
{}

SafetyFeed::~SafetyFeed() = default;

void SafetyFeed::open(client::PlansClient& plans)
{
    m_call = plans.watchSafety(m_box.sink(), onGuiThread(this, [this](absl::Status) {
                                   // Nothing is claimed any more; the server decides anyway.
                                   m_isKnown = false;
                                   Q_EMIT changed();
                               }));
}

void SafetyFeed::close()
{
    m_call.reset();
    m_isKnown = false;
    m_safety = {};
    Q_EMIT changed();
}

void SafetyFeed::take(plans::Safety safety)
{
    if (m_call == nullptr) {
        return;
    }
    m_safety = std::move(safety);
    m_isKnown = true;
    Q_EMIT changed();
}

const plans::Approval* SafetyFeed::readyFor(const std::string& planDigest) const
{
    const auto& ready = m_safety.readyApprovals;
    const auto found = std::ranges::find_if(
        ready, [&](const plans::Approval& approval) { return approval.plan.digest == planDigest; });
    return found == ready.end() ? nullptr : &*found;
}

const plans::Approval* SafetyFeed::pendingFor(
    const std::string& planDigest, const std::string& operatorName) const
{
    const auto& pending = m_safety.pendingApprovals;
    const auto found = std::ranges::find_if(pending, [&](const plans::Approval& approval) {
        return approval.plan.digest == planDigest && approval.requester == operatorName;
    });
    return found == pending.end() ? nullptr : &*found;
}

int SafetyFeed::pendingOfOthers(const std::string& operatorName) const
{
    return static_cast<int>(
        std::ranges::count_if(m_safety.pendingApprovals, [&](const plans::Approval& approval) {
            return approval.requester != operatorName;
        }));
}

} // namespace pilothouse::ui
