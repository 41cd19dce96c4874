// SPDX-License-Identifier: Apache-2.0
// The audit page on a real server: what somebody does elsewhere appears, and can be exported.
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/audit/AuditPage.h"
#include "ui/components/DataTable.h"

#include <QFile>
#include <QTemporaryDir>

using namespace pilothouse;
using namespace pilothouse::ui;

class AuditLiveTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::TestServer>(
            test::TestServer::Options{QString(), {}, {}, 120000});
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        client::ConnectionOptions options;
        options.address = m_server->socketAddress().toStdString();
        options.callTimeout = absl::Seconds(30);
        auto connection = client::makeConnection(options);
        connection->connect();
        m_theme.applyTo(test::GuardedApplication::instance());
        m_session = std::make_unique<Session>(ConnectionProfile{}, std::move(connection));
        m_settings = std::make_unique<Settings>(m_folder.filePath(QStringLiteral("console.ini")));
        m_page = std::make_unique<AuditPage>(
            PageContext{*m_session, m_time, *m_settings, m_theme, systemClock()});
        m_page->resize(1200, 700);
        m_page->show();
        m_page->setShown(true);
    }

    void cleanupTestCase()
    {
        m_page.reset();
        m_session.reset();
        QVERIFY(m_server->stop(30000));
    }

    void whatSomebodyDoesAppears()
    {
        QTRY_COMPARE_WITH_TIMEOUT(model().state().kind, DataState::Kind::Empty, 60000);
        // Refused, and so recorded.
        const auto revoked = test::runProgram(
            QStringLiteral("pilothousectl"),
            {QStringLiteral("--server"),
             m_server->socketAddress(),
             QStringLiteral("sessions"),
             QStringLiteral("revoke"),
             QStringLiteral("nothing")},
            60000);
        QCOMPARE(revoked.exitCode, 1); // refused: the socket has no sessions of its own
        QTRY_VERIFY_WITH_TIMEOUT(model().entries().size() == 1, 60000);
        const audit::ChainedEntry& entry = model().entries().front();
        QCOMPARE(entry.entry.action, std::string("access.sessions.revoke"));
        QVERIFY(entry.entry.outcome == audit::Outcome::Failed);
        QCOMPARE(m_page->findChild<DataTable*>()->model().rowCount(), 1);
    }

    void theChainIsVerified()
    {
        QTRY_VERIFY_WITH_TIMEOUT(
            model().chain() && model().chain()->state == audit::ChainState::Intact, 60000);
        model().verify();
        QTRY_VERIFY_WITH_TIMEOUT(!model().isVerifying(), 60000);
        QVERIFY2(model().verifyText().isEmpty(), qPrintable(model().verifyText()));
        QVERIFY(model().chain()->verifiedSequence >= 1);
    }

    void whatIsShownCanBeExported()
    {
        const QString file = m_folder.filePath(QStringLiteral("audit.jsonl"));
        model().exportTo(file, audit::ExportFormat::JsonLines);
        QTRY_VERIFY_WITH_TIMEOUT(!model().isExporting(), 60000);
        QVERIFY2(!model().exportFailed(), qPrintable(model().exportText()));
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QVERIFY(written.readAll().contains("access.sessions.revoke"));
    }

private:
    AuditViewModel& model() { return m_page->viewModel(); }

    QTemporaryDir m_folder;
    std::unique_ptr<test::TestServer> m_server;
    Theme m_theme;
    TimeWindow m_time{systemClock()};
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<AuditPage> m_page;
};

PILOTHOUSE_UI_TEST_MAIN(AuditLiveTest)
#include "tst_audit_live.moc"
