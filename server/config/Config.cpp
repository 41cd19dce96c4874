// SPDX-License-Identifier: Apache-2.0
#include "server/config/Config.h"

#include "server/config/Keys.h"
#include "server/config/Suggestion.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

namespace pilothouse::config {

namespace {

/// A file with more problems than this is not a configuration; the rest would only scroll the first
/// away.
constexpr std::size_t kMaxProblems = 20;
constexpr std::uintmax_t kMaxFileBytes = 4 << 20;

template <typename Target>
std::vector<std::string> namesOf(const std::vector<Key<Target>>& keys)
{
    std::vector<std::string> names;
    names.reserve(keys.size());
    for (const auto& key : keys) {
        names.push_back(key.name);
    }
    return names;
}

/// Takes a parsed file apart by the key tables; collects every problem rather than the first.
class Reader
{
public:
    explicit Reader(std::filesystem::path folder)
        : m_folder(std::move(folder)), m_keys(configKeys()), m_names(namesOf(m_keys))
    {
        for (const char* table :
             {kScrapeTable,
              kRolloutTable,
              kAnalysisTable,
              kWindowTable,
              kScalingPolicyTable,
              kScalingMetricTable}) {
            m_names.emplace_back(table);
        }
    }

    Config read(const toml::table& root)
    {
        readTable(root, "");
        for (auto& problem : checkConfig(m_config, m_lines)) {
            m_problems.push_back(std::move(problem));
        }
        return m_config;
    }

    const std::vector<Problem>& problems() const { return m_problems; }

private:
    void readTable(const toml::table& table, const std::string& prefix)
    {
        for (const auto& [name, node] : table) {
            const std::string key = prefix + std::string(name.str());
            const auto known = std::find_if(
                m_keys.begin(), m_keys.end(), [&](const auto& entry) { return entry.name == key; });
            if (known != m_keys.end()) {
                take(*known, node, key, m_config);
            } else if (key == kScrapeTable) {
                readScrapeJobs(node);
            } else if (key == kRolloutTable) {
                readTables(
                    node,
                    kRolloutTable,
                    rolloutKeys(),
                    m_config.rollouts.applications,
                    [](const toml::table&, RolloutApplication&) {});
            } else if (key == kAnalysisTable) {
                readTables(
                    node,
                    kAnalysisTable,
                    analysisKeys(),
                    m_config.rollouts.analyses,
                    [](const toml::table&, AnalysisMetric&) {});
            } else if (key == kWindowTable) {
                readTables(
                    node,
                    kWindowTable,
                    windowKeys(),
                    m_config.rollouts.windows,
                    [](const toml::table&, ChangeWindow&) {});
            } else if (key == kScalingPolicyTable) {
                readTables(
                    node,
                    kScalingPolicyTable,
                    scalingPolicyKeys(),
                    m_config.scaling.policies,
                    [](const toml::table&, ScalingPolicy&) {});
            } else if (key == kScalingMetricTable) {
                readTables(
                    node,
                    kScalingMetricTable,
                    scalingMetricKeys(),
                    m_config.scaling.metrics,
                    [](const toml::table&, ScalingMetric&) {});
            } else if (!isTableName(key)) {
                addUnknown(node, key, m_names);
            } else if (const auto* inner = node.as_table()) {
                readTable(*inner, key + ".");
            } else {
                add(node, key, fmt::format("expected a table, [{}]", key));
            }
        }
    }

    void readScrapeJobs(const toml::node& node)
    {
        readTables(
            node,
            kScrapeTable,
            scrapeKeys(),
            m_config.metrics.scrape,
            [](const toml::table& table, ScrapeJob& job) {
                // A timeout that nobody asked for never makes a short interval wrong.
                if (table.get("timeout") == nullptr) {
                    job.timeout = std::min(job.timeout, job.interval);
                }
            });
    }

