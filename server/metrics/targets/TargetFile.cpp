// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/targets/TargetFile.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace pilothouse::metrics {

namespace {

bool endsWith(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool isLabelName(std::string_view name)
{
    const auto isGood = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
           std::all_of(name.begin(), name.end(), isGood);
}

absl::Status expected(std::string_view where, std::string_view what)
{
    return withHint(
        absl::InvalidArgumentError(fmt::format("{}: expected {}", where, what)),
        "Write a list of {targets: [\"host:port\"], labels: {name: value}}.");
}

absl::Status checkGroup(const TargetGroup& group, const std::string& where)
{
    for (const std::string& target : group.targets) {
        if (target.empty() || target.find_first_of(" \t\r\n/") != std::string::npos) {
            return expected(where + ".targets", fmt::format("\"host:port\", found \"{}\"", target));
        }
    }
    for (const auto& [name, value] : group.labels) {
        if (!isLabelName(name)) {
            return expected(where + ".labels", fmt::format("a label name, found \"{}\"", name));
        }
    }
    return absl::OkStatus();
}

using Json = nlohmann::json;

absl::StatusOr<TargetGroup> groupOf(const Json& item, const std::string& where)
{
    TargetGroup group;
    if (!item.is_object()) {
        return expected(where, "an object");
    }
    for (const auto& [key, value] : item.items()) {
        if (key == "targets") {
            if (!value.is_array()) {
                return expected(where + ".targets", "a list");
            }
            for (const Json& target : value) {
                if (!target.is_string()) {
                    return expected(where + ".targets", "strings");
                }
                group.targets.push_back(target.get<std::string>());
            }
        } else if (key == "labels") {
            if (!value.is_object()) {
                return expected(where + ".labels", "an object");
            }
            for (const auto& [name, text] : value.items()) {
                if (!text.is_string()) {
                    return expected(fmt::format("{}.labels.{}", where, name), "a string");
                }
                group.labels.emplace(name, text.get<std::string>());
            }
        } else {
            return expected(where, fmt::format("\"targets\" or \"labels\", found \"{}\"", key));
        }
    }
    return group;
}

absl::StatusOr<std::vector<TargetGroup>> parseJson(const std::string& text, const std::string& file)
{
    // Without exceptions the parser says nothing about where; so the one exception is caught here.
    Json root;
    try {
        root = Json::parse(text);
    } catch (const Json::exception& error) {
        return absl::InvalidArgumentError(fmt::format("{}: {}", file, error.what()));
    }
    if (!root.is_array()) {
        return expected(file, "a list");
    }
    std::vector<TargetGroup> groups;
    for (const Json& item : root) {
        const std::string where = fmt::format("{}[{}]", file, groups.size());
        PH_ASSIGN_OR_RETURN(TargetGroup group, groupOf(item, where));
        PH_RETURN_IF_ERROR(checkGroup(group, where));
        groups.push_back(std::move(group));
    }
    return groups;
}

absl::StatusOr<TargetGroup> groupOf(const YAML::Node& item, const std::string& file)
{
    const auto at = [&](const YAML::Node& node) {
        return fmt::format("{}:{}", file, node.Mark().line + 1);
    };
    TargetGroup group;
    if (!item.IsMap()) {
        return expected(at(item), "a map");
    }
    for (const auto& entry : item) {
        const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
        const YAML::Node& value = entry.second;
        if (key == "targets") {
            if (!value.IsSequence()) {
                return expected(at(value), "a list of targets");
            }
            for (const auto& target : value) {
                if (!target.IsScalar()) {
                    return expected(at(target), "\"host:port\"");
                }
                group.targets.push_back(target.Scalar());
            }
        } else if (key == "labels") {
            if (!value.IsMap()) {
                return expected(at(value), "a map of labels");
            }
            for (const auto& label : value) {
                if (!label.first.IsScalar() || !label.second.IsScalar()) {
                    return expected(at(label.first), "label: text");
                }
                group.labels.emplace(label.first.Scalar(), label.second.Scalar());
            }
        } else {
            return expected(
                at(entry.first), fmt::format("\"targets\" or \"labels\", found \"{}\"", key));
        }
    }
    PH_RETURN_IF_ERROR(checkGroup(group, at(item)));
    return group;
}

absl::StatusOr<std::vector<TargetGroup>> parseYaml(const std::string& text, const std::string& file)
{
    std::vector<TargetGroup> groups;
    try {
        const YAML::Node root = YAML::Load(text);
        if (root.IsNull()) {
            return groups;
        }
        if (!root.IsSequence()) {
            return expected(file, "a list");
        }
        for (const auto& item : root) {
            PH_ASSIGN_OR_RETURN(TargetGroup group, groupOf(item, file));
            groups.push_back(std::move(group));
        }
    } catch (const YAML::Exception& error) {
        return absl::InvalidArgumentError(
            fmt::format("{}:{}: {}", file, error.mark.line + 1, error.msg));
    }
    return groups;
}

} // namespace

absl::StatusOr<std::vector<TargetGroup>> parseTargetFile(
    const std::string& text, std::string_view fileName)
{
    const std::string file(fileName);
    if (endsWith(fileName, ".json")) {
        return parseJson(text, file);
    }
    if (endsWith(fileName, ".yml") || endsWith(fileName, ".yaml")) {
        return parseYaml(text, file);
    }
    return withHint(
        absl::InvalidArgumentError(fmt::format("{}: the kind of file is unknown", file)),
        "Name target files .json, .yml or .yaml.");
}

} // namespace pilothouse::metrics
