// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>

// Reading a cluster's JSON: what is missing, or of another type, is empty.
namespace pilothouse::kubernetes::members {

using nlohmann::json;

/// More of anything is told as so many.
inline constexpr int kMostCounted = 1'000'000;

/// The member, or null when there is none or `object` is no object.
const json& member(const json& object, const char* key);
std::string text(const json& object, const char* key);
/// False when it is none.
bool flag(const json& object, const char* key);
/// A count; 0 when it is none.
int count(const json& object, const char* key);
/// Of a spec: who does not say how many there should be wants one.
int replicas(const json& spec);
std::map<std::string, std::string> texts(const json& object, const char* key);
const json::array_t& items(const json& object, const char* key);

/// The document, when it is of this kind (null: of any); else INVALID_ARGUMENT.
absl::StatusOr<json> document(std::string_view text, const char* kind);

} // namespace pilothouse::kubernetes::members
