// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/plans/GateWorld.h"

#include "server/platform/crypto/Random.h"
#include "server/platform/postgres/SchemaMigrator.h"

namespace pilothouse::test {

namespace {

using postgres::Row;
using postgres::Statement;
using postgres::Transaction;

constexpr const char* kPermission = "tests.operate";

constexpr Statement kMake{"test.make", "CREATE TABLE public.world (number int NOT NULL)"};
constexpr Statement kFirst{"test.first", "INSERT INTO public.world VALUES (0)"};
constexpr Statement kLook{"test.look", "SELECT number FROM public.world FOR UPDATE"};
constexpr Statement kRead{"test.read", "SELECT number FROM public.world"};
constexpr Statement kSet{"test.set", "UPDATE public.world SET number = $1"};
constexpr Statement kAudit{
    "test.audit",
    "SELECT action || ' ' || outcome || ' ' || actor || ' ' || message AS text"
    " FROM pilothouse.audit_pending ORDER BY id DESC LIMIT $1"};

} // namespace

absl::Status GateWorld::start(system::Environment environment)
{
    platform::initCrypto();
    PH_RETURN_IF_ERROR(m_cluster.start());
    m_database = m_cluster.database(m_registry);
    PH_RETURN_IF_ERROR(
        postgres::migrateSchema(*m_database, postgres::embeddedMigrations()).status());
    PH_RETURN_IF_ERROR(m_database->execute(kMake).status());
    PH_RETURN_IF_ERROR(m_database->execute(kFirst).status());
    settings.environment = environment;
    settings.environmentName = "eu-prod-1";
    m_audit = std::make_unique<audit::AuditLog>(*m_database);
    gate = std::make_unique<plans::PlanGate>(*m_database, *m_audit, clock, settings);
    leases = std::make_unique<plans::Leases>(*m_database, *m_audit, clock, settings);
    approvals = std::make_unique<plans::Approvals>(*m_database, *m_audit, clock, settings);
    return absl::OkStatus();
}

GateWorld::~GateWorld()
{
    m_database.reset();
}

plans::Requester GateWorld::person(const std::string& name)
{
    plans::Requester who;
    who.actor = {name, {"admin"}, "127.0.0.1", "request", {}};
    who.permission = kPermission;
    who.permissions = {kPermission, "plans.approve"};
    who.isPerson = true;
    return who;
}

absl::StatusOr<plans::Plan> GateWorld::run(
    const plans::Requester& requester, const plans::Request& request, const Wish& wish)
{
    return gate->run(
        requester,
        request,
        [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
            PH_ASSIGN_OR_RETURN(
                const auto number, transaction.queryOne(kLook, {}, [](const Row& row) {
                    return row.integer("number");
                }));
            plans::Draft draft;
            draft.action = "tests.number.set";
            draft.target = "numbers/world";
            draft.title = "Set the number";
            draft.impact.reversibility = wish.reversibility;
            draft.impact.reach = wish.reach;
            draft.facts = {
                {"before", std::to_string(number.value_or(-1))},
                {"after", std::to_string(wish.value)}};
            draft.before = std::to_string(number.value_or(-1));
            draft.after = std::to_string(wish.value);
            return draft;
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(transaction.execute(kSet, {wish.value}).status());
            return wish.during ? wish.during() : absl::OkStatus();
        });
}

plans::Confirmation GateWorld::confirmationOf(
    const plans::Plan& plan, const std::string& approvalId) const
{
    return {plan.digest, "because", plan.environmentName, approvalId};
}

absl::Status GateWorld::forget(const std::string& name)
{
    return m_database->transact(
        [&](Transaction& transaction) { return gate->forget(transaction, name); });
}

int GateWorld::number()
{
    const auto number = m_database->queryOne(
        kRead, {}, [](const Row& row) { return static_cast<int>(row.integer("number")); });
    return number.ok() ? number->value_or(-1) : -1;
}

void GateWorld::setNumber(int value)
{
    m_database->execute(kSet, {value}).status().IgnoreError();
}

std::vector<std::string> GateWorld::audit(int count)
{
    return m_database->query(kAudit, {count}, [](const Row& row) { return row.text("text"); })
        .value_or(std::vector<std::string>{});
}

} // namespace pilothouse::test
