// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/http/Router.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::platform {

/// Who may use the HTTP side. A page in the operator's browser can send requests to loopback, by a
/// foreign origin or by a name that it makes point here; both show in the headers that the browser
/// sets itself.
class HttpGuard
{
public:
    struct Rules
    {
        /// Names by which the server may be called, besides the loopback names and IP addresses.
        std::vector<std::string> hosts;
        /// Needed for everything but the probes; "" = none, for loopback only. A secret.
        std::string token;
        /// Begins of paths whose handlers check operators' tokens by themselves when something is
        /// to be changed (any method but GET and HEAD): the token of the site only lets read.
        std::vector<std::string> operatorPaths = {};
    };

    struct Headers
    {
        std::string_view host;
        std::string_view origin;
        std::string_view fetchSite;
        std::string_view authorization;
        /// Empty counts as GET.
        std::string_view method = {};
    };

    explicit HttpGuard(Rules rules);

    /// The refusal, or nothing when the request may pass.
    std::optional<HttpResponse> refuse(std::string_view path, const Headers& headers) const;

private:
    bool isForOperators(std::string_view path, std::string_view method) const;
    bool isOurs(const std::string& host) const;

    Rules m_rules;
};

} // namespace pilothouse::platform
