// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/VectorMatcher.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/BinaryOperators.h"
#include "shared/metrics/promql/RowLabels.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::metrics::promql {

namespace {

/// Series that come and go can make many pairs of which few have samples at one step; this many
/// take 400 MB.
constexpr std::size_t kMaxPairs = 10'000'000;

std::vector<std::vector<std::size_t>> rowsByGroup(
    const std::vector<std::uint32_t>& groupOf, std::size_t groups)
{
    std::vector<std::vector<std::size_t>> rows(groups);
    for (std::size_t row = 0; row < groupOf.size(); ++row) {
        rows[groupOf[row]].push_back(row);
    }
    return rows;
}

std::vector<bool> stepsWithSamples(const Block& block)
{
    std::vector<bool> steps(block.steps, false);
    for (std::size_t cell = 0; cell < block.values.size(); ++cell) {
        if (!isAbsent(block.values[cell])) {
            steps[cell % block.steps] = true;
        }
    }
    return steps;
}

} // namespace

VectorMatcher::VectorMatcher(
    QueryContext& context,
    NodePlan& plan,
    const Binary& binary,
    const Block& left,
    const Block& right)
    : m_context(context), m_plan(plan), m_binary(binary), m_left(left), m_right(right)
{}

bool VectorMatcher::isManyLeft() const
{
    return m_binary.matching.cardinality != Cardinality::OneToMany;
}

bool VectorMatcher::dropsName() const
{
    return dropsMetricName(m_binary, m_context.isVersion3());
}

bool VectorMatcher::reusesManySide() const
{
    const SeriesSet& many = isManyLeft() ? *m_left.series : *m_right.series;
    const VectorMatching& matching = m_binary.matching;
    const bool keepsAllLabels =
        matching.cardinality != Cardinality::OneToOne || (!matching.on && matching.labels.empty());
    const bool namesAreUnique = !dropsName() || many.sameName || many.nameDropped;
    return keepsAllLabels && matching.include.empty() && namesAreUnique;
}

void VectorMatcher::number(
    const SeriesSet& set,
    absl::flat_hash_map<std::string, std::uint32_t>& known,
    std::vector<std::uint32_t>& groupOf) const
{
    std::vector<std::string> names = m_binary.matching.labels;
    if (!m_binary.matching.on) {
        names.emplace_back(kMetricName);
    }
    std::sort(names.begin(), names.end());
    groupOf.resize(set.size());
    std::string key;
    for (std::size_t row = 0; row < set.size(); ++row) {
        key.clear();
        if (m_binary.matching.on) {
            appendOnly(key, set, row, names);
        } else {
            appendExcept(key, set, row, names);
        }
        groupOf[row] =
            known.try_emplace(key, static_cast<std::uint32_t>(known.size())).first->second;
    }
}

absl::Status VectorMatcher::prepareGroups()
{
    if (m_plan.isFor(m_left.series, m_right.series)) {
        return absl::OkStatus();
    }
    PH_RETURN_IF_ERROR(m_context.checkInterrupt());
    absl::flat_hash_map<std::string, std::uint32_t> known;
    number(*m_left.series, known, m_plan.matching.leftGroup);
    number(*m_right.series, known, m_plan.matching.rightGroup);
    m_plan.matching.groups = known.size();
    m_plan.matching.pairs.clear();
    m_plan.input = m_left.series;
    m_plan.secondInput = m_right.series;
    m_plan.output = nullptr;
    return absl::OkStatus();
}

absl::Status VectorMatcher::prepare()
{
    if (!m_plan.output) {
        PH_RETURN_IF_ERROR(pairUp());
        PH_RETURN_IF_ERROR(nameRows());
        m_plan.output = m_output;
        m_plan.matching.pairs = m_pairs;
    }
    m_output = m_plan.output;
    m_pairs = m_plan.matching.pairs;
    return absl::OkStatus();
}

absl::Status VectorMatcher::pairUp()
{
    const Matching& matching = m_plan.matching;
    const auto leftRows = rowsByGroup(matching.leftGroup, matching.groups);
    const auto rightRows = rowsByGroup(matching.rightGroup, matching.groups);
    for (std::uint32_t group = 0; group < matching.groups; ++group) {
        PH_RETURN_IF_ERROR(m_context.checkInterrupt());
        const std::size_t more = leftRows[group].size() * rightRows[group].size();
        if (m_pairs.size() + more > kMaxPairs) {
            return absl::ResourceExhaustedError(
                "too many series pairs match in a binary operation");
        }
        const bool isOnlyPair = leftRows[group].size() == 1 && rightRows[group].size() == 1;
        for (const std::size_t left : leftRows[group]) {
            for (const std::size_t right : rightRows[group]) {
                m_pairs.push_back({group, left, right, 0, isOnlyPair});
            }
        }
    }
    return absl::OkStatus();
}

