// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/grpc/UnaryCall.h"

#include <memory>
#include <utility>

namespace pilothouse::client {

/// Starts a unary call whose answer, put through `convert`, goes to the user.
template <typename Request, typename Response, typename Answer, typename Convert>
CallPtr callUnary(
    const std::shared_ptr<Link>& link,
    const UnaryOptions& options,
    Request request,
    typename UnaryCall<Request, Response>::Invoke invoke,
    OnDone<Answer> onDone,
    Convert convert)
{
    auto scope = std::make_shared<CallScope>();
    auto handle = std::make_unique<ScopeHandle>(scope);
    UnaryCall<Request, Response>::start(
        link,
        std::move(scope),
        options,
        std::move(request),
        std::move(invoke),
        [done = std::move(onDone), convert](absl::StatusOr<Response> response) {
            if (response.ok()) {
                done(convert(*response));
            } else {
                done(response.status());
            }
        });
    return handle;
}

} // namespace pilothouse::client
