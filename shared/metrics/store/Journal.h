// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Catalogue.h"
#include "shared/metrics/Labels.h"
#include "shared/metrics/Sample.h"
#include "shared/metrics/SlotValue.h"
#include "shared/metrics/store/GroupBlock.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace pilothouse::metrics {

/// Where the store tells what must survive a crash. The calls come from the append path, under the
/// lock of the group they name: they must not block (no disk), and they are thread-safe. Replaying
/// what was told, in order and even more than once, gives the same store again: a row that is
/// already there is skipped.
class Journal
{
public:
    virtual ~Journal() = default;

    /// Grows when the log of rows begins afresh: the first row of a group in an epoch is told with
    /// everything of the group that is not sealed before it.
    virtual std::uint64_t epoch() const = 0;

    virtual void groupAdded(std::uint32_t group, std::string_view key) = 0;
    virtual void groupRemoved(std::uint32_t group) = 0;
    virtual void seriesAdded(std::uint32_t group, Slot slot, const Labels& labels) = 0;
    virtual void seriesRemoved(std::uint32_t group, std::span<const Slot> slots) = 0;
    virtual void metricDescribed(const Metric& metric) = 0;

    /// One scrape: a value for every slot. `previous` is the row before it, or empty when this row
    /// must stand on its own. `epoch` is the one that the group writes in: a row of an epoch that
    /// has just ended belongs with the rows of that one.
    virtual void rowAppended(
        std::uint64_t epoch,
        std::uint32_t group,
        TimestampMs time,
        std::span<const double> row,
        std::span<const double> previous) = 0;
    /// Rows of the group that are packed already, but not sealed for good.
    virtual void rowsPacked(const std::shared_ptr<const GroupBlock>& block) = 0;
    /// A full block.
    virtual void blockSealed(const std::shared_ptr<const GroupBlock>& block) = 0;
    /// Retention has passed it.
    virtual void blockDropped(const std::shared_ptr<const GroupBlock>& block) = 0;

    /// For the store's status.
    virtual std::int64_t diskBytes() const = 0;
    /// What is wrong with the persistence, in words; empty when nothing is.
    virtual std::string problem() const = 0;
};

} // namespace pilothouse::metrics
