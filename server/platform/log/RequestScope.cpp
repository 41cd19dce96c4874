// SPDX-License-Identifier: Apache-2.0
#include "server/platform/log/RequestScope.h"

namespace pilothouse::platform {

namespace {

thread_local const RequestScope* t_current = nullptr;

} // namespace

RequestScope::RequestScope(std::string requestId, std::string traceId)
    : m_requestId(std::move(requestId)), m_traceId(std::move(traceId)), m_outer(t_current)
{
    t_current = this;
}

RequestScope::~RequestScope()
{
    t_current = m_outer;
}

const RequestScope* RequestScope::current()
{
    return t_current;
}

} // namespace pilothouse::platform
