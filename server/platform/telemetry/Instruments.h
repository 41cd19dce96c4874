// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <prometheus/registry.h>

namespace pilothouse::platform {

/// The server's own instruments. Every part registers its families in the registry; names begin
/// with "pilothouse_". Thread-safe.
class Instruments
{
public:
    Instruments();

    prometheus::Registry& registry() { return *m_registry; }

    struct Page
    {
        std::string contentType;
        std::string body;
    };
    /// The /metrics page in the form that `accept` asks for: OpenMetrics 1.0 or Prometheus' text
    /// 0.0.4.
    Page page(std::string_view accept) const;

private:
    std::shared_ptr<prometheus::Registry> m_registry;
};

} // namespace pilothouse::platform
