// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/collectors/ProcFile.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>

namespace pilothouse::metrics {

absl::StatusOr<std::string> readProcFile(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return absl::NotFoundError(fmt::format("cannot read {}", file.string()));
    }
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (stream.bad()) {
        return absl::UnavailableError(fmt::format("cannot read {}", file.string()));
    }
    return text;
}

std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            break;
        }
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::vector<std::string_view> wordsOf(std::string_view line)
{
    constexpr std::string_view kBlank = " \t";
    std::vector<std::string_view> words;
    std::size_t start = line.find_first_not_of(kBlank);
    while (start != std::string_view::npos) {
        const std::size_t end = line.find_first_of(kBlank, start);
        words.push_back(line.substr(start, end == std::string_view::npos ? end : end - start));
        start = line.find_first_not_of(kBlank, end);
    }
    return words;
}

double numberOf(std::string_view word)
{
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc() && end == word.data() + word.size()
               ? value
               : std::numeric_limits<double>::quiet_NaN();
}

} // namespace pilothouse::metrics
