// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/query/QueryEngine.h"
#include "server/platform/http/Router.h"
#include "shared/base/Clock.h"
#include "shared/metrics/Catalogue.h"

#include <functional>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// What the API tells about the server; Grafana reads the version to know what it may ask.
struct ApiBuildInfo
{
    std::string version;
    std::string revision;
    std::string buildDate;
};

/// Prometheus' HTTP API (/api/v1/…) on the server's router: same parameters, JSON, error types and
/// status codes, so that Grafana and promtool work unchanged. Work runs on the query engine's
/// executor.
class PrometheusApi
{
public:
    struct Sources
    {
        /// Called on the I/O thread: must not block.
        std::function<std::vector<Target>()> targets;
        std::function<std::vector<Metric>()> metadata;
    };

    /// The references and the object itself must outlive the router's last request.
    PrometheusApi(
        const QueryEngine& queries, const Clock& clock, ApiBuildInfo buildInfo, Sources sources);

    /// Adds all routes, GET and, where Prometheus has it, POST.
    void addTo(platform::Router& router) const;

private:
    using Request = platform::HttpRequest;
    using Respond = platform::HttpRespond;

    void query(const Request& request, const Respond& respond) const;
    void queryRange(const Request& request, const Respond& respond) const;
    void formatQuery(const Request& request, const Respond& respond) const;
    void series(const Request& request, const Respond& respond) const;
    void labels(const Request& request, const Respond& respond) const;
    void labelValues(const Request& request, const Respond& respond) const;
    void metadata(const Request& request, const Respond& respond) const;
    void targets(const Request& request, const Respond& respond) const;
    void buildInfo(const Request& request, const Respond& respond) const;
    void storeStatus(const Request& request, const Respond& respond) const;

    const QueryEngine& m_queries;
    const Clock& m_clock;
    ApiBuildInfo m_buildInfo;
    Sources m_sources;
};

} // namespace pilothouse::metrics