    /// Tables that are repeated, [[name]]; `finish` sees each when it was read.
    template <typename Target, typename Finish>
    void readTables(
        const toml::node& node,
        const std::string& name,
        const std::vector<Key<Target>>& keys,
        std::vector<Target>& targets,
        const Finish& finish)
    {
        const auto* tables = node.as_array();
        if (tables == nullptr || (!tables->empty() && !tables->is_array_of_tables())) {
            add(node, name, fmt::format("expected tables, each begun by [[{}]]", name));
            return;
        }
        for (const auto& element : *tables) {
            const auto* table = element.as_table();
            if (table == nullptr) {
                continue;
            }
            const std::string prefix = fmt::format("{}[{}]", name, targets.size());
            m_lines[prefix] = element.source().begin.line;
            Target target;
            for (const auto& [keyNode, value] : *table) {
                const std::string key(keyNode.str());
                const auto known = std::find_if(
                    keys.begin(), keys.end(), [&](const auto& entry) { return entry.name == key; });
                if (known == keys.end()) {
                    addUnknown(value, key, namesOf(keys));
                } else {
                    take(*known, value, fmt::format("{}.{}", prefix, key), target);
                }
            }
            finish(*table, target);
            targets.push_back(std::move(target));
        }
    }

    template <typename Target>
    void take(
        const Key<Target>& entry, const toml::node& node, const std::string& key, Target& target)
    {
        m_lines[key] = node.source().begin.line;
        const absl::Status status = entry.read(node, m_folder, target);
        if (!status.ok()) {
            add(node, key, fmt::format("expected {}", std::string(status.message())));
        }
    }

    bool isTableName(const std::string& name) const
    {
        return std::any_of(m_names.begin(), m_names.end(), [&](const std::string& known) {
            return known.rfind(name + ".", 0) == 0;
        });
    }

    void addUnknown(
        const toml::node& node, const std::string& key, std::vector<std::string> candidates)
    {
        for (const auto& name : std::vector<std::string>(candidates)) {
            for (std::size_t dot = name.find('.'); dot != std::string::npos;
                 dot = name.find('.', dot + 1)) {
                candidates.push_back(name.substr(0, dot));
            }
        }
        const std::string meant = nearest(key, candidates);
        add(node,
            key,
            meant.empty() ? "unknown key" : fmt::format("unknown key; did you mean {}?", meant));
    }

    void add(const toml::node& node, const std::string& key, std::string message)
    {
        m_problems.push_back({node.source().begin.line, key, std::move(message)});
    }

    std::filesystem::path m_folder;
    std::vector<Key<Config>> m_keys;
    std::vector<std::string> m_names;
    Config m_config;
    KeyLines m_lines;
    std::vector<Problem> m_problems;
};

std::string place(const std::string& file, unsigned line)
{
    return line == 0 ? file : fmt::format("{}:{}", file, line);
}

absl::Status problemsAsStatus(std::vector<Problem> problems, const std::string& file)
{
    std::stable_sort(problems.begin(), problems.end(), [](const auto& left, const auto& right) {
        return left.line < right.line;
    });
    std::string message;
    for (std::size_t index = 0; index < std::min(problems.size(), kMaxProblems); ++index) {
        const Problem& problem = problems[index];
        message += fmt::format(
            "{}{}: {}: {}",
            message.empty() ? "" : "\n",
            place(file, problem.line),
            problem.key,
            problem.message);
    }
    if (problems.size() > kMaxProblems) {
        message += fmt::format("\n{}: and {} more", file, problems.size() - kMaxProblems);
    }
    return absl::InvalidArgumentError(message);
}

} // namespace

absl::StatusOr<Config> parseConfig(const std::string& text, const std::string& file)
{
    try {
        const toml::table root = toml::parse(text);
        Reader reader(std::filesystem::absolute(file).parent_path());
        Config config = reader.read(root);
        if (!reader.problems().empty()) {
            return problemsAsStatus(reader.problems(), file);
        }
        return config;
    } catch (const toml::parse_error& error) {
        return absl::InvalidArgumentError(fmt::format(
            "{}: not TOML: {}", place(file, error.source().begin.line), error.description()));
    } catch (const std::exception& error) {
        return absl::InvalidArgumentError(fmt::format("{}: {}", file, error.what()));
    }
}

absl::StatusOr<Config> loadConfig(const std::filesystem::path& file)
{
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) {
        return absl::InvalidArgumentError(
            fmt::format("configuration {} is a folder, expected a file", file.string()));
    }
    const auto bytes = std::filesystem::file_size(file, error);
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return absl::NotFoundError(fmt::format(
            "configuration {} cannot be read: {}",
            file.string(),
            std::generic_category().message(errno)));
    }
    if (!error && bytes > kMaxFileBytes) {
        return absl::InvalidArgumentError(
            fmt::format("configuration {} is larger than 4 MiB", file.string()));
    }
    const std::string text{
        std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    return parseConfig(text, file.string());
}

} // namespace pilothouse::config
