// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Keys.h"

#include <string>
#include <utility>
#include <vector>

namespace pilothouse::config {

/// Collects what keys that are right for themselves do wrong together.
class Checker
{
public:
    explicit Checker(const KeyLines& lines) : m_lines(lines) {}

    /// Adds a problem at the first of `keys` that the file has, or without a line when it has none.
    void require(bool holds, const std::vector<std::string>& keys, std::string message)
    {
        if (holds) {
            return;
        }
        Problem problem{0, keys.front(), std::move(message)};
        for (const auto& key : keys) {
            const auto found = m_lines.find(key);
            if (found != m_lines.end()) {
                problem.line = found->second;
                problem.key = key;
                break;
            }
        }
        m_problems.push_back(std::move(problem));
    }

    std::vector<Problem> take() { return std::move(m_problems); }

private:
    const KeyLines& m_lines;
    std::vector<Problem> m_problems;
};

} // namespace pilothouse::config
