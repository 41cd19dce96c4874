// SPDX-License-Identifier: Apache-2.0
#include "shared/plans/PlanDigest.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace pilothouse::plans {

namespace {

/// Begins every encoding, so that a plan of another encoding never has the same digest.
constexpr std::string_view kEncoding = "pilothouse-plan-1";

/// Length before text: no two lists of texts have one encoding.
class Encoder
{
public:
    void add(std::string_view text)
    {
        m_text += fmt::format("{}:", text.size());
        m_text += text;
    }
    void add(std::int64_t number) { add(std::to_string(number)); }
    const std::string& text() const { return m_text; }

private:
    std::string m_text;
};

std::vector<Fact> sorted(std::vector<Fact> facts)
{
    std::ranges::sort(facts, [](const Fact& left, const Fact& right) {
        return std::pair(left.name, left.value) < std::pair(right.name, right.value);
    });
    return facts;
}

/// Facts of one plan by name; those of one name as one text.
std::map<std::string, std::string> comparable(const Plan& plan)
{
    std::map<std::string, std::string> all;
    for (const Fact& fact : sorted(plan.facts)) {
        std::string& text = all[fact.name];
        text += text.empty() ? fact.value : ", " + fact.value;
    }
    all["friction"] = frictionName(plan.friction);
    all["environment"] =
        fmt::format("{} ({})", plan.environmentName, system::environmentName(plan.environment));
    return all;
}

} // namespace

std::string digestOf(const Plan& plan)
{
    Encoder encoder;
    encoder.add(kEncoding);
    encoder.add(plan.action);
    encoder.add(plan.target);
    encoder.add(static_cast<std::int64_t>(plan.environment));
    encoder.add(plan.environmentName);
    encoder.add(plan.permission);
    encoder.add(static_cast<std::int64_t>(plan.friction));
    encoder.add(static_cast<std::int64_t>(plan.needsLease));
    encoder.add(static_cast<std::int64_t>(plan.impact.reversibility));
    encoder.add(static_cast<std::int64_t>(plan.impact.reach));
    encoder.add(static_cast<std::int64_t>(plan.facts.size()));
    for (const Fact& fact : sorted(plan.facts)) {
        encoder.add(fact.name);
        encoder.add(fact.value);
    }
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
    const std::string& text = encoder.text();
    SHA256(
        static_cast<const unsigned char*>(static_cast<const void*>(text.data())),
        text.size(),
        hash.data());
    return absl::BytesToHexString(
        {static_cast<const char*>(static_cast<const void*>(hash.data())), hash.size()});
}

std::vector<Difference> differencesOf(const Plan& before, const Plan& after)
{
    std::vector<Difference> differences;
    const auto old = comparable(before);
    auto now = comparable(after);
    for (const auto& [name, value] : old) {
        const auto found = now.find(name);
        const std::string other = found == now.end() ? "" : found->second;
        if (other != value) {
            differences.push_back({name, value, other});
        }
        now.erase(name);
    }
    for (const auto& [name, value] : now) {
        differences.push_back({name, "", value});
    }
    std::ranges::sort(differences, {}, &Difference::name);
    return differences;
}

} // namespace pilothouse::plans
