// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Rollout.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <map>
#include <optional>
#include <string>

namespace pilothouse::rollouts {

/// What both sides of every application answered, as counters: pilothouse_rollouts_responses_total,
/// …_server_errors_total and …_client_errors_total with the labels application and colour. They go
/// on where the driver's own counters begin anew. Used by one thread.
class SideMetrics
{
public:
    explicit SideMetrics(prometheus::Registry& registry);

    void add(const std::string& application, const Observation& observation);

private:
    struct Counters
    {
        prometheus::Counter* responses = nullptr;
        prometheus::Counter* serverErrors = nullptr;
        prometheus::Counter* clientErrors = nullptr;
        /// Nothing: not seen yet; what was counted before this server looked is not added.
        std::optional<Side> last;
    };

    void add(Counters& counters, const Side& side);
    Counters make(const std::string& application, Colour colour);

    prometheus::Family<prometheus::Counter>& m_responses;
    prometheus::Family<prometheus::Counter>& m_serverErrors;
    prometheus::Family<prometheus::Counter>& m_clientErrors;
    std::map<std::pair<std::string, Colour>, Counters> m_counters;
};

} // namespace pilothouse::rollouts
