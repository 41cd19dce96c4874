// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/grpc/UnaryCall.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace pilothouse::client {

/// Reads page after page of a list until there is no more or `limit` items are there, and answers
/// once.
template <typename Request, typename Response, typename Item>
class PagedCall : public std::enable_shared_from_this<PagedCall<Request, Response, Item>>
{
public:
    using Invoke = typename UnaryCall<Request, Response>::Invoke;
    /// Appends the page's items.
    using Append = std::function<void(const Response&, std::vector<Item>&)>;

    static CallPtr start(
        const std::shared_ptr<Link>& link,
        Request request,
        int limit,
        Invoke invoke,
        Append append,
        OnDone<std::vector<Item>> onDone)
    {
        auto call = std::make_shared<PagedCall>();
        call->m_link = link;
        call->m_request = std::move(request);
        call->m_limit = static_cast<std::size_t>(std::max(limit, 0));
        call->m_invoke = std::move(invoke);
        call->m_append = std::move(append);
        call->m_onDone = std::move(onDone);
        auto handle = std::make_unique<ScopeHandle>(call->m_scope);
        call->next();
        return handle;
    }

private:
    // A server that always promises one more page must not keep us for ever.
    static constexpr int kMaxPages = 10000;
    static constexpr std::size_t kPageSize = 1000;

    void next()
    {
        const std::size_t wanted = m_limit - std::min(m_limit, m_items.size());
        m_request.set_page_size(static_cast<int>(std::min(wanted, kPageSize)));
        UnaryCall<Request, Response>::start(
            m_link,
            m_scope,
            read(*m_link),
            m_request,
            m_invoke,
            [self = this->shared_from_this()](absl::StatusOr<Response> response) {
                self->answered(std::move(response));
            });
    }

    void answered(absl::StatusOr<Response> response)
    {
        if (!response.ok()) {
            m_onDone(response.status());
            return;
        }
        m_append(*response, m_items);
        ++m_pages;
        if (response->next_page_token().empty() || m_items.size() >= m_limit ||
            m_pages >= kMaxPages) {
            m_items.resize(std::min(m_items.size(), m_limit));
            m_onDone(std::move(m_items));
            return;
        }
        m_request.set_page_token(response->next_page_token());
        next();
    }

    std::shared_ptr<Link> m_link;
    std::shared_ptr<CallScope> m_scope = std::make_shared<CallScope>();
    Request m_request;
    std::size_t m_limit = 0;
    Invoke m_invoke;
    Append m_append;
    OnDone<std::vector<Item>> m_onDone;
    std::vector<Item> m_items;
    int m_pages = 0;
};

} // namespace pilothouse::client
