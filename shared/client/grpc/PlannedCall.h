// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/grpc/ClientCall.h"
#include "shared/plans/proto/PlansProto.h"

#include <memory>
#include <utility>

namespace pilothouse::client {

/// Starts a planned action; only the look at its plan may be repeated.
template <typename Message, typename Response, typename Answer, typename Convert>
CallPtr callPlanned(
    const std::shared_ptr<Link>& link,
    const plans::Request& request,
    Message message,
    typename UnaryCall<Message, Response>::Invoke invoke,
    OnDone<Answer> onDone,
    Convert convert)
{
    plans::setRequest(message, request);
    return callUnary<Message, Response>(
        link,
        request.validateOnly ? read(*link) : change(*link),
        std::move(message),
        std::move(invoke),
        std::move(onDone),
        convert);
}

/// Of the answer to an action that says nothing else.
template <typename Response>
plans::Plan planIn(const Response& response)
{
    return plans::fromProto(response.plan());
}

} // namespace pilothouse::client
