// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Catalogue.h"
#include "shared/metrics/LiveQuery.h"
#include "shared/metrics/QueryResult.h"

#include <pilothouse/v1/metrics.pb.h>

// Wire messages and domain types of the metrics capability, both ways. Reading tolerates a careless
// peer: columns of different length are cut to the shorter one, a missing value keeps the default.
namespace pilothouse::metrics {

using ProtoLabels = google::protobuf::Map<std::string, std::string>;
using ProtoMatrix = google::protobuf::RepeatedPtrField<v1::SeriesPoints>;

ProtoLabels toProto(const Labels& labels);
Labels fromProto(const ProtoLabels& labels);

v1::SeriesPoints toProto(const SeriesPoints& series);
SeriesPoints fromProto(const v1::SeriesPoints& series);

ProtoMatrix toProto(const Matrix& matrix);
Matrix fromProto(const ProtoMatrix& matrix);

v1::QueryResponse toProto(const QueryResult& result);
QueryResult fromProto(const v1::QueryResponse& response);

v1::Metric toProto(const Metric& metric);
Metric fromProto(const v1::Metric& metric);

v1::Target toProto(const Target& target);
Target fromProto(const v1::Target& target);

v1::GetStoreStatusResponse toProto(const StoreStatus& status);
StoreStatus fromProto(const v1::GetStoreStatusResponse& status);

/// The resume tokens of standing queries belong to the stream and not to the domain types: service
/// and client set and read them on the messages themselves.
v1::WatchQueryRequest toProto(const LiveQueryRequest& request);
LiveQueryRequest fromProto(const v1::WatchQueryRequest& request);
v1::WatchQueryResponse toProto(const LiveQueryUpdate& update);
LiveQueryUpdate fromProto(const v1::WatchQueryResponse& response);

v1::WatchSeriesRequest toProto(const LiveSeriesRequest& request);
LiveSeriesRequest fromProto(const v1::WatchSeriesRequest& request);
v1::WatchSeriesResponse toProto(const LiveSeriesUpdate& update);
LiveSeriesUpdate fromProto(const v1::WatchSeriesResponse& response);

} // namespace pilothouse::metrics
