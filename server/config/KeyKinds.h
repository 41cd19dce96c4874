// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Keys.h"
#include "server/config/NodeReaders.h"
#include "server/config/Values.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

/// The kinds of keys that the tables are made of. `field` gives the member of the target that a key
/// stands for, for reading and for showing: PH_FIELD(grpc.listen).
namespace pilothouse::config {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
const absl::Duration kShortest = absl::Milliseconds(1);
const absl::Duration kOneDay = absl::Hours(24);

#define PH_FIELD(member)                                                                           \
    [](auto& target) -> auto&                                                                      \
    {                                                                                              \
        return target.member;                                                                      \
    }

template <typename Target, typename Field>
Key<Target> textKey(std::string name, std::string doc, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(field(target), readText(node));
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> choiceKey(
    std::string name, std::string doc, std::vector<std::string> choices, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field, choices = std::move(choices)](
            const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto text = readText(node);
            if (text.ok() && std::find(choices.begin(), choices.end(), *text) != choices.end()) {
                field(target) = *text;
                return absl::OkStatus();
            }
            return expected("one of " + quotedList(choices));
        },
        [field](const Target& target) { return quoted(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> hostPortKey(std::string name, std::string doc, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto text = readText(node);
            PH_RETURN_IF_ERROR(parseHostPort(text.value_or(std::string())).status());
            field(target) = *text;
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(field(target)); }};
}

enum class PathMustBe { Anything, ReadableFile };

template <typename Target, typename Field>
Key<Target> pathKey(std::string name, std::string doc, PathMustBe must, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field, must](const toml::node& node, const Path& folder, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(
                field(target),
                must == PathMustBe::ReadableFile ? readReadableFile(node, folder)
                                                 : readPath(node, folder));
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(field(target).string()); }};
}

/// A file that holds the value of another key, for values that may contain a password.
template <typename Target, typename Field>
Key<Target> secretFileKey(std::string name, std::string doc, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field](const toml::node& node, const Path& folder, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const Path path, readReadableFile(node, folder));
            if (path.empty()) {
                return absl::OkStatus();
            }
            if (!field(target).empty()) {
                return expected("only one of the value and its file");
            }
            PH_ASSIGN_OR_RETURN(field(target), readSecretFile(path));
            return absl::OkStatus();
        },
        [](const Target&) { return std::string("\"\""); }};
}

template <typename Target, typename Field>
Key<Target> switchKey(std::string name, std::string doc, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto* value = node.as_boolean();
            if (value == nullptr) {
                return expected("true or false");
            }
            field(target) = value->get();
            return absl::OkStatus();
        },
        [field](const Target& target) { return field(target) ? "true" : "false"; }};
}

template <typename Target, typename Field>
Key<Target> numberKey(
    std::string name, std::string doc, std::int64_t minimum, std::int64_t maximum, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field, minimum, maximum](
            const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto value = readNumber(node, minimum, maximum);
            if (!value) {
                return expected(
                    maximum == kNoLimit
                        ? fmt::format("a whole number of at least {}", minimum)
                        : fmt::format("a whole number from {} to {}", minimum, maximum));
            }
            using Number = std::decay_t<decltype(field(target))>;
            field(target) = static_cast<Number>(*value);
            return absl::OkStatus();
        },
        [field](const Target& target) { return std::to_string(field(target)); }};
}

/// A number that need not be whole.
template <typename Target, typename Field>
Key<Target> decimalKey(
    std::string name, std::string doc, double minimum, double maximum, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field, minimum, maximum](
            const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto value = node.is_boolean() ? std::nullopt : node.value<double>();
            if (!value || !(*value >= minimum && *value <= maximum)) {
                return expected(fmt::format("a number from {} to {}", minimum, maximum));
            }
            field(target) = *value;
            return absl::OkStatus();
        },
        [field](const Target& target) { return fmt::format("{}", field(target)); }};
}

