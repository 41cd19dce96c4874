// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shell/SamplePlan.h"

#include "tests/support/shell/ShellFixture.h"

namespace pilothouse::test {

plans::Plan samplePlan(
    plans::Friction friction, const std::string& title, const std::string& permission)
{
    plans::Plan plan;
    plan.title = title;
    plan.environmentName = ShellFixture::profile().name.toStdString();
    plan.friction = friction;
    plan.digest = "5f1c0d9a77ab20f3";
    plan.needsLease = false;
    plan.permission = permission;
    plan.createTime = StoppedClock().time;
    return plan;
}

} // namespace pilothouse::test
