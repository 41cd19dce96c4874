// SPDX-License-Identifier: Apache-2.0
// The rollouts before, and their receipts.
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/rollouts/RolloutsWorld.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/rollouts/RolloutsPage.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;
using rollouts::Step;

class RolloutHistoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<RolloutsWorld>(); }
    void cleanup() { m_world.reset(); }

    void aReceiptIsOpenedAndSaved()
    {
        m_world->client().receipts.answerAlways(makeReceipt(Step::Done));
        m_world->client().lists.answerAlways(std::vector{makeRollout(Step::Done)});
        m_world->openIn(Step::Done);
        m_world->page()->openObject(QStringLiteral("checkout/17"));
        QTRY_VERIFY(m_world->page()->model().receipt() != nullptr);
        QCOMPARE(m_world->page()->object(), QStringLiteral("checkout/17"));
        QTRY_COMPARE(m_world->reason(rolloutcommand::kSaveReceipt), QString());
        const auto& shown = *m_world->page()->model().receipt();
        const QString text = receiptText(shown, TimeDisplay::Utc);
        for (const char* part : {"Rollout 17: Done", "by dana", "by lee", "all gates passed"}) {
            QVERIFY2(text.contains(QString::fromLatin1(part)), qPrintable(text));
        }
        const auto json = QJsonDocument::fromJson(receiptJson(shown)).object();
        QCOMPARE(json.value(QStringLiteral("step")).toString(), QStringLiteral("done"));
        QCOMPARE(json.value(QStringLiteral("promotedBy")).toString(), QStringLiteral("lee"));
    }

    /// History and log are asked for again when the rollout changed, and not with every look.
    void onlyChangesAreAskedFor()
    {
        m_world->openIn(Step::Analysing);
        QTRY_COMPARE(m_world->client().receipts.requests().size(), std::size_t{1});
        for (int look = 0; look < 20; ++look) {
            auto one = makeApplication(Step::Analysing);
            one.observation->blue.responses += look;
            m_world->push({one});
            QCoreApplication::processEvents();
        }
        QCOMPARE(m_world->client().receipts.requests().size(), std::size_t{1});
        m_world->push({makeApplication(Step::AwaitingPromotion)});
        QTRY_COMPARE(m_world->client().receipts.requests().size(), std::size_t{2});
        QCOMPARE(m_world->client().lists.requests().size(), std::size_t{2});
    }

    void aLongHistoryStallsNothing()
    {
        std::vector<rollouts::Rollout> many;
        for (int id = 0; id < RolloutsViewModel::kHistory; ++id) {
            many.push_back(makeRollout(Step::Done));
            many.back().id = std::to_string(1000 - id);
        }
        m_world->client().lists.answerAlways(many);
        const StallGuard guard;
        m_world->openIn(Step::Done);
        QTRY_COMPARE(m_world->page()->model().history().size(), many.size());
        for (int look = 0; look < 50; ++look) {
            auto one = makeApplication(Step::Done);
            one.observation->blue.responses += look;
            m_world->push({one});
            QCoreApplication::processEvents();
        }
        QVERIFY2(guard.passed(), qPrintable(guard.report()));
    }

private:
    std::unique_ptr<RolloutsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(RolloutHistoryTest)
#include "tst_rollout_history.moc"
