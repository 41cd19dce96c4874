// SPDX-License-Identifier: Apache-2.0
#include "shared/base/proto/JsonProto.h"
#include "shared/plans/FrictionRules.h"
#include "shared/plans/PlanDigest.h"
#include "shared/plans/proto/PlansProto.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <random>
#include <set>

using namespace pilothouse;
using plans::Friction;
using plans::Plan;
using plans::Reach;
using plans::Reversibility;
using system::Environment;

namespace {

constexpr std::array kEnvironments{
    Environment::Local,
    Environment::Development,
    Environment::Test,
    Environment::Staging,
    Environment::Production};
constexpr std::array kReversibilities{
    Reversibility::Instant, Reversibility::Easy, Reversibility::Hard, Reversibility::Never};
constexpr std::array kReaches{Reach::Narrow, Reach::Wide, Reach::Whole};

Plan examplePlan()
{
    Plan plan;
    plan.action = "access.operators.disable";
    plan.target = "operators/lee";
    plan.title = "Disable operator lee";
    plan.environment = Environment::Production;
    plan.environmentName = "eu-prod-1";
    plan.permission = "access.manage";
    plan.friction = Friction::F2;
    plan.needsLease = true;
    plan.impact.summary = "lee can no longer sign in; 3 sessions end.";
    plan.impact.numbers = {{"sessions", 3, ""}, {"traffic", 12.5, "percent"}};
    plan.impact.reversibility = Reversibility::Easy;
    plan.impact.reach = Reach::Narrow;
    plan.impact.undo = "Enable the operator.";
    plan.impact.reversibleUntil = absl::FromUnixSeconds(1700000000);
    plan.facts = {{"revision", "4"}, {"roles", "operator"}};
    plan.createTime = absl::FromUnixSeconds(1690000000);
    plan.expireTime = absl::FromUnixSeconds(1690000900);
    plan.digest = plans::digestOf(plan);
    return plan;
}

int level(Friction friction)
{
    return static_cast<int>(friction);
}

} // namespace

