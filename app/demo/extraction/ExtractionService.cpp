// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/extraction/ExtractionService.h"

#include "app/demo/extraction/Pages.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>

namespace pilothouse::demo {

namespace {

constexpr int kPoolSize = 64;
constexpr std::size_t kMaxUrls = 100;
constexpr std::size_t kHotBytes = 4 << 20;
constexpr std::size_t kColdBytes = 6 << 20;
constexpr auto kTimeToLive = std::chrono::seconds(120);
constexpr auto kFetchTimeout = std::chrono::milliseconds(1500);
/// What "bad" means: this share of fetches fails, and the others take this much longer.
constexpr double kBadErrorShare = 0.25;
constexpr int kBadSlowdown = 6;

std::optional<int> pageOf(std::string_view url)
{
    constexpr std::string_view kPrefix = "/pages/";
    if (!url.starts_with(kPrefix)) {
        return std::nullopt;
    }
    const auto digits = url.substr(kPrefix.size());
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size() || number < 0 ||
        number >= kPageCount) {
        return std::nullopt;
    }
    return number;
}

Response badRequest(const std::string& message)
{
    return makeJsonResponse(
        http::status::bad_request, nlohmann::json{{"error", message}}.dump() + "\n");
}

nlohmann::json toJson(const std::string& url, Route route, const Extraction& extraction)
{
    return {
        {"url", url},
        {"route", std::string(routeName(route))},
        {"title", extraction.title},
        {"words", extraction.words},
        {"quality", extraction.quality},
        {"text", extraction.text}};
}

const char* describeError(ExtractionMetrics::Error error)
{
    switch (error) {
    case ExtractionMetrics::Error::Timeout:
        return "the page did not arrive in time";
    case ExtractionMetrics::Error::Network:
        return "the page could not be fetched";
    case ExtractionMetrics::Error::Parse:
        return "the page holds no readable text";
    }
    return "failed";
}

} // namespace

ExtractionService::ExtractionService(
    asio::io_context& context, unsigned short port, std::string version)
    : m_context(context),
      m_version(std::move(version)),
      m_cache(kHotBytes, kColdBytes, kTimeToLive),
      m_metrics(m_version),
      m_server(context, port, [this](Request request) { return answer(std::move(request)); })
{}

asio::awaitable<Response> ExtractionService::answer(Request request)
{
    const std::string target(request.target());
    const std::string path = target.substr(0, target.find('?'));
    if (path == "/crawl") {
        if (request.method() != http::verb::post) {
            co_return makeResponse(http::status::method_not_allowed, "POST a list of urls\n");
        }
        co_return co_await crawl(request.body());
    }
    if (path == "/healthz") {
        co_return makeResponse(http::status::ok, "ok version " + m_version + "\n");
    }
    if (path == "/metrics") {
        co_return exposeMetrics();
    }
    if (path == "/fault") {
        co_return fault(request);
    }
    if (path.starts_with("/pages/")) {
        co_return co_await servePage(path);
    }
    co_return makeResponse(http::status::not_found, "no such path\n");
}

