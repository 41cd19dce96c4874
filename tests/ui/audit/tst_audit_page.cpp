// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/audit/AuditFilterBar.h"
#include "ui/audit/AuditInspector.h"
#include "ui/audit/AuditPage.h"
#include "ui/audit/AuditText.h"
#include "ui/components/Button.h"
#include "ui/components/DataTable.h"
#include "ui/components/MessageBar.h"
#include "ui/components/SearchField.h"
#include "ui/components/StatusChip.h"

#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QScopeGuard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>

#include <iterator>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

const absl::Time kNow = absl::FromUnixMillis(StandingClock::kStartMs);

struct Sample
{
    const char* actor;
    const char* action;
    const char* target;
    audit::Outcome outcome;
    const char* reason;
};
constexpr Sample kSamples[] = {
    {"dana", "tenants.suspend", "tenants/acme", audit::Outcome::Ok, "unpaid since September"},
    {"marek", "rollouts.promote", "rollouts/checkout", audit::Outcome::Ok, "release 4.2"},
    {"anonymous", "access.sessions.create", "operators/dana", audit::Outcome::Failed, ""},
    {"nina", "jobs.cancel", "jobs/4711", audit::Outcome::Denied, ""},
    {"server", "audit.days.drop", "days/2022-11-13", audit::Outcome::Ok, "older than retention"},
    {"dana", "cache.invalidate", "prefixes/catalogue:*", audit::Outcome::Ok, "stale prices"},
};

audit::ChainedEntry entry(std::int64_t sequence)
{
    const Sample& sample = kSamples[static_cast<std::size_t>(sequence) % std::size(kSamples)];
    audit::ChainedEntry result;
    result.sequence = sequence;
    result.day = absl::ToCivilDay(kNow, absl::UTCTimeZone());
    result.recordTime = kNow - absl::Minutes(2 * (3000 - sequence));
    result.hash = std::string(32, '\x5a');
    result.entry.actor = {sample.actor, {"operator"}, "10.0.0.7", "5ad1c0ffee000017", ""};
    result.entry.action = sample.action;
    result.entry.target = sample.target;
    result.entry.outcome = sample.outcome;
    result.entry.reason = sample.reason;
    result.entry.message = sample.outcome == audit::Outcome::Ok ? "" : "it needs another role";
    result.entry.before = R"({"state":"active","plan":"pro","limit":500})";
    result.entry.after = R"({"state":"suspended","plan":"pro","limit":500})";
    return result;
}

/// Entries `newest` down to `oldest`.
client::AuditPage page(std::int64_t newest, std::int64_t oldest, const std::string& next = {})
{
    client::AuditPage result;
    for (std::int64_t sequence = newest; sequence >= oldest; --sequence) {
        result.entries.push_back(entry(sequence));
    }
    result.nextPage = next;
    result.searchedTo = oldest;
    return result;
}

audit::ChainStatus intact()
{
    audit::ChainStatus status;
    status.state = audit::ChainState::Intact;
    status.verifiedSequence = 3000;
    status.verifiedTime = kNow;
    status.checkTime = kNow;
    return status;
}

audit::ChainStatus broken()
{
    audit::ChainStatus status = intact();
    status.state = audit::ChainState::Broken;
    status.firstBreak =
        audit::ChainBreak{absl::CivilDay(2023, 11, 14), 2117, "the entry is not as it was written"};
    return status;
}

} // namespace

class AuditPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<PageFixture>();
        m_page = std::make_unique<AuditPage>(m_world->context());
        m_page->resize(1236, 786);
    }
    void cleanup()
    {
        m_page.reset();
        m_world.reset();
    }

    void theBadgeSaysHowTheChainIs_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("severity");
        const auto row = [](audit::ChainState state, const char* text, Severity severity) {
            QTest::newRow(text) << static_cast<int>(state) << QString::fromLatin1(text)
                                << static_cast<int>(severity);
        };
        row(audit::ChainState::Verifying, "Hash chain is being verified", Severity::Unknown);
        row(audit::ChainState::Intact, "Hash chain intact to 22:30:00", Severity::Ok);
        row(audit::ChainState::Broken, "Hash chain broken at entry 2\u2009117", Severity::Critical);
    }
    void theBadgeSaysHowTheChainIs()
    {
        QFETCH(int, state);
        QFETCH(int, severity);
        audit::ChainStatus status = broken();
        status.state = static_cast<audit::ChainState>(state);
        const ChainBadge badge = chainBadge(status, true);
        QCOMPARE(static_cast<int>(badge.severity), severity);
        if (status.state != audit::ChainState::Broken) {
            QTEST(badge.text, "text");
        } else {
            QVERIFY(badge.text.startsWith(QStringLiteral("Hash chain broken at entry 2")));
            QVERIFY(badge.details.contains(QStringLiteral("not as it was written")));
        }
    }

    void aDiffShowsWhatChanged()
    {
        using Kind = DiffLine::Kind;
        const auto lines = auditDiff(R"({"a":1,"b":2})", R"({"a":1,"b":3})");
        const std::vector<DiffLine> expected = {
            {Kind::Same, QStringLiteral("{")},
            {Kind::Same, QStringLiteral("    \"a\": 1,")},
            {Kind::Removed, QStringLiteral("    \"b\": 2")},
            {Kind::Added, QStringLiteral("    \"b\": 3")},
            {Kind::Same, QStringLiteral("}")}};
        QVERIFY(lines == expected);
        QVERIFY(auditDiff("", "").empty());
        QCOMPARE(auditDiff("", "x\ny").size(), std::size_t{2});
        QVERIFY(auditDiff("x", "").front().kind == Kind::Removed);
        std::string many;
        for (int line = 0; line < 3000; ++line) {
            many += std::to_string(line) + "\n";
        }
        QCOMPARE(auditDiff(many, many).size(), std::size_t{6000}); // too long to compare
    }

    void showsTheNewestAndMoreOnScrolling()
    {
        open(page(3000, 2901, "next"));
        QCOMPARE(table().model().rowCount(), 100);
        QCOMPARE(
            table().view().model()->index(0, 0).data(TableModel::KeyRole).toString(),
            QStringLiteral("3000"));
        QCOMPARE(audits().lists.requests().size(), std::size_t{1});
        QScrollBar* scroll = table().view().verticalScrollBar();
        scroll->setValue(scroll->maximum());
        QTRY_COMPARE(audits().lists.requests().size(), std::size_t{2});
        QCOMPARE(audits().lists.requests().back().page, std::string("next"));
        audits().lists.answer(page(2900, 2890));
        QTRY_COMPARE(table().model().rowCount(), 111);
        QVERIFY(!model().hasMore());
        QCOMPARE(model().countText(), QStringLiteral("111 entries"));
    }

    void newEntriesComeOnTop()
    {
        open(page(3000, 2990));
        client::AuditUpdate update;
        update.entries = {entry(3001), entry(3002)};
        update.chain = intact();
        audits().watches.push(update);
        QTRY_COMPARE(table().model().rowCount(), 13);
        QCOMPARE(
            table().view().model()->index(0, 0).data(TableModel::KeyRole).toString(),
            QStringLiteral("3002"));
        QCOMPARE(badge().word(), QStringLiteral("Hash chain intact to 22:30:00"));
        // One that is there already is not there twice.
        audits().watches.push(update);
        QTest::qWait(20);
        QCOMPARE(table().model().rowCount(), 13);
    }

    void aGapListsAnew()
    {
        open(page(3000, 2990));
        client::AuditUpdate update;
        update.hasGap = true;
        update.chain = intact();
        audits().watches.push(update);
        QTRY_COMPARE(audits().lists.requests().size(), std::size_t{2});
    }

    void holdsABoundedNumber()
    {
        open(page(200000, 199901, "a"));
        std::int64_t oldest = 199901;
        while (model().hasMore()) {
            model().loadMore();
            audits().lists.answer(page(oldest - 1, oldest - 500, "b"));
            oldest -= 500;
            QCoreApplication::processEvents();
        }
        QCOMPARE(model().entries().size(), AuditViewModel::kMostEntries);
        QVERIFY(model().countText().contains(QStringLiteral("narrow the filter")));
    }

    void filtersAskTheServer()
    {
        open(page(3000, 2990));
        auto* bar = m_page->findChild<AuditFilterBar*>();
        audit::Filter filter;
        filter.actor = "dana";
        filter.action = "access.*";
        filter.outcomes = {audit::Outcome::Denied};
        bar->setFilter(filter);
        QVERIFY(bar->filter() == filter);
        chip("Failed")->click();
        filter.outcomes.push_back(audit::Outcome::Failed);
        QTRY_COMPARE(audits().lists.requests().size(), std::size_t{2});
        QVERIFY(audits().lists.requests().back().filter == filter);
        QVERIFY(audits().watches.open().back() == filter);
        audits().lists.answer(client::AuditPage{});
        QTRY_COMPARE(model().state().kind, DataState::Kind::FilteredEmpty);
        // What does not match is not shown, whatever the stream brings.
        client::AuditUpdate update;
        update.entries = {entry(3006)};
        audits().watches.push(update);
        QTest::qWait(20);
        QCOMPARE(table().model().rowCount(), 0);
        chip("In time range")->click();
        QTRY_VERIFY(audits().lists.requests().back().filter.start > absl::InfinitePast());
    }

    void selectingShowsTheWholeEntry()
    {
        open(page(3000, 2990));
        QSignalSpy spy(m_page.get(), &Page::inspectorChanged);
        table().select(QStringLiteral("2994"));
        QTRY_COMPARE(spy.size(), 1);
        QVERIFY(spy.front().front().toBool());
        auto* inspector = static_cast<AuditInspector*>(m_page->inspector());
        const QString facts = inspector->factsText();
        QVERIFY2(facts.contains(QStringLiteral("Object: tenants/acme")), qPrintable(facts));
        QVERIFY(inspector->diffText().contains(QStringLiteral("+     \"state\": \"suspended\"")));
        QCOMPARE(m_page->object(), QStringLiteral("2994"));
    }

    void aLinkOpensAnEntryThatIsNotListed()
    {
        open(page(3000, 2990));
        m_page->openObject(QStringLiteral("6"));
        QCOMPARE(audits().entries.requests().back(), std::int64_t{6});
        audits().entries.answer(entry(6));
        auto* inspector = static_cast<AuditInspector*>(m_page->inspector());
        QTRY_VERIFY(inspector->factsText().contains(QStringLiteral("Entry: 6")));
        m_page->openObject(QStringLiteral("7"));
        audits().entries.answer(absl::NotFoundError("there is no audit entry 7"));
        QTRY_VERIFY(!model().selectionError().isEmpty());
        // Another page asks what happened to its object.
        m_page->openObject(QStringLiteral("tenants/acme"));
        QTRY_COMPARE(audits().lists.requests().back().filter.target, std::string("tenants/acme"));
    }

    void verifyingShowsHowFarAndThenTheVerdict()
    {
        open(page(3000, 2990));
        model().verify();
        QTRY_COMPARE(audits().verifications.pending(), 1);
        audits().onProgress({1200, 3000, "2023-11-14", std::nullopt});
        QTRY_VERIFY(model().verifyText().startsWith(QStringLiteral("Verifying 1")));
        audits().onProgress({2116, 3000, "2023-11-14", broken()});
        audits().verifications.answer(client::Nothing());
        QTRY_COMPARE(badge().severity(), Severity::Critical);
        QVERIFY(!model().isVerifying());
        QVERIFY(model().verifyText().isEmpty());
    }

    void exportsIntoAFile()
    {
        open(page(3000, 2990));
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("audit.csv"));
        model().exportTo(file, audit::ExportFormat::Csv);
        QVERIFY(model().isExporting());
        audits().onPiece({"a,b\r\n", 0, 0});
        audits().onPiece({"1,2\r\n", 1, 1});
        QVERIFY(!QFile::exists(file)); // not before it is whole
        audits().exports.answer(client::Nothing());
        QTRY_VERIFY(!model().isExporting());
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll(), QByteArray("a,b\r\n1,2\r\n"));
        QVERIFY(model().exportText().contains(QStringLiteral("audit.csv")));
        model().exportTo(file + QStringLiteral("2"), audit::ExportFormat::JsonLines);
        audits().onPiece({"x", 1, 1});
        audits().exports.answer(absl::UnavailableError("connection lost"));
        QTRY_VERIFY(model().exportFailed());
        QVERIFY(!QFile::exists(file + QStringLiteral("2")));
        model().exportTo(
            folder.filePath(QStringLiteral("no/such/folder")), audit::ExportFormat::Csv);
        QTRY_VERIFY(model().exportFailed() && !model().isExporting());
    }

    void anErrorIsShownWithAWayOut()
    {
        m_page->show();
        m_page->setShown(true);
        audits().lists.answer(absl::UnavailableError("the control database is away"));
        QTRY_COMPARE(model().state().kind, DataState::Kind::Error);
        model().refresh();
        audits().lists.answer(absl::PermissionDeniedError("nina may not do this"));
        QTRY_COMPARE(model().state().kind, DataState::Kind::Forbidden);
    }

    void streamsRunOnlyWhileShown()
    {
        open(page(3000, 2990));
        QCOMPARE(audits().watches.open().size(), std::size_t{1});
        m_page->setShown(false);
        QCOMPARE(audits().watches.open().size(), std::size_t{0});
    }

    void everyFocusableThingHasAName()
    {
        open(page(3000, 2990));
        table().select(QStringLiteral("2994"));
        QCOMPARE(unnamedFocusable(*m_page), QStringList());
        m_page->inspector()->show();
        QCOMPARE(unnamedFocusable(*m_page->inspector()), QStringList());
    }

    void thousandsOfEntriesKeepTheWindowAlive()
    {
        open(page(200000, 199901, "a"));
        StallGuard guard;
        std::int64_t oldest = 199901;
        for (int pages = 0; pages < 20; ++pages) {
            model().loadMore();
            audits().lists.answer(page(oldest - 1, oldest - 100, "b"));
            oldest -= 100;
            QTest::qWait(1);
        }
        QVERIFY2(guard.passed(), qPrintable(guard.report()));
    }

    void narrowPagesKeepWhoDidWhatToWhat_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<QStringList>("gone");
        const QStringList all{
            QStringLiteral("entry"), QStringLiteral("source"), QStringLiteral("reason")};
        QTest::newRow("whole window") << 1236 << QStringList();
        QTest::newRow("narrow window") << 968 << all.mid(0, 2);
        QTest::newRow("beside the inspector") << 876 << all;
    }
    void narrowPagesKeepWhoDidWhatToWhat()
    {
        QFETCH(int, width);
        QFETCH(QStringList, gone);
        m_page->resize(width, 700);
        open(page(30, 1, ""));
        for (const TableColumn& column : auditColumns()) {
            QCOMPARE(table().isColumnShown(column.id), !gone.contains(column.id));
        }
        // Nothing is cut off at the right.
        QCOMPARE(table().view().horizontalScrollBar()->maximum(), 0);
        // With room again all come back.
        m_page->resize(1400, 700);
        QVERIFY(table().isColumnShown(QStringLiteral("reason")));
    }

    void aBreakIsSaidInWords()
    {
        open(page(3, 1, ""));
        client::AuditUpdate update;
        update.chain = broken();
        audits().watches.push(update);
        QTRY_COMPARE(badge().severity(), Severity::Critical);
        auto* bar = m_page->findChild<MessageBar*>();
        QVERIFY(bar->isVisible());
        QVERIFY2(
            bar->text().contains(QStringLiteral("not as it was written")), qPrintable(bar->text()));
        update.chain = intact();
        audits().watches.push(update);
        QTRY_VERIFY(!bar->isVisible());
    }

    void looksRight_data()
    {
        QTest::addColumn<ThemeMode>("mode");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("isBroken");
        QTest::newRow("audit-dark") << ThemeMode::Dark << QSize(1236, 786) << false;
        QTest::newRow("audit-light") << ThemeMode::Light << QSize(1236, 786) << false;
        QTest::newRow("audit-small-dark") << ThemeMode::Dark << QSize(968, 586) << true;
        QTest::newRow("audit-small-light") << ThemeMode::Light << QSize(968, 586) << false;
    }
    void looksRight()
    {
        QFETCH(ThemeMode, mode);
        QFETCH(QSize, size);
        QFETCH(bool, isBroken);
        m_world->theme().setMode(mode);
        QWidget frame;
        frame.resize(size);
        // The frame only borrows the page, also when a check below fails.
        const auto giveBack = qScopeGuard([this] {
            m_page->inspector()->setParent(m_page.get());
            m_page->setParent(nullptr);
        });
        auto* row = new QHBoxLayout(&frame);
        row->setContentsMargins(0, 0, 0, 0);
        row->addWidget(m_page.get(), 1);
        if (size.width() > 1000) {
            m_page->inspector()->setFixedWidth(328);
            row->addWidget(m_page->inspector());
        }
        frame.show();
        open(page(3000, 2901, "next"));
        client::AuditUpdate update;
        update.chain = isBroken ? broken() : intact();
        audits().watches.push(update);
        table().select(QStringLiteral("2994"));
        m_page->inspector()->setVisible(size.width() > 1000);
        QTRY_VERIFY(badge().severity() != Severity::Unknown);
        const QImage image = picture(frame, QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(inkOf(image) > 0.03);
    }

private:
    FakeAuditClient& audits() { return m_world->connection().auditClient; }
    AuditViewModel& model() { return m_page->viewModel(); }
    DataTable& table() { return *m_page->findChild<DataTable*>(); }
    StatusChip& badge()
    {
        for (StatusChip* chip : m_page->findChildren<StatusChip*>()) {
            if (!m_page->inspector()->isAncestorOf(chip)) {
                return *chip;
            }
        }
        qFatal("there is no badge");
    }
    Button* chip(const char* text)
    {
        for (Button* button : m_page->findChildren<Button*>()) {
            if (button->text() == QLatin1String(text)) {
                return button;
            }
        }
        return nullptr;
    }
    void open(const client::AuditPage& first)
    {
        m_page->show();
        m_page->setShown(true);
        audits().lists.answer(first);
        QTRY_COMPARE(model().state().kind, DataState::Kind::Live);
    }

    std::unique_ptr<PageFixture> m_world;
    std::unique_ptr<AuditPage> m_page;
};

PILOTHOUSE_UI_TEST_MAIN(AuditPageTest)
#include "tst_audit_page.moc"
