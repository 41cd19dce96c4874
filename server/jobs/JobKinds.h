// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobHandler.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::jobs {

/// The kinds that this server can run. Complete before the engine starts; then only read.
class JobKinds
{
public:
    void add(std::shared_ptr<JobHandler> handler);

    /// Null when there is no such kind.
    std::shared_ptr<JobHandler> find(const std::string& kind) const;
    /// By name.
    std::vector<Kind> all() const;
    std::vector<std::string> names() const;

    struct Prepared
    {
        std::shared_ptr<JobHandler> handler;
        Parameters parameters;
        JobPlan plan;
    };
    /// Checks the parameters and makes the plan; NOT_FOUND for a kind that is not there.
    absl::StatusOr<Prepared> prepare(const std::string& kind, const Parameters& given) const;

private:
    std::map<std::string, std::shared_ptr<JobHandler>> m_handlers;
};

} // namespace pilothouse::jobs
