// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/ScalingModule.h"

#include "server/scaling/BoardKeeper.h"
#include "server/scaling/Policies.h"
#include "server/scaling/PolicyRunner.h"
#include "server/scaling/ScaledApplication.h"
#include "server/scaling/ScaledDeployment.h"
#include "server/scaling/Scaling.h"
#include "server/scaling/ScalingService.h"
#include "server/scaling/Simulator.h"

#include <map>
#include <optional>

namespace pilothouse::scaling {

/// In order of dependence: what stands further down uses what stands above, and goes first.
struct ScalingModule::Parts
{
    explicit Parts(const Surroundings& outside)
        : around(outside),
          policies(makePolicies(around.config)),
          board(policies),
          simulator(around.queries),
          scaling(
              {around.database,
               around.gate,
               board,
               around.clock,
               [this](const std::string& policy) { changed(policy); }}),
          service(
              around.guard,
              {scaling,
               board,
               simulator,
               around.clock,
               around.pages,
               around.db,
               around.config.interval,
               [this](const std::string& policy) { return readyOf(policy); }})
    {
        if (policies.empty()) {
            return;
        }
        keeper.emplace(BoardKeeper::Parts{
            policies,
            around.config.interval,
            around.database,
            board,
            around.health,
            around.clock,
            around.registry});
        auto& acts = prometheus::BuildCounter()
                         .Name("pilothouse_scaling_acts_total")
                         .Help("Times that something was scaled, or was not although it was tried.")
                         .Register(around.registry);
        for (std::size_t index = 0; index < policies.size(); ++index) {
            const config::ScalingPolicy& configured = around.config.policies[index];
            runners[policies[index].name] = std::make_unique<PolicyRunner>(
                PolicyRunner::Parts{
                    policies[index],
                    configured,
                    around.config.interval,
                    around.database,
                    around.audit,
                    around.leader,
                    around.queries,
                    around.clock,
                    acts},
                targetOf(configured));
        }
    }

    /// Null: the policy only recommends, by its ready_query.
    std::unique_ptr<ScaleTarget> targetOf(const config::ScalingPolicy& policy) const
    {
        if (!policy.deployment.empty()) {
            return std::make_unique<ScaledDeployment>(policy, around.clock);
        }
        rollouts::Driver* driver =
            policy.application.empty() ? nullptr : around.drivers(policy.application);
        return driver == nullptr ? nullptr
                                 : std::make_unique<ScaledApplication>(policy.application, *driver);
    }

    void changed(const std::string& policy)
    {
        if (keeper) {
            keeper->wake();
        }
        if (const auto runner = runners.find(policy); runner != runners.end()) {
            runner->second->wake();
        }
    }

    std::string readyOf(const std::string& policy) const
    {
        for (const config::ScalingPolicy& one : around.config.policies) {
            if (one.name == policy) {
                return readyExpression(one);
            }
        }
        return {};
    }

    const Surroundings around;
    const std::vector<Policy> policies;
    ScalingBoard board;
    const Simulator simulator;
    Scaling scaling;
    ScalingService service;
    std::optional<BoardKeeper> keeper;
    std::map<std::string, std::unique_ptr<PolicyRunner>> runners;
};

ScalingModule::ScalingModule(const Surroundings& surroundings)
    : m_parts(std::make_unique<Parts>(surroundings))
{}

ScalingModule::~ScalingModule() = default;

rpc::Service& ScalingModule::service()
{
    return m_parts->service;
}

} // namespace pilothouse::scaling
