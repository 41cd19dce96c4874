// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/api/ResultJson.h"

#include "server/metrics/api/JsonText.h"

#include <fmt/format.h>

namespace pilothouse::metrics {

namespace {

struct ResultWriter
{
    std::string& out;
    TimestampMs time;

    void operator()(const Sample& scalar) const
    {
        out += R"({"resultType":"scalar","result":)";
        appendJsonPoint(out, scalar.time, scalar.value);
        out += '}';
    }
    void operator()(const std::string& text) const
    {
        std::string point;
        appendJsonPoint(point, time, 0);
        out += R"({"resultType":"string","result":)";
        out += point.substr(0, point.find(',') + 1);
        appendJsonString(out, text);
        out += "]}";
    }
    void operator()(const Vector& vector) const
    {
        out += R"({"resultType":"vector","result":[)";
        bool isFirst = true;
        for (const InstantSample& sample : vector) {
            out += isFirst ? R"({"metric":)" : R"(,{"metric":)";
            isFirst = false;
            appendJsonLabels(out, sample.labels);
            out += R"(,"value":)";
            appendJsonPoint(out, sample.sample.time, sample.sample.value);
            out += '}';
        }
        out += "]}";
    }
    void operator()(const Matrix& matrix) const
    {
        out += R"({"resultType":"matrix","result":[)";
        bool isFirst = true;
        for (const SeriesPoints& series : matrix) {
            out += isFirst ? R"({"metric":)" : R"(,{"metric":)";
            isFirst = false;
            appendJsonLabels(out, series.labels);
            out += R"(,"values":[)";
            for (std::size_t index = 0; index < series.times.size(); ++index) {
                out += index > 0 ? "," : "";
                appendJsonPoint(out, series.times[index], series.values[index]);
            }
            out += "]}";
        }
        out += "]}";
    }
};

} // namespace

std::string resultJson(const QueryResult& result, TimestampMs time)
{
    std::string out;
    std::visit(ResultWriter{out, time}, result.value);
    return out;
}

} // namespace pilothouse::metrics
