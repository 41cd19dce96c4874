// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/collectors/RegistryCollector.h"

#include <prometheus/text_serializer.h>

namespace pilothouse::metrics {

RegistryCollector::RegistryCollector(
    const prometheus::Collectable& registry, const ProcessCollector& process)
    : m_registry(registry), m_process(process)
{}

absl::Status RegistryCollector::collect(ExpositionWriter& out)
{
    out.append(prometheus::TextSerializer().Serialize(m_registry.Collect()));
    return m_process.collectOwn(out);
}

} // namespace pilothouse::metrics
