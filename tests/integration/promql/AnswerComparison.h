// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/QueryResult.h"

#include <QJsonObject>
#include <QString>

namespace pilothouse::test {

/// Whether the order of an instant vector is part of the answer.
enum class Order { Counts, Ignored };

/// "" when our answer says the same as Prometheus' (`data` of its JSON), else the first difference.
QString compareAnswers(const metrics::QueryResult& ours, const QJsonObject& theirs, Order order);

} // namespace pilothouse::test
