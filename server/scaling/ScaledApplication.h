// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/rollouts/Driver.h"
#include "server/scaling/ScaleTarget.h"

#include <string>

namespace pilothouse::scaling {

/// An application of rollouts, whose servers its driver can scale, as what is counted and scaled.
/// The side with the traffic is counted, and each side that runs is scaled: the one that is kept
/// warm can take over everything.
class ScaledApplication final : public ScaleTarget
{
public:
    /// The driver outlives this.
    ScaledApplication(std::string name, rollouts::Driver& driver)
        : m_name(std::move(name)), m_driver(driver)
    {}

    absl::StatusOr<Seen> look() override;
    absl::Status scale(const Seen& seen, int instances) override;

private:
    const std::string m_name;
    rollouts::Driver& m_driver;
};

} // namespace pilothouse::scaling
