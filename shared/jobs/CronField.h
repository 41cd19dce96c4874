// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <bitset>
#include <span>
#include <string>
#include <string_view>

namespace pilothouse::jobs {

/// One field of a cron expression: which of its values count.
class CronField
{
public:
    /// What a field of this place may hold.
    struct Rules
    {
        std::string_view name;
        int lowest = 0;
        int highest = 0;
        /// Of the values from `lowest` on: "jan", … Empty: numbers only.
        std::span<const std::string_view> names;
    };

    /// "*", "5", "1-5", "*/15", "10-40/5", "mon,wed-fri"; INVALID_ARGUMENT otherwise.
    static absl::StatusOr<CronField> parse(std::string_view text, const Rules& rules);

    bool has(int value) const { return m_values.test(static_cast<std::size_t>(value)); }
    int count() const { return static_cast<int>(m_values.count()); }
    /// Written with a star: "*", "*/2".
    bool isStar() const { return m_isStar; }
    /// "*"
    bool isEvery() const { return m_text == "*"; }
    const std::string& text() const { return m_text; }

private:
    absl::Status add(std::string_view part, const Rules& rules);

    std::bitset<64> m_values;
    std::string m_text;
    bool m_isStar = false;
};

} // namespace pilothouse::jobs
