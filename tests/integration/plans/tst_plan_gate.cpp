// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "shared/base/Violations.h"
#include "tests/integration/plans/GateWorld.h"

#include <QTest>

using namespace pilothouse;
using plans::Approval;
using plans::ApprovalState;
using plans::Confirmation;
using plans::Friction;
using plans::Plan;
using plans::Reach;
using plans::Reversibility;
using test::GateWorld;

namespace {

QString text(const absl::Status& status)
{
    return QString::fromStdString(status.ToString());
}

const plans::Requester kDana = GateWorld::person("dana");
const plans::Requester kLee = GateWorld::person("lee");

GateWorld::Wish dangerous(int value)
{
    return {value, Reversibility::Never, Reach::Whole, {}};
}

} // namespace

/// Plans, leases and approvals in a production environment, with the clock in the test's hand.
class TstPlanGate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const absl::Status started = m_world.start();
        QVERIFY2(started.ok(), qPrintable(text(started)));
    }

    void init()
    {
        m_world.clock.time += absl::Hours(2); // leases and approvals of the test before are over
        m_world.leases->end(kDana).IgnoreError();
        m_world.leases->end(kLee).IgnoreError();
        m_value = m_world.number() + 1;
    }

    void aPlanChangesNothing()
    {
        const auto plan = m_world.run(kDana, plans::planOnly(), {m_value, {}, {}, {}});
        QVERIFY2(plan.ok(), qPrintable(text(plan.status())));
        QCOMPARE(plan->environmentName, std::string("eu-prod-1"));
        QVERIFY(plan->needsLease);
        QCOMPARE(m_world.number(), m_value - 1);
    }

    void productionIsReadOnlyWithoutALease()
    {
        const GateWorld::Wish wish{m_value, Reversibility::Instant, Reach::Narrow, {}};
        QCOMPARE(
            reasonOf(m_world.run(kDana, plans::confirmed(), wish).status()),
            std::string("LEASE_NEEDED"));
        QVERIFY(m_world.audit(1).at(0).starts_with("tests.number.set denied dana"));
        QVERIFY(absl::IsInvalidArgument(m_world.leases->take(kDana, " ").status()));
        QVERIFY(m_world.leases->take(kDana, "deploy").ok());
        // F1 needs no plan; and the lease is dana's, not lee's.
        QCOMPARE(
            reasonOf(m_world.run(kLee, plans::confirmed(), wish).status()),
            std::string("LEASE_NEEDED"));
        QVERIFY(m_world.run(kDana, plans::confirmed(), wish).ok());
        QCOMPARE(m_world.number(), m_value);
        QVERIFY(m_world.leases->end(kDana).ok());
        QCOMPARE(
            reasonOf(m_world.run(kDana, plans::confirmed(), wish).status()),
            std::string("LEASE_NEEDED"));
    }

    void aLeaseEndsByItself()
    {
        const GateWorld::Wish wish{m_value, Reversibility::Instant, Reach::Narrow, {}};
        const auto lease = m_world.leases->take(kDana, "deploy");
        QVERIFY(lease.ok());
        QVERIFY(lease->expireTime == m_world.clock.time + absl::Minutes(15));
        m_world.clock.time += absl::Minutes(10);
        QVERIFY(m_world.leases->take(kDana, "still deploying").ok()); // extends it
        m_world.clock.time += absl::Minutes(10);
        QVERIFY(m_world.run(kDana, plans::confirmed(), wish).ok());
        m_world.clock.time += absl::Minutes(5);
        QCOMPARE(
            reasonOf(m_world.run(kDana, plans::confirmed(), wish).status()),
            std::string("LEASE_NEEDED"));
        QVERIFY(m_world.leases->removeEnded(absl::InfiniteFuture()).ok());
        QVERIFY(m_world.audit(1).at(0).starts_with("plans.lease.expire ok server"));
    }

    void aLeaseThatEndsInMidActionUndoesIt()
    {
        QVERIFY(m_world.leases->take(kDana, "deploy").ok());
        GateWorld::Wish wish{m_value, Reversibility::Instant, Reach::Narrow, {}};
        wish.during = [&] {
            m_world.clock.time += absl::Minutes(16);
            return absl::OkStatus();
        };
        const auto result = m_world.run(kDana, plans::confirmed(), wish);
        QCOMPARE(reasonOf(result.status()), std::string("LEASE_ENDED"));
        QCOMPARE(m_world.number(), m_value - 1);
        QVERIFY(m_world.audit(1).at(0).starts_with("tests.number.set failed dana"));
    }

    void aPlanMustBeConfirmedAsItWasShown()
    {
        QVERIFY(m_world.leases->take(kDana, "deploy").ok());
        const GateWorld::Wish wish{m_value, Reversibility::Easy, Reach::Whole, {}};
        const auto reason = [&](const Confirmation& confirmation) {
            return reasonOf(m_world.run(kDana, plans::confirmed(confirmation), wish).status());
        };
        QCOMPARE(reason({}), std::string("PLAN_NEEDED"));
        QCOMPARE(reason({"feed", "because", "eu-prod-1", {}}), std::string("PLAN_UNKNOWN"));
        const auto plan = m_world.run(kDana, plans::planOnly(), wish);
        QVERIFY(plan.ok() && plan->friction == Friction::F3);
        Confirmation confirmation = m_world.confirmationOf(*plan);
        confirmation.reason = "  ";
        QCOMPARE(reason(confirmation), std::string("REASON_NEEDED"));
        confirmation.reason = "because";
        confirmation.typedName = "eu-prod-2";
        QCOMPARE(reason(confirmation), std::string("NAME_DIFFERS"));
        // Not by somebody who was never shown it.
        QVERIFY(m_world.leases->take(kLee, "curious").ok());
        QCOMPARE(
            reasonOf(
                m_world.run(kLee, plans::confirmed(m_world.confirmationOf(*plan)), wish).status()),
            std::string("PLAN_UNKNOWN"));
        QCOMPARE(m_world.number(), m_value - 1);
        QVERIFY(m_world.run(kDana, plans::confirmed(m_world.confirmationOf(*plan)), wish).ok());
        QCOMPARE(m_world.number(), m_value);
    }

    void aPastedNameIsTakenAndTheAuditSaysSo()
    {
        QVERIFY(m_world.leases->take(kDana, "deploy").ok());
        const GateWorld::Wish wish{m_value, Reversibility::Easy, Reach::Whole, {}};
        const auto plan = m_world.run(kDana, plans::planOnly(), wish);
        QVERIFY(plan.ok() && plan->friction == Friction::F3);
        Confirmation confirmation = m_world.confirmationOf(*plan);
        confirmation.isNamePasted = true;
        QVERIFY(m_world.run(kDana, plans::confirmed(confirmation), wish).ok());
        QCOMPARE(
            m_world.audit(1).at(0), std::string("tests.number.set ok dana the name was pasted"));
    }

    void aChangedWorldRefusesThePlanAndSaysTheDifference()
    {
        QVERIFY(m_world.leases->take(kDana, "deploy").ok());
        const GateWorld::Wish wish{m_value, Reversibility::Easy, Reach::Narrow, {}};
        const auto plan = m_world.run(kDana, plans::planOnly(), wish);
        QVERIFY(plan.ok());
        m_world.setNumber(1000);
        const auto result =
            m_world.run(kDana, plans::confirmed(m_world.confirmationOf(*plan)), wish);
        QVERIFY(absl::IsFailedPrecondition(result.status()));
        QCOMPARE(reasonOf(result.status()), std::string("PLAN_CHANGED"));
        const auto violations = violationsOf(result.status());
        QCOMPARE(violations.size(), std::size_t{1});
        QCOMPARE(violations[0].subject, std::string("before"));
        QVERIFY(violations[0].description.ends_with("1000"));
        QCOMPARE(m_world.number(), 1000);
        // Nor does the plan of one wish run another.
        const auto again = m_world.run(kDana, plans::planOnly(), wish);
        const GateWorld::Wish other{m_value + 7, Reversibility::Easy, Reach::Narrow, {}};
        QCOMPARE(
            reasonOf(m_world.run(kDana, plans::confirmed(m_world.confirmationOf(*again)), other)
                         .status()),
            std::string("PLAN_CHANGED"));
    }

    void aPlanGetsOld()
    {
        const GateWorld::Wish wish{m_value, Reversibility::Easy, Reach::Narrow, {}};
        const auto plan = m_world.run(kDana, plans::planOnly(), wish);
        QVERIFY(plan.ok());
        m_world.clock.time += absl::Minutes(16);
        QVERIFY(m_world.leases->take(kDana, "deploy").ok());
        QCOMPARE(
            reasonOf(
                m_world.run(kDana, plans::confirmed(m_world.confirmationOf(*plan)), wish).status()),
            std::string("PLAN_UNKNOWN"));
    }

    void whatIsDangerousNeedsASecondPerson()
    {
        QVERIFY(m_world.leases->take(kDana, "restore").ok());
        const GateWorld::Wish wish = dangerous(m_value);
        const auto plan = m_world.run(kDana, plans::planOnly(), wish);
        QVERIFY(plan.ok() && plan->friction == Friction::F4);
        const auto execute = [&](const plans::Requester& who, const std::string& approval) {
            return reasonOf(
                m_world.run(who, plans::confirmed(m_world.confirmationOf(*plan, approval)), wish)
                    .status());
        };
        QCOMPARE(execute(kDana, {}), std::string("APPROVAL_NEEDED"));
        QVERIFY(absl::IsNotFound(
            m_world.run(kDana, plans::confirmed(m_world.confirmationOf(*plan, "none")), wish)
                .status()));
        const auto asked =
            m_world.approvals->request(kDana, plan->digest, "restore after the fire");
        QVERIFY2(asked.ok(), qPrintable(text(asked.status())));
        QCOMPARE(m_world.approvals->request(kDana, plan->digest, "again")->id, asked->id);
        QCOMPARE(execute(kDana, asked->id), std::string("APPROVAL_PENDING"));

        const auto approve = [&](const plans::Requester& who, const std::string& digest) {
            return m_world.approvals->approve(who, asked->id, digest, "seen");
        };
        const auto own = approve(kDana, plan->digest);
        QVERIFY(absl::IsPermissionDenied(own.status()));
        QCOMPARE(reasonOf(own.status()), std::string("APPROVAL_OWN"));
        QVERIFY(m_world.audit(1).at(0).starts_with("plans.approvals.approve denied dana"));
        plans::Requester script = kLee;
        script.isPerson = false;
        QCOMPARE(
            reasonOf(approve(script, plan->digest).status()), std::string("APPROVAL_NEEDS_PERSON"));
        plans::Requester stranger = kLee;
        stranger.permissions = {"plans.approve"};
        QCOMPARE(
            reasonOf(approve(stranger, plan->digest).status()),
            std::string("APPROVAL_NEEDS_PERMISSION"));
        QCOMPARE(reasonOf(approve(kLee, "feed").status()), std::string("APPROVAL_OTHER_PLAN"));
        QVERIFY(approve(kLee, plan->digest).ok());
        QCOMPARE(
            reasonOf(approve(kLee, plan->digest).status()), std::string("APPROVAL_NOT_PENDING"));

        QVERIFY(m_world.leases->take(kLee, "help").ok());
        QCOMPARE(execute(kLee, asked->id), std::string("APPROVAL_FOREIGN"));
        QCOMPARE(m_world.number(), m_value - 1);
        QCOMPARE(execute(kDana, asked->id), std::string());
        QCOMPARE(m_world.number(), m_value);
        // Both in one record.
        QVERIFY(m_world.audit(1).at(0).starts_with(
            "tests.number.set ok dana approved by lee (approval " + asked->id + "): seen"));
        QCOMPARE(execute(kDana, asked->id), std::string("APPROVAL_USED"));
    }

    void anApprovalIsOfOnePlan()
    {
        QVERIFY(m_world.leases->take(kDana, "restore").ok());
        const GateWorld::Wish wish = dangerous(m_value);
        const auto plan = m_world.run(kDana, plans::planOnly(), wish);
        const auto asked = m_world.approvals->request(kDana, plan->digest, "restore");
        const auto approved = m_world.approvals->approve(kLee, asked->id, plan->digest, "");
        QVERIFY2(approved.ok(), describe(approved.status()).c_str());
        const GateWorld::Wish other = dangerous(m_value + 1);
        const auto otherPlan = m_world.run(kDana, plans::planOnly(), other);
        const auto result = m_world.run(
            kDana, plans::confirmed(m_world.confirmationOf(*otherPlan, asked->id)), other);
        QCOMPARE(reasonOf(result.status()), std::string("APPROVAL_OTHER_PLAN"));
        QCOMPARE(violationsOf(result.status()).at(0).subject, std::string("after"));
        QCOMPARE(m_world.number(), m_value - 1);
    }

    void anApprovalEnds_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("reason");
        for (const auto& [how, reason] :
             {std::pair("expired", "APPROVAL_EXPIRED"),
              std::pair("rejected", "APPROVAL_REJECTED"),
              std::pair("withdrawn", "APPROVAL_WITHDRAWN"),
              std::pair("approver is gone", "APPROVAL_WITHDRAWN")}) {
            QTest::newRow(how) << QString::fromLatin1(how) << QString::fromLatin1(reason);
        }
    }

    void anApprovalEnds()
    {
        QFETCH(QString, how);
        QFETCH(QString, reason);
        const GateWorld::Wish wish = dangerous(m_value);
        const auto plan = m_world.run(kDana, plans::planOnly(), wish);
        const auto asked = m_world.approvals->request(kDana, plan->digest, "restore");
        const auto approved = m_world.approvals->approve(kLee, asked->id, plan->digest, "");
        QVERIFY2(approved.ok(), describe(approved.status()).c_str());
        if (how == QLatin1String("expired")) {
            m_world.clock.time += absl::Hours(1);
        } else if (how == QLatin1String("rejected")) {
            QVERIFY(
                absl::IsInvalidArgument(m_world.approvals->reject(kLee, asked->id, "").status()));
            QVERIFY(m_world.approvals->reject(kLee, asked->id, "wrong day").ok());
        } else if (how == QLatin1String("withdrawn")) {
            QVERIFY(
                absl::IsPermissionDenied(m_world.approvals->withdraw(kLee, asked->id).status()));
            QVERIFY(m_world.approvals->withdraw(kDana, asked->id).ok());
        } else {
            QVERIFY(m_world.forget("lee").ok());
        }
        QVERIFY(m_world.leases->take(kDana, "restore").ok());
        const auto result =
            m_world.run(kDana, plans::confirmed(m_world.confirmationOf(*plan, asked->id)), wish);
        QCOMPARE(QString::fromStdString(reasonOf(result.status())), reason);
        QCOMPARE(m_world.number(), m_value - 1);
    }

    void anApprovalLivesOnWhenTheActionFails()
    {
        QVERIFY(m_world.leases->take(kDana, "restore").ok());
        GateWorld::Wish wish = dangerous(m_value);
        const auto plan = m_world.run(kDana, plans::planOnly(), wish);
        const auto asked = m_world.approvals->request(kDana, plan->digest, "restore");
        const auto approved = m_world.approvals->approve(kLee, asked->id, plan->digest, "");
        QVERIFY2(approved.ok(), describe(approved.status()).c_str());
        wish.during = [] { return absl::UnavailableError("the disk is full"); };
        const auto request = plans::confirmed(m_world.confirmationOf(*plan, asked->id));
        QVERIFY(absl::IsUnavailable(m_world.run(kDana, request, wish).status()));
        QCOMPARE(m_world.number(), m_value - 1);
        wish.during = {};
        QVERIFY(m_world.run(kDana, request, wish).ok());
        QCOMPARE(m_world.number(), m_value);
    }

    void onlyDangerousPlansNeedApproval()
    {
        const auto plan =
            m_world.run(kDana, plans::planOnly(), {m_value, Reversibility::Easy, Reach::Whole, {}});
        QCOMPARE(
            reasonOf(m_world.approvals->request(kDana, plan->digest, "please").status()),
            std::string("APPROVAL_NOT_NEEDED"));
        QCOMPARE(
            reasonOf(m_world.approvals->request(kLee, plan->digest, "please").status()),
            std::string("PLAN_UNKNOWN"));
    }

    void approvalsComeInPages()
    {
        const std::size_t open =
            m_world.approvals->list(kDana, true, absl::InfiniteFuture(), "", 100)->approvals.size();
        std::size_t seen = 0;
        absl::Time before = absl::InfiniteFuture();
        std::string beforeId;
        do {
            const auto page = m_world.approvals->list(kDana, true, before, beforeId, 1);
            QVERIFY(page.ok());
            seen += page->approvals.size();
            before = page->before;
            beforeId = page->beforeId;
        } while (!beforeId.empty() && seen < 1000);
        QCOMPARE(seen, open);
    }

private:
    GateWorld m_world;
    int m_value = 1;
};

QTEST_GUILESS_MAIN(TstPlanGate)
#include "tst_plan_gate.moc"
