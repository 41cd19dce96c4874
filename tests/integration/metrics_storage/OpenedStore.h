// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/storage/MetricsStorage.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <map>

namespace pilothouse::test {

/// Small files and short waits: many epochs in a test's time.
metrics::StorageOptions quickOptions();

/// A store on a folder.
struct Opened
{
    explicit Opened(const QString& folder, metrics::StoreOptions storeOptions = {})
        : store(storeOptions, systemClock()),
          storage(folder.toStdString(), store, systemClock(), quickOptions()),
          status(storage.open())
    {}

    metrics::Store store;
    metrics::MetricsStorage storage;
    absl::Status status;
};

void appendRows(metrics::Store& store, std::int64_t from, std::int64_t to);

/// The samples of each series of "m", by its number.
std::map<int, metrics::SampleColumns> samplesOf(const metrics::Store& store);

/// What is there must be right: every sample belongs to a row and has that row's value, in order.
bool everySampleIsTrue(const std::map<int, metrics::SampleColumns>& samples);

std::size_t leastSamples(const std::map<int, metrics::SampleColumns>& samples);

QStringList filesOf(const QString& folder, const QString& pattern);

} // namespace pilothouse::test
