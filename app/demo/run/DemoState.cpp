// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/run/DemoState.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace pilothouse::demo {

namespace {

std::filesystem::path stateFile(const std::filesystem::path& folder)
{
    return folder / "state.json";
}

/// Whole or not at all: a reader never sees half a file.
absl::Status writeJson(const std::filesystem::path& file, const nlohmann::json& value)
{
    const auto temporary = file.string() + ".new";
    std::ofstream out(temporary);
    out << value.dump(2) << "\n";
    out.close();
    std::error_code error;
    if (out) {
        std::filesystem::rename(temporary, file, error);
    }
    if (!out || error) {
        return absl::InternalError(fmt::format(
            "cannot write {}: {}", file.string(), error ? error.message() : "disk full?"));
    }
    return absl::OkStatus();
}

nlohmann::json target(unsigned short port, const char* job, const char* instance)
{
    return {
        {"targets", {fmt::format("127.0.0.1:{}", port)}},
        {"labels", {{"job", job}, {"instance", instance}}}};
}

} // namespace

absl::Status writeState(const std::filesystem::path& folder, const DemoState& state)
{
    return writeJson(
        stateFile(folder),
        {{"blue", state.blue},
         {"green", state.green},
         {"live", state.live},
         {"preview", state.preview},
         {"haproxy_metrics", state.haproxyMetrics}});
}

absl::StatusOr<DemoState> readState(const std::filesystem::path& folder)
{
    std::ifstream in(stateFile(folder));
    const auto value = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
    if (!in.is_open() || !value.is_object()) {
        return absl::NotFoundError(
            fmt::format("no demo runs here: there is no {}", stateFile(folder).string()));
    }
    const auto port = [&](const char* name) { return value.value<unsigned short>(name, 0); };
    return DemoState{
        port("blue"), port("green"), port("live"), port("preview"), port("haproxy_metrics")};
}

absl::Status writeTargets(const std::filesystem::path& file, const DemoState& state)
{
    nlohmann::json targets = nlohmann::json::array();
    const auto addColour = [&](unsigned short port, const char* colour, const char* version) {
        if (port != 0) {
            auto entry = target(port, "extraction", colour);
            entry["labels"]["colour"] = colour;
            entry["labels"]["version"] = version;
            targets.push_back(std::move(entry));
        }
    };
    addColour(state.blue, "blue", "1");
    addColour(state.green, "green", "2");
    if (state.haproxyMetrics != 0) {
        targets.push_back(target(state.haproxyMetrics, "haproxy", "demo"));
    }
    return writeJson(file, targets);
}

} // namespace pilothouse::demo
