// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/RollbackJournal.h"

#include "server/platform/process/DurableFile.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace pilothouse::rollouts {

namespace {

using Json = nlohmann::json;

Json jsonOf(const JournalEntry& entry)
{
    return {
        {"id", entry.id},
        {"time", absl::ToUnixMicros(entry.time)},
        {"application", entry.application},
        {"rollout", entry.rolloutId},
        {"stable", std::string(colourName(entry.stable))},
        {"actor", entry.actor.name},
        {"roles", entry.actor.roles},
        {"source", entry.actor.source},
        {"request", entry.actor.requestId},
        {"reason", entry.reason}};
}

JournalEntry entryOf(const Json& json)
{
    JournalEntry entry;
    entry.id = json.at("id").get<std::string>();
    entry.time = absl::FromUnixMicros(json.at("time").get<std::int64_t>());
    entry.application = json.at("application").get<std::string>();
    entry.rolloutId = json.at("rollout").get<std::string>();
    entry.stable = colourOf(json.at("stable").get<std::string>()).value_or(Colour::Blue);
    entry.actor.name = json.at("actor").get<std::string>();
    entry.actor.roles = json.at("roles").get<std::vector<std::string>>();
    entry.actor.source = json.at("source").get<std::string>();
    entry.actor.requestId = json.at("request").get<std::string>();
    entry.reason = json.at("reason").get<std::string>();
    return entry;
}

} // namespace

absl::StatusOr<std::unique_ptr<RollbackJournal>> RollbackJournal::open(std::filesystem::path file)
{
    std::error_code ignored; // what cannot be made cannot be written either, and is told then
    std::filesystem::create_directories(file.parent_path(), ignored);
    std::unique_ptr<RollbackJournal> journal(new RollbackJournal(std::move(file)));
    const auto text = platform::readSmallFile(journal->m_file);
    if (absl::IsNotFound(text.status())) {
        return journal;
    }
    PH_RETURN_IF_ERROR(text.status());
    try {
        for (const Json& entry : Json::parse(*text)) {
            journal->m_entries.push_back(entryOf(entry));
        }
    } catch (const Json::exception& error) {
        return withHint(
            absl::DataLossError(fmt::format(
                "the journal of rollbacks {} cannot be read: {}",
                journal->m_file.string(),
                error.what())),
            "Look what stands in it, then move it away.");
    }
    return journal;
}

absl::Status RollbackJournal::write(const std::vector<JournalEntry>& entries) const
{
    Json list = Json::array();
    for (const JournalEntry& entry : entries) {
        list.push_back(jsonOf(entry));
    }
    return platform::replaceFile(
        m_file, list.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

absl::Status RollbackJournal::append(const JournalEntry& entry)
{
    const std::lock_guard lock(m_mutex);
    if (m_entries.size() >= kMostEntries) {
        return withHint(
            absl::ResourceExhaustedError("the journal of rollbacks is full"),
            "Bring the control database back: it takes the journal over.");
    }
    std::vector<JournalEntry> entries = m_entries;
    entries.push_back(entry);
    PH_RETURN_IF_ERROR(write(entries));
    m_entries = std::move(entries);
    return absl::OkStatus();
}

std::vector<JournalEntry> RollbackJournal::entries() const
{
    const std::lock_guard lock(m_mutex);
    return m_entries;
}

bool RollbackJournal::hasEntryFor(const std::string& application) const
{
    const std::lock_guard lock(m_mutex);
    return std::ranges::find(m_entries, application, &JournalEntry::application) != m_entries.end();
}

absl::Status RollbackJournal::remove(const std::string& id)
{
    const std::lock_guard lock(m_mutex);
    std::vector<JournalEntry> entries = m_entries;
    std::erase_if(entries, [&](const JournalEntry& entry) { return entry.id == id; });
    PH_RETURN_IF_ERROR(write(entries));
    m_entries = std::move(entries);
    return absl::OkStatus();
}

} // namespace pilothouse::rollouts
