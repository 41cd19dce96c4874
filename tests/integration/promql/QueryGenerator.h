// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>
#include <vector>

namespace pilothouse::test {

/// Random queries over awkwardSeries(), most of them valid, from a fixed seed.
class QueryGenerator
{
public:
    explicit QueryGenerator(unsigned seed) : m_random(seed) {}

    /// An instant vector or a scalar.
    std::string query();

private:
    int below(int limit);
    const std::string& pick(const std::vector<std::string>& from);
    std::string selector();
    std::string modifiers();
    std::string rangeVector(int depth);
    std::string rangeCall(int depth);
    std::string scalar(int depth);
    std::string vector(int depth);
    std::string aggregation(int depth);
    std::string binary(int depth);
    std::string function(int depth);

    std::mt19937 m_random;
};

} // namespace pilothouse::test
