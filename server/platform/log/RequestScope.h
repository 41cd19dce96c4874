// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pilothouse::platform {

/// While it lives, log lines of this thread carry the ids of one request.
class RequestScope
{
public:
    RequestScope(std::string requestId, std::string traceId);
    ~RequestScope();
    RequestScope(const RequestScope&) = delete;
    RequestScope& operator=(const RequestScope&) = delete;

    /// The innermost scope of this thread, or null.
    static const RequestScope* current();

    const std::string& requestId() const { return m_requestId; }
    const std::string& traceId() const { return m_traceId; }

private:
    const std::string m_requestId;
    const std::string m_traceId;
    const RequestScope* const m_outer;
};

} // namespace pilothouse::platform
