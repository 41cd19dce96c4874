// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/ManagedApplication.h"

#include "server/rollouts/ArgoRolloutsDriver.h"
#include "server/rollouts/HaproxyDriver.h"
#include "server/rollouts/KubernetesDriver.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pilothouse::rollouts {

namespace {

constexpr double kBasisPoints = 10000;

Policy policyOf(const config::RolloutApplication& application)
{
    Policy policy;
    policy.serversNeeded = application.serversNeeded;
    policy.capacityPercent = application.capacityPercent;
    policy.comparesSides = application.compare;
    policy.analysisLeast = application.compareLeast;
    policy.analysisMost = application.compareMost;
    policy.keepWarm = application.keepWarm;
    policy.drainMost = application.drainMost;
    policy.holdBackPercent = application.holdBackPercent;
    policy.rollsBackByItself = application.automaticRollback;
    policy.trafficSteps.assign(application.trafficSteps.begin(), application.trafficSteps.end());
    return policy;
}

/// Whether a table of the configuration with these names is meant for the application.
bool isFor(const std::vector<std::string>& applications, const std::string& application)
{
    return applications.empty() ||
           std::ranges::find(applications, application) != applications.end();
}

std::vector<ChangeWindow> windowsOf(const config::Rollouts& config, const std::string& application)
{
    using Kind = ChangeWindow::Kind;
    std::vector<ChangeWindow> windows;
    for (const config::ChangeWindow& one : config.windows) {
        if (!isFor(one.applications, application)) {
            continue;
        }
        // The configuration was checked by the same function.
        if (auto window = makeChangeWindow(
                one.kind == "deny" ? Kind::Deny : Kind::Allow,
                one.schedule,
                one.duration,
                one.timeZone,
                one.description);
            window.ok()) {
            windows.push_back(*std::move(window));
        }
    }
    return windows;
}

std::vector<AnalysisMetric> analysesOf(
    const config::Rollouts& config, const std::string& application)
{
    using Stage = AnalysisMetric::Stage;
    std::vector<AnalysisMetric> metrics;
    for (const config::AnalysisMetric& one : config.analyses) {
        if (!isFor(one.applications, application)) {
            continue;
        }
        metrics.push_back(
            {one.name,
             one.stage == "after" ? Stage::AfterPromotion : Stage::BeforePromotion,
             one.query,
             one.successCondition,
             one.failureCondition,
             one.initialDelay,
             one.interval,
             one.count,
             one.failureLimit,
             one.inconclusiveLimit,
             one.consecutiveErrorLimit,
             one.isDryRun});
    }
    return metrics;
}

class DriverFactory
{
public:
    DriverFactory(
        const Clock& clock,
        const metrics::QueryEngine& queries,
        const config::Scaling& scaling,
        std::filesystem::path folder)
        : m_clock(clock), m_queries(queries), m_scaling(scaling), m_folder(std::move(folder))
    {}

    absl::StatusOr<std::unique_ptr<Driver>> make(const config::RolloutApplication& one)
    {
        auto queries =
            one.responsesQuery.empty() ? nullptr : std::make_unique<SideQueries>(m_queries, one);
        if (one.driver == "kubernetes") {
            return std::make_unique<KubernetesDriver>(one, m_clock, std::move(queries));
        }
        if (one.driver == "argo-rollouts") {
            return std::make_unique<ArgoRolloutsDriver>(one, m_clock, std::move(queries));
        }
        return makeHaproxy(one, std::move(queries));
    }

private:
    absl::StatusOr<std::unique_ptr<Driver>> makeHaproxy(
        config::RolloutApplication one, std::unique_ptr<SideQueries> queries)
    {
        HaproxyDriver::Parts parts;
        parts.queries = std::move(queries);
        parts.folder = m_folder / "processes" / one.name;
        for (const config::ScalingPolicy& policy : m_scaling.policies) {
            const bool isOfThis = policy.application == one.name;
            parts.isCounted = parts.isCounted || isOfThis;
            parts.isScaled = parts.isScaled || (isOfThis && policy.mode == "act");
        }
        if (one.hasOwnHaproxy()) {
            const std::filesystem::path folder = m_folder / "haproxy" / one.name;
            PH_ASSIGN_OR_RETURN(
                parts.own, haproxy::PrivateHaproxy::open(one.name, folder, m_clock));
            PH_ASSIGN_OR_RETURN(parts.place, placeOwnHaproxy(folder, one));
            one.haproxySocket = parts.place.socket;
            one.mapFile = parts.place.map;
            one.mapKey = kActiveKey;
            one.previewKey = kPreviewKey;
            one.splitKey = kSplitKey;
        }
        if (!one.blueCommand.empty()) {
            PH_ASSIGN_OR_RETURN(parts.processes, SideProcesses::open(one, parts.folder, m_clock));
        }
        auto& mapMutex = m_mapMutexes[one.mapFile.string()];
        if (mapMutex == nullptr) {
            mapMutex = std::make_shared<std::mutex>();
        }
        parts.mapMutex = mapMutex;
        return HaproxyDriver::open(one, m_clock, std::move(parts));
    }

    const Clock& m_clock;
    const metrics::QueryEngine& m_queries;
    const config::Scaling& m_scaling;
    const std::filesystem::path m_folder;
    std::map<std::string, std::shared_ptr<std::mutex>> m_mapMutexes;
};

} // namespace

absl::StatusOr<ManagedApplications> makeApplications(
    const config::Config& config,
    const Clock& clock,
    const metrics::QueryEngine& queries,
    const std::filesystem::path& folder)
{
    const config::Rollouts& rollouts = config.rollouts;
    ManagedApplications applications;
    DriverFactory drivers(clock, queries, config.scaling, folder);
    for (const config::RolloutApplication& one : rollouts.applications) {
        auto application = std::make_unique<ManagedApplication>();
        application->name = one.name;
        application->policy = policyOf(one);
        application->policy.windows = windowsOf(rollouts, one.name);
        application->policy.analyses = analysesOf(rollouts, one.name);
        application->metrics = {SideMetric::ServerErrors};
        if (one.compareClientErrors) {
            application->metrics.push_back(SideMetric::ClientErrors);
        }
        if (!one.slowResponsesQuery.empty()) {
            application->metrics.push_back(SideMetric::SlowResponses);
        }
        application->comparison.margin = one.marginBasisPoints / kBasisPoints;
        application->requiresApproval = one.requireApproval;
        PH_ASSIGN_OR_RETURN(application->driver, drivers.make(one));
        applications.push_back(std::move(application));
    }
    std::ranges::sort(applications, {}, [](const auto& one) { return one->name; });
    return applications;
}

absl::StatusOr<ManagedApplication*> findApplication(
    const ManagedApplications& applications, const std::string& name)
{
    const auto found =
        std::ranges::find_if(applications, [&](const auto& one) { return one->name == name; });
    if (found == applications.end()) {
        return withHint(
            absl::NotFoundError(fmt::format("there is no application '{}'", name.substr(0, 100))),
            "List them with 'pilothousectl rollouts list'; they stand in the server's "
            "configuration as [[rollouts.applications]].");
    }
    return found->get();
}

} // namespace pilothouse::rollouts