absl::Status VectorMatcher::nameRows()
{
    auto output = std::make_shared<SeriesSet>();
    output->keepAlive = {m_left.series, m_right.series};
    if (reusesManySide()) {
        const SeriesSet& many = isManyLeft() ? *m_left.series : *m_right.series;
        output->nameDropped = many.nameDropped || dropsName();
        output->sameName = many.sameName;
        absl::flat_hash_map<std::size_t, std::size_t> rowOf;
        for (PairRows& pair : m_pairs) {
            const std::size_t row = isManyLeft() ? pair.left : pair.right;
            const auto [found, isNew] = rowOf.try_emplace(row, output->size());
            if (isNew) {
                output->rows.push_back(many.rows[row]);
            }
            pair.output = found->second;
        }
    } else {
        absl::flat_hash_map<Labels, std::size_t> rowOf;
        for (PairRows& pair : m_pairs) {
            PH_RETURN_IF_ERROR(m_context.checkInterrupt());
            Labels labels = resultLabels(pair);
            const auto [found, isNew] = rowOf.try_emplace(labels, output->size());
            if (isNew) {
                output->add(std::move(labels));
            }
            pair.output = found->second;
        }
    }
    m_output = std::move(output);
    return absl::OkStatus();
}

Labels VectorMatcher::resultLabels(const PairRows& pair) const
{
    const VectorMatching& matching = m_binary.matching;
    Labels many =
        isManyLeft() ? m_left.series->labels(pair.left) : m_right.series->labels(pair.right);
    const Labels one =
        isManyLeft() ? m_right.series->labels(pair.right) : m_left.series->labels(pair.left);
    if (dropsName()) {
        many.remove(kMetricName);
    }
    if (matching.cardinality == Cardinality::OneToOne) {
        std::vector<Labels::Pair> kept;
        for (const Labels::Pair& label : many.pairs()) {
            const bool isListed =
                std::find(matching.labels.begin(), matching.labels.end(), label.first) !=
                matching.labels.end();
            if (isListed == matching.on) {
                kept.push_back(label);
            }
        }
        many = Labels(std::move(kept));
    }
    for (const std::string& name : matching.include) {
        many.set(name, one.get(name));
    }
    if (m_binary.returnBool) {
        many.remove(kMetricName);
    }
    return many;
}

absl::Status VectorMatcher::checkOneSide() const
{
    const Block& one = isManyLeft() ? m_right : m_left;
    const auto& groupOf = isManyLeft() ? m_plan.matching.rightGroup : m_plan.matching.leftGroup;
    std::vector<bool> bothSides;
    for (const auto& rows : rowsByGroup(groupOf, m_plan.matching.groups)) {
        if (rows.size() < 2) {
            continue;
        }
        if (bothSides.empty()) {
            bothSides = stepsWithSamples(isManyLeft() ? m_left : m_right);
        }
        PH_RETURN_IF_ERROR(m_context.checkInterrupt());
        for (std::size_t step = 0; step < one.steps; ++step) {
            const std::size_t none = one.rows();
            std::size_t first = none;
            for (const std::size_t row : rows) {
                if (isAbsent(one.row(row)[step]) || !bothSides[step]) {
                    continue;
                }
                if (first != none) {
                    return duplicateOnOneSide(first, row);
                }
                first = row;
            }
        }
    }
    return absl::OkStatus();
}

absl::Status VectorMatcher::duplicateOnOneSide(std::size_t first, std::size_t second) const
{
    const SeriesSet& set = isManyLeft() ? *m_right.series : *m_left.series;
    const VectorMatching& matching = m_binary.matching;
    std::vector<Labels::Pair> group;
    const Labels labels = set.labels(first);
    for (const Labels::Pair& label : labels.pairs()) {
        const bool isListed =
            std::find(matching.labels.begin(), matching.labels.end(), label.first) !=
            matching.labels.end();
        if (isListed == matching.on && (matching.on || label.first != kMetricName)) {
            group.push_back(label);
        }
    }
    return absl::FailedPreconditionError(fmt::format(
        "found duplicate series for the match group {} on the {} hand-side of the operation: [{}, "
        "{}];many-to-many matching not allowed: matching labels must be unique on one side",
        Labels(std::move(group)).toString(),
        isManyLeft() ? "right" : "left",
        set.labels(second).toString(),
        labels.toString()));
}

} // namespace pilothouse::metrics::promql
