// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideMetrics.h"

#include <cstdint>

namespace pilothouse::rollouts {

namespace {

/// As Prometheus counts a counter that went down: it began anew at zero.
double grownBy(std::int64_t before, std::int64_t now)
{
    return static_cast<double>(now < before ? now : now - before);
}

} // namespace

SideMetrics::SideMetrics(prometheus::Registry& registry)
    : m_responses(prometheus::BuildCounter()
                      .Name("pilothouse_rollouts_responses_total")
                      .Help("Responses of a side, as the driver counts them.")
                      .Register(registry)),
      m_serverErrors(prometheus::BuildCounter()
                         .Name("pilothouse_rollouts_server_errors_total")
                         .Help("Responses of a side with a status of 500 and above.")
                         .Register(registry)),
      m_clientErrors(prometheus::BuildCounter()
                         .Name("pilothouse_rollouts_client_errors_total")
                         .Help("Responses of a side with a status of 400 to 499.")
                         .Register(registry))
{}

SideMetrics::Counters SideMetrics::make(const std::string& application, Colour colour)
{
    const prometheus::Labels labels{
        {"application", application}, {"colour", std::string(colourName(colour))}};
    return {
        &m_responses.Add(labels),
        &m_serverErrors.Add(labels),
        &m_clientErrors.Add(labels),
        std::nullopt};
}

void SideMetrics::add(const std::string& application, const Observation& observation)
{
    if (!observation.countsResponses) {
        return;
    }
    for (const Colour colour : {Colour::Blue, Colour::Green}) {
        auto found = m_counters.find({application, colour});
        if (found == m_counters.end()) {
            found =
                m_counters.emplace(std::pair(application, colour), make(application, colour)).first;
        }
        add(found->second, observation.side(colour));
    }
}

void SideMetrics::add(Counters& counters, const Side& side)
{
    if (counters.last) {
        counters.responses->Increment(grownBy(counters.last->responses, side.responses));
        counters.serverErrors->Increment(grownBy(counters.last->serverErrors, side.serverErrors));
        counters.clientErrors->Increment(grownBy(counters.last->clientErrors, side.clientErrors));
    }
    counters.last = side;
}

} // namespace pilothouse::rollouts
