// SPDX-License-Identifier: Apache-2.0
#include "server/config/NodeReaders.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace pilothouse::config {

namespace {

/// A secret file is one line; anything larger is the wrong file.
constexpr std::uintmax_t kMaxSecretBytes = 64 << 10;

} // namespace

absl::Status expected(const std::string& what)
{
    return absl::InvalidArgumentError(what);
}

std::string quoted(const std::string& text)
{
    std::ostringstream out;
    const toml::value<std::string> value(text);
    out << toml::toml_formatter(value, toml::format_flags::none);
    return out.str();
}

std::string quotedList(const std::vector<std::string>& values)
{
    std::string result;
    for (const auto& value : values) {
        result += (result.empty() ? "" : ", ") + quoted(value);
    }
    return "[" + result + "]";
}

std::optional<std::int64_t> readNumber(
    const toml::node& node, std::int64_t minimum, std::int64_t maximum)
{
    const auto* value = node.as_integer();
    return value != nullptr && value->get() >= minimum && value->get() <= maximum
               ? std::optional(value->get())
               : std::nullopt;
}

absl::StatusOr<std::string> readText(const toml::node& node)
{
    if (const auto* value = node.as_string()) {
        if (value->get().find('\0') != std::string::npos) {
            return expected("a string without zero bytes");
        }
        return value->get();
    }
    return expected("a string");
}

absl::StatusOr<std::vector<std::string>> readTextList(const toml::node& node)
{
    const auto* array = node.as_array();
    if (array == nullptr) {
        return expected("a list of strings");
    }
    std::vector<std::string> result;
    for (const auto& element : *array) {
        const auto text = readText(element);
        if (!text.ok()) {
            return expected("a list of strings");
        }
        result.push_back(*text);
    }
    return result;
}

absl::StatusOr<Path> readPath(const toml::node& node, const Path& folder)
{
    PH_ASSIGN_OR_RETURN(const std::string text, readText(node));
    if (text.empty() || Path(text).is_absolute()) {
        return Path(text);
    }
    return (folder / text).lexically_normal();
}

absl::StatusOr<Path> readReadableFile(const toml::node& node, const Path& folder)
{
    PH_ASSIGN_OR_RETURN(const Path path, readPath(node, folder));
    if (path.empty()) {
        return path;
    }
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        return expected(fmt::format("the path of a file, but {} is a folder", path.string()));
    }
    if (access(path.c_str(), R_OK) != 0) {
        return expected(fmt::format(
            "the path of a readable file, but {}: {}",
            path.string(),
            std::generic_category().message(errno)));
    }
    return path;
}

absl::StatusOr<std::string> readSecretFile(const Path& path)
{
    std::error_code error;
    if (std::filesystem::file_size(path, error) > kMaxSecretBytes && !error) {
        return expected(
            fmt::format("a file of one line, but {} is larger than 64 KiB", path.string()));
    }
    std::ifstream file(path);
    std::string text;
    std::getline(file, text);
    while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) {
        text.pop_back();
    }
    if (text.empty()) {
        return expected(
            fmt::format("a file whose first line is the value, but {} has none", path.string()));
    }
    return text;
}

bool isLabelName(const std::string& name)
{
    const auto isLetter = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               letter == '_';
    };
    if (name.empty() || !isLetter(name.front()) || name.rfind("__", 0) == 0) {
        return false;
    }
    return std::all_of(name.begin(), name.end(), [&](char letter) {
        return isLetter(letter) || (letter >= '0' && letter <= '9');
    });
}

} // namespace pilothouse::config
