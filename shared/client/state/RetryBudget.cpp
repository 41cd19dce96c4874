// SPDX-License-Identifier: Apache-2.0
#include "shared/client/state/RetryBudget.h"

#include <algorithm>

namespace pilothouse::client {

void RetryBudget::succeeded()
{
    m_tokens = std::min(kMaximum, m_tokens + kEarned);
}

bool RetryBudget::failed()
{
    m_tokens = std::max(0.0, m_tokens - 1.0);
    return m_tokens >= kMaximum / 2;
}

} // namespace pilothouse::client
