// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/extraction/CircuitBreaker.h"
#include "app/demo/extraction/ExtractionCache.h"
#include "app/demo/extraction/ExtractionMetrics.h"
#include "app/demo/http/HttpServer.h"

#include <random>
#include <string>

namespace pilothouse::demo {

/// One colour of the demo: an HTTP service that turns pages of its own site into text.
///   POST /crawl {"urls": ["/pages/17", ...]}   text, words, quality and route of each page
///   GET  /pages/N                              the site itself
///   GET  /healthz, /metrics
///   GET|POST /fault?bad=true|false             the "make this version bad" switch: errors and
///   latency
class ExtractionService
{
public:
    ExtractionService(asio::io_context& context, unsigned short port, std::string version);

    unsigned short port() const { return m_server.port(); }

private:
    struct Fetched
    {
        std::string html;
        bool failed = false;
        ExtractionMetrics::Error error = ExtractionMetrics::Error::Network;
    };

    asio::awaitable<Response> answer(Request request);
    asio::awaitable<Response> crawl(const std::string& body);
    asio::awaitable<Response> servePage(std::string_view path);
    asio::awaitable<Fetched> fetch(int page);
    Response fault(const Request& request);
    Response exposeMetrics();
    asio::awaitable<void> pause(std::chrono::microseconds time);

    asio::io_context& m_context;
    std::string m_version;
    ExtractionCache m_cache;
    CircuitBreaker m_breaker;
    ExtractionMetrics m_metrics;
    std::mt19937 m_random{std::random_device{}()};
    bool m_bad = false;
    int m_active = 0;
    std::uint64_t m_lastHits = 0;
    std::uint64_t m_lastLookups = 0;
    double m_hitRatio = 0;
    HttpServer m_server;
};

} // namespace pilothouse::demo