asio::awaitable<Response> ExtractionService::crawl(const std::string& body)
{
    const auto request = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
    if (!request.is_object() || !request.contains("urls") || !request["urls"].is_array()) {
        co_return badRequest("the body must be {\"urls\": [\"/pages/N\", ...]}");
    }
    if (request["urls"].empty() || request["urls"].size() > kMaxUrls) {
        co_return badRequest("urls must hold 1 to 100 pages");
    }
    if (m_active >= kPoolSize) {
        co_return makeResponse(http::status::service_unavailable, "all slots are busy\n");
    }
    ++m_active;
    nlohmann::json results = nlohmann::json::array();
    int failed = 0;
    for (const auto& entry : request["urls"]) {
        const std::string url = entry.is_string() ? entry.get<std::string>() : std::string();
        const auto page = pageOf(url);
        if (!page) {
            --m_active;
            co_return badRequest("not a page of this site: " + entry.dump());
        }
        const auto started = std::chrono::steady_clock::now();
        const auto seconds = [started] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - started)
                .count();
        };
        if (const auto cached = m_cache.get(*page, started)) {
            m_metrics.recordSuccess(Route::Cached, seconds(), *cached);
            results.push_back(toJson(url, Route::Cached, *cached));
            continue;
        }
        const Fetched fetched = co_await fetch(*page);
        if (fetched.failed) {
            ++failed;
            m_metrics.recordError(fetched.error, seconds());
            results.push_back({{"url", url}, {"error", describeError(fetched.error)}});
            continue;
        }
        const PageShape shape = shapeOf(fetched.html);
        const Route route = decideRoute(shape);
        Extraction extraction = extract(route, fetched.html, shape);
        m_metrics.recordSuccess(route, seconds(), extraction);
        results.push_back(toJson(url, route, extraction));
        m_cache.put(*page, std::move(extraction), std::chrono::steady_clock::now());
    }
    --m_active;
    const bool allFailed = failed == static_cast<int>(results.size());
    co_return makeJsonResponse(
        allFailed ? http::status::bad_gateway : http::status::ok,
        nlohmann::json{{"version", m_version}, {"results", std::move(results)}}.dump() + "\n");
}

asio::awaitable<ExtractionService::Fetched> ExtractionService::fetch(int number)
{
    Fetched result;
    const auto now = std::chrono::steady_clock::now();
    if (!m_breaker.allows(now)) {
        result.failed = true;
        co_return result;
    }
    Page page = makePage(number);
    auto delay = page.delay;
    if (m_bad) {
        delay *= kBadSlowdown;
        result.failed = std::bernoulli_distribution(kBadErrorShare)(m_random);
    }
    if (delay > kFetchTimeout) {
        delay = kFetchTimeout;
        result.failed = true;
        result.error = ExtractionMetrics::Error::Timeout;
    }
    co_await pause(delay);
    m_breaker.record(!result.failed, std::chrono::steady_clock::now());
    result.html = std::move(page.html);
    co_return result;
}

asio::awaitable<Response> ExtractionService::servePage(std::string_view path)
{
    const auto number = pageOf(path);
    if (!number) {
        co_return makeResponse(http::status::not_found, "no such page\n");
    }
    Page page = makePage(*number);
    co_await pause(page.delay);
    co_return makeResponse(http::status::ok, std::move(page.html), "text/html");
}

asio::awaitable<void> ExtractionService::pause(std::chrono::microseconds time)
{
    asio::steady_timer timer(m_context, time);
    co_await timer.async_wait(asio::use_awaitable);
}

Response ExtractionService::fault(const Request& request)
{
    const std::string target(request.target());
    if (request.method() == http::verb::post) {
        const bool on = target.ends_with("?bad=true");
        if (!on && !target.ends_with("?bad=false")) {
            return badRequest("POST /fault?bad=true or /fault?bad=false");
        }
        m_bad = on;
    }
    return makeJsonResponse(
        http::status::ok, nlohmann::json{{"version", m_version}, {"bad", m_bad}}.dump() + "\n");
}

Response ExtractionService::exposeMetrics()
{
    const std::uint64_t lookups = m_cache.hits() + m_cache.misses();
    if (lookups > m_lastLookups + 20) { // a ratio of few look-ups would only jump
        m_hitRatio = static_cast<double>(m_cache.hits() - m_lastHits) /
                     static_cast<double>(lookups - m_lastLookups);
        m_lastHits = m_cache.hits();
        m_lastLookups = lookups;
    }
    return makeResponse(
        http::status::ok,
        m_metrics.expose({m_active, kPoolSize, m_hitRatio, m_breaker.trips()}),
        "text/plain; version=0.0.4; charset=utf-8");
}

} // namespace pilothouse::demo
