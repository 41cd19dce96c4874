// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobKinds.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::jobs {

void JobKinds::add(std::shared_ptr<JobHandler> handler)
{
    std::string name = handler->kind().name;
    m_handlers.insert_or_assign(std::move(name), std::move(handler));
}

std::shared_ptr<JobHandler> JobKinds::find(const std::string& kind) const
{
    const auto found = m_handlers.find(kind);
    return found == m_handlers.end() ? nullptr : found->second;
}

std::vector<Kind> JobKinds::all() const
{
    std::vector<Kind> kinds;
    for (const auto& [name, handler] : m_handlers) {
        kinds.push_back(handler->kind());
    }
    return kinds;
}

std::vector<std::string> JobKinds::names() const
{
    std::vector<std::string> names;
    for (const auto& [name, handler] : m_handlers) {
        names.push_back(name);
    }
    return names;
}

absl::StatusOr<JobKinds::Prepared> JobKinds::prepare(
    const std::string& kind, const Parameters& given) const
{
    Prepared prepared;
    prepared.handler = find(kind);
    if (prepared.handler == nullptr) {
        return withHint(
            absl::NotFoundError(fmt::format("there is no job kind '{}'", kind)),
            "List them with 'pilothousectl jobs kinds'.");
    }
    PH_ASSIGN_OR_RETURN(prepared.parameters, checkParameters(prepared.handler->kind(), given));
    PH_ASSIGN_OR_RETURN(prepared.plan, prepared.handler->plan(prepared.parameters));
    PH_RETURN_IF_ERROR(checkPlan(prepared.plan));
    return prepared;
}

} // namespace pilothouse::jobs