/// What the console's table of friction levels says, and what a plan is bound to.
class TstPlanRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frictionIsAsTheConsolesTableSays_data()
    {
        QTest::addColumn<int>("reversibility");
        QTest::addColumn<int>("reach");
        QTest::addColumn<int>("development");
        QTest::addColumn<int>("staging");
        QTest::addColumn<int>("production");
        const auto row = [](const char* action,
                            Reversibility reversibility,
                            Reach reach,
                            int development,
                            int staging,
                            int production) {
            QTest::newRow(action) << static_cast<int>(reversibility) << static_cast<int>(reach)
                                  << development << staging << production;
        };
        using enum Reversibility;
        using enum Reach;
        row("acknowledge an alert", Instant, Narrow, 0, 0, 1);
        row("flush one cache region", Easy, Narrow, 1, 2, 2);
        row("flush a region with much traffic", Easy, Wide, 1, 2, 3);
        row("flush all cache", Easy, Whole, 2, 2, 3);
        row("promote", Easy, Whole, 2, 2, 3);
        row("roll back", Instant, Whole, 1, 1, 2);
        row("apply a migration", Easy, Whole, 2, 2, 3);
        row("apply a migration without a way down", Hard, Whole, 2, 2, 4);
        row("restore over the live database", Never, Whole, 3, 3, 4);
        row("suspend a tenant", Easy, Wide, 1, 2, 3);
        row("delete a tenant", Never, Wide, 2, 3, 4);
        row("delete a backup", Never, Narrow, 2, 3, 4);
    }

    void frictionIsAsTheConsolesTableSays()
    {
        QFETCH(int, reversibility);
        QFETCH(int, reach);
        QFETCH(int, development);
        QFETCH(int, staging);
        QFETCH(int, production);
        const auto of = [&](Environment environment) {
            return level(plans::frictionOf(
                environment, static_cast<Reversibility>(reversibility), static_cast<Reach>(reach)));
        };
        QCOMPARE(of(Environment::Local), development);
        QCOMPARE(of(Environment::Development), development);
        QCOMPARE(of(Environment::Test), development);
        QCOMPARE(of(Environment::Staging), staging);
        QCOMPARE(of(Environment::Production), production);
    }

    void moreConsequenceIsNeverLessFriction()
    {
        for (std::size_t environment = 0; environment < kEnvironments.size(); ++environment) {
            for (std::size_t back = 0; back < kReversibilities.size(); ++back) {
                for (std::size_t reach = 0; reach < kReaches.size(); ++reach) {
                    const auto at = [](std::size_t e, std::size_t b, std::size_t r) {
                        return plans::frictionOf(
                            kEnvironments[std::min(e, kEnvironments.size() - 1)],
                            kReversibilities[std::min(b, kReversibilities.size() - 1)],
                            kReaches[std::min(r, kReaches.size() - 1)]);
                    };
                    const Friction here = at(environment, back, reach);
                    QVERIFY(here <= at(environment + 1, back, reach));
                    QVERIFY(here <= at(environment, back + 1, reach));
                    QVERIFY(here <= at(environment, back, reach + 1));
                }
            }
        }
    }

    void onlyProductionIsLocked()
    {
        for (const Environment environment : kEnvironments) {
            QCOMPARE(plans::needsLease(environment), environment == Environment::Production);
        }
    }

    void theDigestIsStable()
    {
        // A digest that changes with the program would void every approval at an upgrade without
        // anybody seeing why: whoever changes the encoding changes its name and this.
        Plan plan;
        plan.action = "a";
        plan.target = "b";
        plan.facts = {{"c", "d"}};
        QCOMPARE(plans::digestOf(plan).size(), std::size_t{64});
        QCOMPARE(plans::digestOf(plan), plans::digestOf(plan));
        Plan reordered = examplePlan();
        std::reverse(reordered.facts.begin(), reordered.facts.end());
        QCOMPARE(plans::digestOf(reordered), examplePlan().digest);
    }

    void whatCountsChangesTheDigest_data()
    {
        using Change = std::function<void(Plan&)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<bool>("counts");
        const auto row = [](const char* name, bool counts, const Change& change) {
            QTest::newRow(name) << change << counts;
        };
        row("action", true, [](Plan& plan) { plan.action += "x"; });
        row("target", true, [](Plan& plan) { plan.target += "x"; });
        row("environment", true, [](Plan& plan) { plan.environment = Environment::Staging; });
        row("environment name", true, [](Plan& plan) { plan.environmentName += "x"; });
        row("permission", true, [](Plan& plan) { plan.permission += "x"; });
        row("friction", true, [](Plan& plan) { plan.friction = Friction::F1; });
        row("lease", true, [](Plan& plan) { plan.needsLease = false; });
        row("reversibility", true, [](Plan& plan) {
            plan.impact.reversibility = Reversibility::Never;
        });
        row("reach", true, [](Plan& plan) { plan.impact.reach = Reach::Whole; });
        row("a fact's value", true, [](Plan& plan) { plan.facts[0].value += "x"; });
        row("a fact's name", true, [](Plan& plan) { plan.facts[0].name += "x"; });
        row("one fact more", true, [](Plan& plan) { plan.facts.push_back({"", ""}); });
        row("one fact less", true, [](Plan& plan) { plan.facts.pop_back(); });
        row("a value that moves into the name", true, [](Plan& plan) {
            plan.facts[0] = {"revision4", ""};
        });
        row("a fact that moves into another", true, [](Plan& plan) {
            plan.facts = {{"revision", "45:rolesoperator"}};
        });
        row("title", false, [](Plan& plan) { plan.title += "x"; });
        row("summary", false, [](Plan& plan) { plan.impact.summary += "x"; });
        row("numbers", false, [](Plan& plan) { plan.impact.numbers[0].value = 4; });
        row("times", false, [](Plan& plan) {
            plan.createTime += absl::Hours(1);
            plan.expireTime += absl::Hours(1);
        });
    }

    void whatCountsChangesTheDigest()
    {
        using Change = std::function<void(Plan&)>;
        QFETCH(Change, change);
        QFETCH(bool, counts);
        Plan plan = examplePlan();
        change(plan);
        QCOMPARE(plans::digestOf(plan) != examplePlan().digest, counts);
    }

    void differentFactsHaveDifferentDigests()
    {
        // Short texts out of the characters of the encoding itself.
        std::mt19937 random(7);
        const std::string alphabet = "0123:;a";
        const auto text = [&] {
            std::string made(random() % 4, ' ');
            std::ranges::generate(made, [&] { return alphabet[random() % alphabet.size()]; });
            return made;
        };
        std::map<std::string, std::multiset<std::pair<std::string, std::string>>> seen;
        for (int round = 0; round < 20000; ++round) {
            Plan plan;
            std::multiset<std::pair<std::string, std::string>> facts;
            for (std::size_t count = random() % 4; count > 0; --count) {
                plan.facts.push_back({text(), text()});
                facts.insert({plan.facts.back().name, plan.facts.back().value});
            }
            const auto [place, isNew] = seen.emplace(plans::digestOf(plan), facts);
            QVERIFY(place->second == facts);
        }
        QVERIFY(seen.size() > 1000);
    }

    void theDifferenceIsNamed()
    {
        const Plan before = examplePlan();
        Plan after = before;
        after.facts = {{"revision", "5"}, {"holders", "lee, kim"}};
        after.friction = Friction::F3;
        const auto differences = plans::differencesOf(before, after);
        QCOMPARE(differences.size(), std::size_t{4});
        QCOMPARE(differences[0].name, std::string("friction"));
        QCOMPARE(differences[0].after, std::string("F3"));
        QCOMPARE(differences[1].name, std::string("holders"));
        QVERIFY(differences[1].before.empty());
        QCOMPARE(differences[2].name, std::string("revision"));
        QCOMPARE(differences[2].before + differences[2].after, std::string("45"));
        QCOMPARE(differences[3].name, std::string("roles"));
        QVERIFY(differences[3].after.empty());
        QVERIFY(plans::differencesOf(before, before).empty());
    }

    void aPlanSurvivesTheWireAndTheDatabase()
    {
        const Plan plan = examplePlan();
        v1::Plan read;
        QVERIFY(fromJson(toJson(plans::toProto(plan)), read).ok());
        const Plan back = plans::fromProto(read);
        QCOMPARE(plans::digestOf(back), plan.digest);
        QCOMPARE(back.digest, plan.digest);
        QCOMPARE(back.title, plan.title);
        QCOMPARE(back.impact.summary, plan.impact.summary);
        QCOMPARE(back.impact.numbers.size(), std::size_t{2});
        QCOMPARE(back.impact.numbers[1].value, 12.5);
        QVERIFY(back.impact.reversibleUntil == plan.impact.reversibleUntil);
        QVERIFY(back.expireTime == plan.expireTime);
        QVERIFY(!fromJson("not JSON", read).ok());
    }

    void safetySurvivesTheWire()
    {
        plans::Safety safety;
        safety.environmentName = "eu-prod-1";
        safety.lease =
            plans::Lease{"dana", "deploy", absl::FromUnixSeconds(1), absl::FromUnixSeconds(2)};
        plans::Approval approval;
        approval.id = "7";
        approval.state = plans::ApprovalState::Approved;
        approval.plan = examplePlan();
        approval.requester = "dana";
        approval.decidedBy = "lee";
        safety.readyApprovals = {approval};
        safety.accessRevision = 12;
        const auto back = plans::fromProto(plans::toProto(safety));
        QVERIFY(back.lease && back.lease->operatorName == "dana");
        QVERIFY(back.lease->expireTime == safety.lease->expireTime);
        QCOMPARE(back.readyApprovals.at(0).plan.digest, approval.plan.digest);
        QVERIFY(back.readyApprovals.at(0).state == plans::ApprovalState::Approved);
        QVERIFY(back.readyApprovals.at(0).useTime == absl::InfinitePast());
        QCOMPARE(back.accessRevision, std::int64_t{12});
        QVERIFY(!plans::fromProto(plans::toProto(plans::Safety{})).lease);
    }

    void whatTheWireDoesNotSayIsReadCarefully()
    {
        const Plan plan = plans::fromProto(v1::Plan());
        QVERIFY(plan.friction == Friction::F4);
        QVERIFY(plan.environment == Environment::Production);
        QVERIFY(plan.impact.reversibility == Reversibility::Never);
        QVERIFY(plan.impact.reach == Reach::Whole);
        QVERIFY(plans::fromProto(v1::Approval()).state == plans::ApprovalState::Used);
    }
};

QTEST_APPLESS_MAIN(TstPlanRules)
#include "tst_plan_rules.moc"
