// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/RolloutsModule.h"

#include "server/plans/PlanGate.h"
#include "server/rollouts/AutomaticRollback.h"
#include "server/rollouts/JournalImport.h"
#include "server/rollouts/Leadership.h"
#include "server/rollouts/ManagedApplication.h"
#include "server/rollouts/OfflineController.h"
#include "server/rollouts/Rollback.h"
#include "server/rollouts/RollbackJournal.h"
#include "server/rollouts/RolloutBoard.h"
#include "server/rollouts/RolloutController.h"
#include "server/rollouts/RolloutRecords.h"
#include "server/rollouts/Rollouts.h"
#include "server/rollouts/RolloutsService.h"
#include "server/rollouts/Switcher.h"
#include "shared/base/StatusHelpers.h"

#include <optional>

namespace pilothouse::rollouts {

namespace {

constexpr int kActingThreads = 2;
constexpr int kActingQueue = 64;
constexpr int kGoingBackThreads = 2;
constexpr int kGoingBackQueue = 64;
/// As many as there are connections: a database that hangs keeps no more than these.
constexpr int kAttemptThreads = 2;
constexpr int kAttemptQueue = 16;

std::vector<std::string> namesOf(const ManagedApplications& applications)
{
    std::vector<std::string> names;
    for (const auto& application : applications) {
        names.push_back(application->name);
    }
    return names;
}

} // namespace

/// In order of dependence: what stands further down uses what stands above, and goes first.
struct RolloutsModule::Parts
{
    Parts(
        const Surroundings& around,
        Lanes ownLanes,
        ManagedApplications ownApplications,
        std::unique_ptr<RollbackJournal> ownJournal)
        : lanes(std::move(ownLanes)),
          applications(std::move(ownApplications)),
          journal(std::move(ownJournal)),
          board(namesOf(applications)),
          records(around.audit),
          leadership(around.leader),
          import(*journal, records, around.audit),
          switcher(records, board, around.clock, around.registry),
          promotionGate(*lanes.promotions, around.audit, around.clock, around.plans),
          rollbackGate(*lanes.rollbacks, around.audit, around.clock, around.plans),
          rollouts(partsFor(around, *lanes.promotions, promotionGate)),
          acting("rollouts", kActingThreads, kActingQueue),
          goingBack("rollback", kGoingBackThreads, kGoingBackQueue),
          rollback({partsFor(around, *lanes.rollbacks, rollbackGate), *journal, attempts}),
          attempts("rollback-database", kAttemptThreads, kAttemptQueue),
          service(
              around.guard,
              {applications,
               rollouts,
               rollback,
               board,
               around.clock,
               around.pages,
               around.db,
               acting,
               goingBack})
    {
        auto& count =
            prometheus::BuildCounter()
                .Name("pilothouse_rollouts_automatic_rollbacks_total")
                .Help("Rollouts that the server rolled back by itself after their promotion.")
                .Register(around.registry);
        for (const auto& application : applications) {
            if (application->policy.rollsBackByItself) {
                count.Add({{"application", application->name}});
                automatic.push_back(std::make_unique<AutomaticRollback>(AutomaticRollback::Parts{
                    *application, board, leadership, rollback, around.clock, count}));
            }
        }
        if (!applications.empty()) {
            offline.emplace(
                OfflineController::Parts{applications, board, *journal, leadership, around.clock});
            controller.emplace(RolloutController::Parts{
                applications,
                around.database,
                records,
                board,
                *journal,
                import,
                leadership,
                switcher,
                around.health,
                around.queries,
                around.clock,
                around.registry});
        }
    }

    Rollouts::Parts partsFor(
        const Surroundings& around, postgres::Database& database, plans::PlanGate& gate)
    {
        return {
            applications,
            database,
            gate,
            records,
            board,
            leadership,
            switcher,
            around.clock,
            [this] {
                if (controller) {
                    controller->wake();
                }
            }};
    }

    Lanes lanes;
    const ManagedApplications applications;
    std::unique_ptr<RollbackJournal> journal;
    RolloutBoard board;
    const RolloutRecords records;
    Leadership leadership;
    JournalImport import;
    Switcher switcher;
    plans::PlanGate promotionGate;
    plans::PlanGate rollbackGate;
    Rollouts rollouts;
    platform::Executor acting;
    platform::Executor goingBack;
    Rollback rollback;
    // Goes before the rollback whose work it does; that has only its place until then.
    platform::Executor attempts;
    RolloutsService service;
    std::vector<std::unique_ptr<AutomaticRollback>> automatic;
    std::optional<OfflineController> offline;
    std::optional<RolloutController> controller;
};

absl::StatusOr<std::unique_ptr<RolloutsModule>> RolloutsModule::start(
    const Surroundings& surroundings, Lanes lanes)
{
    const std::filesystem::path folder = surroundings.dataDir / "rollouts";
    PH_ASSIGN_OR_RETURN(auto journal, RollbackJournal::open(folder / "journal.json"));
    PH_ASSIGN_OR_RETURN(
        auto applications,
        makeApplications(surroundings.config, surroundings.clock, surroundings.queries, folder));
    return std::unique_ptr<RolloutsModule>(new RolloutsModule(std::make_unique<Parts>(
        surroundings, std::move(lanes), std::move(applications), std::move(journal))));
}

RolloutsModule::RolloutsModule(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}

RolloutsModule::~RolloutsModule() = default;

rpc::Service& RolloutsModule::service()
{
    return m_parts->service;
}

Driver* RolloutsModule::driver(const std::string& application) const
{
    const auto found = findApplication(m_parts->applications, application);
    return found.ok() ? (*found)->driver.get() : nullptr;
}

std::vector<system::ExecutorStatus> RolloutsModule::executors() const
{
    if (m_parts->applications.empty()) {
        return {};
    }
    return {m_parts->acting.status(), m_parts->goingBack.status(), m_parts->attempts.status()};
}

std::vector<system::PoolStatus> RolloutsModule::pools() const
{
    if (m_parts->applications.empty()) {
        return {};
    }
    return {m_parts->lanes.promotions->poolStatus(), m_parts->lanes.rollbacks->poolStatus()};
}

} // namespace pilothouse::rollouts