template <typename Target, typename Field>
Key<Target> numberListKey(
    std::string name, std::string doc, std::int64_t minimum, std::int64_t maximum, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field, minimum, maximum](
            const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto bad = [&] {
                return expected(
                    fmt::format("a list of whole numbers from {} to {}", minimum, maximum));
            };
            const auto* list = node.as_array();
            if (list == nullptr) {
                return bad();
            }
            std::decay_t<decltype(field(target))> numbers;
            for (const auto& element : *list) {
                const auto value = readNumber(element, minimum, maximum);
                if (!value) {
                    return bad();
                }
                numbers.push_back(static_cast<typename decltype(numbers)::value_type>(*value));
            }
            field(target) = std::move(numbers);
            return absl::OkStatus();
        },
        [field](const Target& target) {
            return fmt::format("[{}]", fmt::join(field(target), ", "));
        }};
}

template <typename Target, typename Field>
Key<Target> sizeKey(std::string name, std::string doc, std::int64_t minimum, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field, minimum](const toml::node& node, const Path&, Target& target) -> absl::Status {
            std::int64_t bytes = 0;
            if (const auto* number = node.as_integer()) {
                bytes = number->get();
            } else {
                const auto text = readText(node);
                PH_ASSIGN_OR_RETURN(bytes, parseSize(text.value_or(std::string())));
            }
            if (bytes < minimum) {
                return expected(fmt::format("a size of at least {}", formatSize(minimum)));
            }
            field(target) = bytes;
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(formatSize(field(target))); }};
}

template <typename Target, typename Field>
Key<Target> durationKey(
    std::string name, std::string doc, absl::Duration minimum, absl::Duration maximum, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field, minimum, maximum](
            const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto text = readText(node);
            PH_ASSIGN_OR_RETURN(
                const absl::Duration value, parseDuration(text.value_or(std::string())));
            if (value < minimum || value > maximum) {
                return expected(fmt::format(
                    "a duration from \"{}\" to \"{}\"",
                    formatDuration(minimum),
                    formatDuration(maximum)));
            }
            field(target) = value;
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(formatDuration(field(target))); }};
}

template <typename Target, typename Field>
Key<Target> textListKey(std::string name, std::string doc, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(field(target), readTextList(node));
            return absl::OkStatus();
        },
        [field](const Target& target) { return quotedList(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> hostPortListKey(std::string name, std::string doc, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(field(target), readTextList(node));
            for (const auto& element : field(target)) {
                if (const auto parsed = parseHostPort(element); !parsed.ok() || parsed->port == 0) {
                    return expected("a list of \"host:port\" with ports from 1 to 65535");
                }
            }
            return absl::OkStatus();
        },
        [field](const Target& target) { return quotedList(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> pathListKey(std::string name, std::string doc, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field](const toml::node& node, const Path& folder, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(auto paths, readTextList(node));
            for (auto& path : paths) {
                if (path.empty()) {
                    return expected("a list of paths, none of them empty");
                }
                path =
                    Path(path).is_absolute() ? path : (folder / path).lexically_normal().string();
            }
            field(target) = paths;
            return absl::OkStatus();
        },
        [field](const Target& target) { return quotedList(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> labelsKey(std::string name, std::string doc, Field field)
{
    return {
        std::move(name),
        std::move(doc),
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto* table = node.as_table();
            absl::Status wrong = expected("a table of labels such as { team = \"checkout\" "
                                          "}, with names of letters, digits and "
                                          "_ that do not begin with a digit or __");
            if (table == nullptr) {
                return wrong;
            }
            for (const auto& [label, value] : *table) {
                const auto text = readText(value);
                if (!text.ok() || !isLabelName(std::string(label))) {
                    return wrong;
                }
                field(target)[std::string(label)] = *text;
            }
            return absl::OkStatus();
        },
        [field](const Target& target) {
            std::string result;
            for (const auto& [label, value] : field(target)) {
                result += (result.empty() ? " " : ", ") + label + " = " + quoted(value);
            }
            return "{" + result + (result.empty() ? "}" : " }");
        }};
}

} // namespace pilothouse::config
