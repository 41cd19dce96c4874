// SPDX-License-Identifier: Apache-2.0
// The part of MetricsProto.h about queries and their answers.
#include "shared/base/proto/TimeProto.h"
#include "shared/metrics/proto/MetricsProto.h"

#include <algorithm>

namespace pilothouse::metrics {

using pilothouse::fromProto;
using pilothouse::toProto;

namespace {

// Times of a hostile peer may overflow; wrapping around is harmless where undefined behaviour is
// not.
TimestampMs wrappingAdd(TimestampMs left, TimestampMs right)
{
    return static_cast<TimestampMs>(
        static_cast<std::uint64_t>(left) + static_cast<std::uint64_t>(right));
}

TimestampMs wrappingSubtract(TimestampMs left, TimestampMs right)
{
    return static_cast<TimestampMs>(
        static_cast<std::uint64_t>(left) - static_cast<std::uint64_t>(right));
}

v1::Sample sampleToProto(const Sample& sample)
{
    v1::Sample result;
    result.set_time_ms(sample.time);
    result.set_value(sample.value);
    return result;
}

struct ValueToProto
{
    v1::QueryResponse& response;

    void operator()(const Sample& scalar) const
    {
        response.set_type(v1::VALUE_TYPE_SCALAR);
        *response.mutable_scalar() = sampleToProto(scalar);
    }
    void operator()(const Vector& vector) const
    {
        response.set_type(v1::VALUE_TYPE_VECTOR);
        response.mutable_vector()->Reserve(static_cast<int>(vector.size()));
        for (const auto& element : vector) {
            v1::InstantSample& sample = *response.add_vector();
            *sample.mutable_labels() = toProto(element.labels);
            *sample.mutable_sample() = sampleToProto(element.sample);
        }
    }
    void operator()(const Matrix& matrix) const
    {
        response.set_type(v1::VALUE_TYPE_MATRIX);
        *response.mutable_matrix() = toProto(matrix);
    }
    void operator()(const std::string& text) const
    {
        response.set_type(v1::VALUE_TYPE_STRING);
        response.set_string_value(text);
    }
};

Vector vectorFromProto(const google::protobuf::RepeatedPtrField<v1::InstantSample>& samples)
{
    Vector result;
    result.reserve(static_cast<std::size_t>(samples.size()));
    for (const auto& element : samples) {
        result.push_back(
            {fromProto(element.labels()),
             Sample{element.sample().time_ms(), element.sample().value()}});
    }
    return result;
}

} // namespace

ProtoLabels toProto(const Labels& labels)
{
    ProtoLabels result;
    for (const auto& [name, value] : labels.pairs()) {
        result[name] = value;
    }
    return result;
}

Labels fromProto(const ProtoLabels& labels)
{
    std::vector<Labels::Pair> pairs;
    pairs.reserve(labels.size());
    for (const auto& [name, value] : labels) {
        pairs.emplace_back(name, value);
    }
    return Labels(std::move(pairs));
}

v1::SeriesPoints toProto(const SeriesPoints& series)
{
    v1::SeriesPoints result;
    *result.mutable_labels() = toProto(series.labels);
    const std::size_t count = std::min(series.times.size(), series.values.size());
    result.mutable_time_ms()->Reserve(static_cast<int>(count));
    TimestampMs before = 0;
    for (std::size_t index = 0; index < count; ++index) {
        result.add_time_ms(wrappingSubtract(series.times[index], before));
        before = series.times[index];
    }
    result.mutable_values()->Add(
        series.values.begin(), series.values.begin() + static_cast<std::ptrdiff_t>(count));
    return result;
}

SeriesPoints fromProto(const v1::SeriesPoints& series)
{
    SeriesPoints result;
    result.labels = fromProto(series.labels());
    const int count = std::min(series.time_ms_size(), series.values_size());
    result.times.reserve(static_cast<std::size_t>(count));
    TimestampMs time = 0;
    for (int index = 0; index < count; ++index) {
        time = wrappingAdd(time, series.time_ms(index));
        result.times.push_back(time);
    }
    result.values.assign(series.values().begin(), series.values().begin() + count);
    return result;
}

ProtoMatrix toProto(const Matrix& matrix)
{
    ProtoMatrix result;
    result.Reserve(static_cast<int>(matrix.size()));
    for (const auto& series : matrix) {
        *result.Add() = toProto(series);
    }
    return result;
}

Matrix fromProto(const ProtoMatrix& matrix)
{
    Matrix result;
    result.reserve(static_cast<std::size_t>(matrix.size()));
    for (const auto& series : matrix) {
        result.push_back(fromProto(series));
    }
    return result;
}

v1::QueryResponse toProto(const QueryResult& result)
{
    v1::QueryResponse response;
    std::visit(ValueToProto{response}, result.value);
    for (const auto& warning : result.warnings) {
        response.add_warnings(warning);
    }
    return response;
}

QueryResult fromProto(const v1::QueryResponse& response)
{
    QueryResult result;
    switch (response.type()) {
    case v1::VALUE_TYPE_SCALAR:
        result.value = Sample{response.scalar().time_ms(), response.scalar().value()};
        break;
    case v1::VALUE_TYPE_MATRIX:
        result.value = fromProto(response.matrix());
        break;
    case v1::VALUE_TYPE_STRING:
        result.value = response.string_value();
        break;
    default:
        result.value = vectorFromProto(response.vector());
    }
    result.warnings.assign(response.warnings().begin(), response.warnings().end());
    return result;
}

v1::WatchQueryRequest toProto(const LiveQueryRequest& request)
{
    v1::WatchQueryRequest result;
    result.set_expression(request.expression);
    *result.mutable_window() = toProto(request.window);
    result.set_max_points(request.maxPoints);
    return result;
}

LiveQueryRequest fromProto(const v1::WatchQueryRequest& request)
{
    LiveQueryRequest result;
    result.expression = request.expression();
    if (request.has_window()) {
        result.window = fromProto(request.window());
    }
    if (request.max_points() != 0) {
        result.maxPoints = request.max_points();
    }
    return result;
}

v1::WatchQueryResponse toProto(const LiveQueryUpdate& update)
{
    v1::WatchQueryResponse result;
    result.set_snapshot(update.snapshot);
    *result.mutable_series() = toProto(update.series);
    setTime(result, &v1::WatchQueryResponse::mutable_evaluated_at, update.evaluatedAt);
    result.set_conflated(update.conflated);
    result.set_error(update.error);
    return result;
}

LiveQueryUpdate fromProto(const v1::WatchQueryResponse& response)
{
    LiveQueryUpdate result;
    result.snapshot = response.snapshot();
    result.series = fromProto(response.series());
    if (response.has_evaluated_at()) {
        result.evaluatedAt = fromProto(response.evaluated_at());
    }
    result.conflated = response.conflated();
    result.error = response.error();
    return result;
}

v1::WatchSeriesRequest toProto(const LiveSeriesRequest& request)
{
    v1::WatchSeriesRequest result;
    for (const auto& match : request.matches) {
        result.add_matches(match);
    }
    result.set_history_points(request.historyPoints);
    result.set_limit(request.limit);
    return result;
}

LiveSeriesRequest fromProto(const v1::WatchSeriesRequest& request)
{
    LiveSeriesRequest result;
    result.matches.assign(request.matches().begin(), request.matches().end());
    result.historyPoints = request.history_points();
    if (request.limit() != 0) {
        result.limit = request.limit();
    }
    return result;
}

v1::WatchSeriesResponse toProto(const LiveSeriesUpdate& update)
{
    v1::WatchSeriesResponse result;
    result.set_snapshot(update.snapshot);
    *result.mutable_series() = toProto(update.series);
    result.set_total_series(update.totalSeries);
    return result;
}

LiveSeriesUpdate fromProto(const v1::WatchSeriesResponse& response)
{
    return {
        .snapshot = response.snapshot(),
        .series = fromProto(response.series()),
        .totalSeries = response.total_series(),
    };
}

} // namespace pilothouse::metrics
