// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/integration/plans/GateWorld.h"

#include <QTest>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

using namespace pilothouse;
using plans::Approval;
using plans::ApprovalState;
using plans::Confirmation;
using plans::Plan;
using plans::Reach;
using plans::Reversibility;
using test::GateWorld;

namespace {

constexpr int kRounds = 60;
constexpr int kSteps = 60;

/// What the test itself knows of the world, to judge the gate by: nothing here asks the gate.
struct Model
{
    struct Shown
    {
        Plan plan;
        int number = 0;
        int value = 0;
        absl::Time until;
    };
    struct Asked
    {
        Shown shown;
        std::string requester;
        std::string approver;
        absl::Time until;
        bool isApproved = false;
        bool isOver = false;
    };
    std::map<std::string, std::vector<Shown>> shown;
    std::map<std::string, Asked> asked;
    std::map<std::string, absl::Time> leases;
};

} // namespace

/// Random interleavings of plan, approve, execute, expire and changes of the world: whatever runs
/// was confirmed as it is, by who was shown it, under a lease, and approved by somebody else, once.
class TstPlanInterleavings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const absl::Status started = m_world.start();
        QVERIFY2(started.ok(), qPrintable(QString::fromStdString(started.ToString())));
    }

    void nothingRunsThatWasNotApproved()
    {
        int executed = 0;
        int refused = 0;
        for (unsigned seed = 1; seed <= kRounds; ++seed) {
            m_random.seed(seed);
            m_model = {};
            m_world.clock.time += absl::Hours(2); // what earlier rounds left is over
            for (int step = 0; step < kSteps; ++step) {
                const std::string wrong = takeStep(executed, refused);
                QVERIFY2(
                    wrong.empty(),
                    qPrintable(QStringLiteral("seed %1 step %2: %3")
                                   .arg(seed)
                                   .arg(step)
                                   .arg(QString::fromStdString(wrong))));
            }
        }
        qInfo("%d executed, %d refused", executed, refused);
        // The test would say nothing if everything were refused, or nothing.
        QVERIFY(executed > 10);
        QVERIFY(refused > 100);
    }

    void oneApprovalRunsOnceHoweverManyTry()
    {
        const plans::Requester dana = GateWorld::person("dana");
        const plans::Requester lee = GateWorld::person("lee");
        m_world.clock.time += absl::Hours(2);
        m_world.setNumber(0);
        // The wish leaves the world as it is, so that only the approval stands in the way of a
        // second run.
        const GateWorld::Wish wish{0, Reversibility::Never, Reach::Whole, {}};
        QVERIFY(m_world.leases->take(dana, "race").ok());
        const auto plan = m_world.run(dana, plans::planOnly(), wish);
        QVERIFY(plan.ok());
        const auto asked = m_world.approvals->request(dana, plan->digest, "race");
        QVERIFY(m_world.approvals->approve(lee, asked->id, plan->digest, "").ok());
        std::atomic<int> ran{0};
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 8; ++thread) {
            threads.emplace_back([&] {
                const auto request = plans::confirmed(m_world.confirmationOf(*plan, asked->id));
                ran += m_world.run(dana, request, wish).ok() ? 1 : 0;
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QCOMPARE(ran.load(), 1);
    }

private:
    int roll(int sides) { return static_cast<int>(m_random() % static_cast<unsigned>(sides)); }
    std::string anyone() { return roll(2) == 0 ? "dana" : "lee"; }
    GateWorld::Wish wish(int value) const
    {
        return {value, Reversibility::Never, Reach::Whole, {}};
    }

    /// "" or what went wrong.
    std::string takeStep(int& executed, int& refused)
    {
        const std::string who = anyone();
        const plans::Requester requester = GateWorld::person(who);
        switch (roll(10)) {
        case 0:
        case 1:
            return makePlan(requester);
        case 2:
            return ask(requester);
        case 3:
        case 4:
            return approve(requester);
        case 5:
            return changeOrForget(requester);
        case 6:
            m_world.clock.time += absl::Minutes(roll(12));
            return {};
        case 7:
            if (m_world.leases->take(requester, "work").ok()) {
                m_model.leases[who] = m_world.clock.time + m_world.settings.leaseLifetime;
            }
            return {};
        default:
            return execute(requester, executed, refused);
        }
    }

    std::string makePlan(const plans::Requester& requester)
    {
        const int value = roll(3);
        const auto plan = m_world.run(requester, plans::planOnly(), wish(value));
        if (!plan.ok()) {
            return plan.status().ToString();
        }
        m_model.shown[requester.name()].push_back(
            {*plan, m_world.number(), value, m_world.clock.time + m_world.settings.planLifetime});
        return {};
    }

    std::string ask(const plans::Requester& requester)
    {
        auto& shown = m_model.shown[anyone()]; // possibly of the other one
        if (shown.empty()) {
            return {};
        }
        const auto& one = shown[static_cast<std::size_t>(roll(static_cast<int>(shown.size())))];
        const auto asked = m_world.approvals->request(requester, one.plan.digest, "please");
        if (asked.ok() && !m_model.asked.contains(asked->id)) {
            m_model.asked[asked->id] = {
                one,
                requester.name(),
                {},
                m_world.clock.time + m_world.settings.approvalLifetime,
                false,
                false};
        }
        return {};
    }

    std::string approve(const plans::Requester& requester)
    {
        if (m_model.asked.empty()) {
            return {};
        }
        auto& [id, asked] =
            *std::next(m_model.asked.begin(), roll(static_cast<int>(m_model.asked.size())));
        const bool isRight = roll(4) > 0;
        const auto result = m_world.approvals->approve(
            requester, id, isRight ? asked.shown.plan.digest : "feed", "ok");
        if (!result.ok()) {
            return {};
        }
        if (asked.requester == requester.name() || !isRight || asked.isApproved || asked.isOver ||
            asked.until <= m_world.clock.time) {
            return "approved what must not be";
        }
        asked.isApproved = true;
        asked.approver = requester.name();
        return {};
    }

    std::string changeOrForget(const plans::Requester& requester)
    {
        const int what = roll(3);
        if (what == 0) {
            m_world.setNumber(roll(3));
        } else if (what == 1 && m_world.forget(requester.name()).ok()) {
            m_model.leases.erase(requester.name());
            for (auto& [id, asked] : m_model.asked) {
                asked.isOver = asked.isOver || asked.requester == requester.name() ||
                               asked.approver == requester.name();
            }
        } else if (what == 2 && m_world.leases->end(requester).ok()) {
            m_model.leases.erase(requester.name());
        }
        return {};
    }

    std::string execute(const plans::Requester& requester, int& executed, int& refused)
    {
        // Mostly what fits together, sometimes anything with anything.
        if (m_model.asked.empty()) {
            return {};
        }
        auto& [id, asked] =
            *std::next(m_model.asked.begin(), roll(static_cast<int>(m_model.asked.size())));
        const int value = roll(4) > 0 ? asked.shown.value : roll(3);
        Confirmation confirmation = m_world.confirmationOf(asked.shown.plan, id);
        if (roll(6) == 0) {
            confirmation.planDigest = "feed";
        }
        const int before = m_world.number();
        const auto result = m_world.run(requester, plans::confirmed(confirmation), wish(value));
        if (!result.ok()) {
            ++refused;
            return m_world.number() == before ? "" : "refused, and yet it ran";
        }
        ++executed;
        const bool isAllowed =
            asked.isApproved && !asked.isOver && asked.until > m_world.clock.time &&
            asked.requester == requester.name() && asked.approver != requester.name() &&
            asked.shown.value == value && asked.shown.number == before &&
            confirmation.planDigest == asked.shown.plan.digest &&
            m_model.leases.contains(requester.name()) &&
            m_model.leases[requester.name()] > m_world.clock.time;
        asked.isOver = true;
        if (!isAllowed) {
            return "executed what was not approved";
        }
        return m_world.number() == value ? "" : "executed something else";
    }

    GateWorld m_world;
    Model m_model;
    std::mt19937 m_random;
};

QTEST_GUILESS_MAIN(TstPlanInterleavings)
#include "tst_plan_interleavings.moc"
