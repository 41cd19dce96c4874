// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/OverviewQueries.h"

#include <QCoreApplication>

#include <cmath>

namespace pilothouse::ui {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("OverviewQueries", text);
}

QString quantile(const char* share, const char* histogram)
{
    return QStringLiteral("histogram_quantile(%1, sum by (le) (rate(%2_bucket[1m])))")
        .arg(QLatin1String(share), QLatin1String(histogram));
}

constexpr auto kExtraction = "riptide_extraction_duration_seconds";
constexpr auto kCalls = "pilothouse_rpc_duration_seconds";

} // namespace

Severity levelOf(const KpiSource& source, double value)
{
    if (std::isnan(value)) {
        return Severity::Unknown;
    }
    if (std::isnan(source.warning)) {
        return Severity::Ok;
    }
    const auto beyond = [&](double limit) {
        return source.lowerIsBetter ? value > limit : value < limit;
    };
    if (beyond(source.critical)) {
        return Severity::Critical;
    }
    return beyond(source.warning) ? Severity::Warning : Severity::Ok;
}

const std::vector<KpiSources>& overviewKpis()
{
    // Limits: requirements B6, RipTide's table.
    static const std::vector<KpiSources> kpis{
        {{tr("Requests"),
          QStringLiteral("sum(rate(riptide_requests_total[1m]))"),
          Unit::PerSecond,
          false,
          50,
          20},
         {tr("Server calls"),
          QStringLiteral("sum(rate(pilothouse_rpc_calls_total[1m]))"),
          Unit::PerSecond,
          false,
          NAN,
          NAN}},
        {{tr("p99 latency"), quantile("0.99", kExtraction), Unit::Seconds, true, 10, 15},
         {tr("Server p99 latency"), quantile("0.99", kCalls), Unit::Seconds, true, 1, 5}},
        {{tr("Error rate"),
          QStringLiteral("sum(rate(riptide_requests_total{outcome=\"error\"}[1m])) / "
                         "sum(rate(riptide_requests_total[1m]))"),
          Unit::Ratio,
          true,
          0.05,
          0.1},
         {tr("Host CPU"),
          QStringLiteral("1 - avg(rate(node_cpu_seconds_total{mode=\"idle\"}[1m]))"),
          Unit::Ratio,
          true,
          0.7,
          0.9}},
        {{tr("Cache hit ratio"),
          QStringLiteral("avg(riptide_cache_hit_ratio)"),
          Unit::Ratio,
          false,
          0.6,
          0.3},
         {tr("Host memory"),
          QStringLiteral(
              "1 - sum(node_memory_MemAvailable_bytes) / sum(node_memory_MemTotal_bytes)"),
          Unit::Ratio,
          true,
          0.85,
          0.95}}};
    return kpis;
}

const std::vector<std::vector<ChartSource>>& overviewCharts()
{
    const auto latency = [](const QString& title, const char* histogram) {
        return ChartSource{
            title,
            QStringLiteral("p50 / p95 / p99"),
            Unit::Seconds,
            {{QStringLiteral("p50"), quantile("0.5", histogram)},
             {QStringLiteral("p95"), quantile("0.95", histogram)},
             {QStringLiteral("p99"), quantile("0.99", histogram)}}};
    };
    static const std::vector<std::vector<ChartSource>> charts{
        {latency(tr("Extraction latency"), kExtraction),
         latency(tr("Server call latency"), kCalls)},
        {{tr("CPU in use"),
          tr("cores"),
          Unit::None,
          {{tr("host"), QStringLiteral("sum(rate(node_cpu_seconds_total{mode!=\"idle\"}[1m]))")},
           {tr("server"), QStringLiteral("sum(rate(process_cpu_seconds_total{process=\"\"}[1m]))")},
           {tr("processes"),
            QStringLiteral(
                "sum by (process) (rate(process_cpu_seconds_total{process!=\"\"}[1m]))")}}}},
        {{tr("Memory in use"),
          {},
          Unit::Bytes,
          {{tr("host"),
            QStringLiteral(
                "sum(node_memory_MemTotal_bytes) - sum(node_memory_MemAvailable_bytes)")},
           {tr("server"), QStringLiteral("sum(process_resident_memory_bytes{process=\"\"})")},
           {tr("processes"),
            QStringLiteral("sum by (process) (process_resident_memory_bytes{process!=\"\"})")}}}}};
    return charts;
}

} // namespace pilothouse::ui
