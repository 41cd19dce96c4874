// SPDX-License-Identifier: Apache-2.0
// pilothousectl as two operators of a production server use it: lease, plans, approvals, operators,
// roles, tokens and sessions.
#include "tests/e2e/ctl/CtlRun.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "tests/support/api/ApiClient.h"

#include <QFile>
#include <QJsonArray>
#include <QTest>

using namespace pilothouse::test;

namespace {

constexpr const char* kConfig = R"(
[server]
environment = "production"
display_name = "eu-prod-1"
)";

QString text(const QJsonObject& object, const char* key)
{
    return object.value(QLatin1String(key)).toString();
}

} // namespace

class TestCtlAccess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void productionIsLocked();
    void aDryRunShowsThePlan();
    void aScriptConfirmsByName();
    void rolesAreMadeAndListed();
    void aSecondPersonApproves();
    void ownApprovalIsDenied();
    void tokensComeOnceAndGo();
    void watchesEndWithTheirSession_data();
    void watchesEndWithTheirSession();
    void sessionsOfAllAreSeenAndEnded();
    void mistakesHaveTheirExitCodes_data();
    void mistakesHaveTheirExitCodes();

private:
    std::unique_ptr<CtlRun> operatorNamed(const QString& name);
    static QStringList confirmed(QStringList arguments);
    static QJsonObject json(CtlRun& ctl, const QStringList& arguments);

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<CtlRun> m_admin;
    std::unique_ptr<CtlRun> m_lee;
    QString m_passwordFile;
};

std::unique_ptr<CtlRun> TestCtlAccess::operatorNamed(const QString& name)
{
    auto ctl = std::make_unique<CtlRun>();
    ctl->setServer(m_server->grpcAddress());
    ctl->setVariable(
        QStringLiteral("PILOTHOUSE_CA"), m_server->dataDir() + QStringLiteral("/tls/ca.pem"));
    const CtlResult login = ctl->run({"login", "--user", name, "--password-file", m_passwordFile});
    return login.exitCode == 0 ? std::move(ctl) : nullptr;
}

QStringList TestCtlAccess::confirmed(QStringList arguments)
{
    return arguments << QStringLiteral("--confirm") << QStringLiteral("eu-prod-1")
                     << QStringLiteral("--reason") << QStringLiteral("a test");
}

QJsonObject TestCtlAccess::json(CtlRun& ctl, const QStringList& arguments)
{
    return ctl.run(arguments + QStringList{"--output", "json"}).json();
}

void TestCtlAccess::initTestCase()
{
    m_server = std::make_unique<TestServer>(
        TestServer::Options{QString::fromLatin1(kConfig), {}, {}, 120000});
    QVERIFY2(m_server->start(), qPrintable(m_server->log()));
    QVERIFY(makeAdministrator(*m_server));
    m_passwordFile = m_server->folder() + QStringLiteral("/password");
    const ProgramResult another = runProgram(
        QStringLiteral("pilothoused"),
        {QStringLiteral("init"),
         QStringLiteral("--data-dir"),
         m_server->dataDir(),
         QStringLiteral("--another"),
         QStringLiteral("--name"),
         QStringLiteral("lee"),
         QStringLiteral("--password-file"),
         m_passwordFile});
    QVERIFY2(another.exitCode == 0, qPrintable(another.err));
    m_admin = operatorNamed(QStringLiteral("admin"));
    m_lee = operatorNamed(QStringLiteral("lee"));
    QVERIFY(m_admin && m_lee);
}

void TestCtlAccess::cleanupTestCase()
{
    QVERIFY(m_server->stop());
}

void TestCtlAccess::productionIsLocked()
{
    const QStringList create = confirmed(
        {"operators", "create", "kim", "--role", "viewer", "--password-file", m_passwordFile});
    const CtlResult refused = m_admin->run(create);
    QCOMPARE(refused.exitCode, 1);
    QVERIFY2(refused.err.contains(QStringLiteral("lease take")), qPrintable(refused.err));
    QCOMPARE(m_admin->run({"lease", "take"}).exitCode, 2);
    const CtlResult taken = m_admin->run({"lease", "take", "--reason", "a test"});
    QVERIFY2(taken.exitCode == 0, qPrintable(taken.err));
    const QJsonObject shown = json(*m_lee, {"lease", "show"});
    QVERIFY(shown.value(QStringLiteral("lease")).isNull());
    QCOMPARE(
        text(shown.value(QStringLiteral("others")).toArray().at(0).toObject(), "operator"),
        QStringLiteral("admin"));
    const CtlResult created = m_admin->run(create);
    QVERIFY2(created.exitCode == 0, qPrintable(created.err));
    QVERIFY(m_admin->run({"operators", "show", "kim"}).out.contains(QStringLiteral("viewer")));
}

void TestCtlAccess::aDryRunShowsThePlan()
{
    const CtlResult shown = m_admin->run({"operators", "disable", "kim", "--dry-run"});
    QVERIFY2(shown.exitCode == 0, qPrintable(shown.err));
    for (const char* part : {"Disable operator kim", "eu-prod-1", "F2", "undo:", "plan:"}) {
        QVERIFY2(shown.out.contains(QLatin1String(part)), qPrintable(shown.out));
    }
    const QJsonObject plan = json(*m_admin, {"operators", "disable", "kim", "--dry-run"});
    QCOMPARE(plan.value(QStringLiteral("executed")).toBool(true), false);
    QCOMPARE(text(plan, "digest").size(), 64);
    QCOMPARE(
        text(json(*m_admin, {"operators", "show", "kim"}), "state"), QStringLiteral("enabled"));
}

void TestCtlAccess::aScriptConfirmsByName()
{
    QCOMPARE(m_admin->run({"operators", "disable", "kim"}).exitCode, 2);
    QCOMPARE(m_admin->run({"operators", "disable", "kim", "--confirm", "eu-prod-2"}).exitCode, 2);
    const QJsonObject done = json(*m_admin, confirmed({"operators", "disable", "kim"}));
    QCOMPARE(done.value(QStringLiteral("executed")).toBool(), true);
    QCOMPARE(
        text(json(*m_admin, {"operators", "show", "kim"}), "state"), QStringLiteral("disabled"));
    QCOMPARE(m_admin->run(confirmed({"operators", "enable", "kim"})).exitCode, 0);
    // Reversible in seconds: no confirmation.
    QCOMPARE(m_admin->run({"operators", "update", "kim", "--display-name", "Kim"}).exitCode, 0);
    QCOMPARE(
        text(json(*m_admin, {"operators", "show", "kim"}), "displayName"), QStringLiteral("Kim"));
}

void TestCtlAccess::rolesAreMadeAndListed()
{
    QCOMPARE(
        m_admin
            ->run(
                {"roles",
                 "create",
                 "on-call",
                 "--permission",
                 "*.view",
                 "--permission",
                 "plans.operate"})
            .exitCode,
        0);
    QVERIFY(m_admin->run({"roles", "list"}).out.contains(QStringLiteral("on-call")));
    QVERIFY(m_admin->run({"roles", "permissions"}).out.contains(QStringLiteral("access.manage")));
    QCOMPARE(
        m_admin->run(confirmed({"operators", "update", "kim", "--role", "on-call"})).exitCode, 0);
    const QJsonObject role = json(*m_admin, {"roles", "show", "on-call"});
    QCOMPARE(role.value(QStringLiteral("operators")).toInt(), 1);
    QCOMPARE(m_admin->run(confirmed({"roles", "delete", "on-call"})).exitCode, 1);
    QCOMPARE(
        m_admin->run(confirmed({"roles", "update", "on-call", "--permission", "*.view"})).exitCode,
        0);
}

void TestCtlAccess::aSecondPersonApproves()
{
    const QStringList promote{"operators", "update", "kim", "--role", "admin"};
    const CtlResult refused = m_admin->run(confirmed(promote));
    QCOMPARE(refused.exitCode, 1);
    QVERIFY2(refused.err.contains(QStringLiteral("--request-approval")), qPrintable(refused.err));
    const QJsonObject asked =
        json(*m_admin, promote + QStringList{"--request-approval", "--reason", "kim is on call"});
    const QString id = text(asked, "approvalId");
    QVERIFY(!id.isEmpty());
    QVERIFY(m_lee->run({"approvals", "list"}).out.contains(id));
    QVERIFY(m_lee->run({"approvals", "show", id}).out.contains(QStringLiteral("kim is on call")));
    QCOMPARE(m_lee->run({"approvals", "approve", id}).exitCode, 2); // no terminal to show it on
    QCOMPARE(m_lee->run({"approvals", "approve", id, "--plan", "feed"}).exitCode, 1);
    const CtlResult approved = m_lee->run(
        {"approvals", "approve", id, "--plan", text(asked, "digest"), "--comment", "yes"});
    QVERIFY2(approved.exitCode == 0, qPrintable(approved.err));
    const CtlResult done = m_admin->run(confirmed(promote));
    QVERIFY2(done.exitCode == 0, qPrintable(done.err));
    QCOMPARE(text(json(*m_admin, {"approvals", "show", id}), "state"), QStringLiteral("used"));
    QCOMPARE(
        m_admin->run(confirmed({"operators", "update", "kim", "--role", "viewer"})).exitCode, 0);
}

void TestCtlAccess::ownApprovalIsDenied()
{
    const QJsonObject asked = json(
        *m_admin,
        {"operators",
         "update",
         "kim",
         "--role",
         "admin",
         "--request-approval",
         "--reason",
         "alone"});
    const QString id = text(asked, "approvalId");
    QCOMPARE(
        m_admin->run({"approvals", "approve", id, "--plan", text(asked, "digest")}).exitCode, 4);
    QCOMPARE(m_lee->run({"approvals", "reject", id, "--comment", "not today"}).exitCode, 0);
    QCOMPARE(text(json(*m_admin, {"approvals", "show", id}), "state"), QStringLiteral("rejected"));
    QCOMPARE(m_admin->run({"approvals", "withdraw", id}).exitCode, 1);
}

void TestCtlAccess::tokensComeOnceAndGo()
{
    const CtlResult made =
        m_admin->run({"tokens", "create", "report", "--scope", "*.view", "--expires", "1h"});
    QVERIFY2(made.exitCode == 0, qPrintable(made.err));
    const QString secret = made.out.trimmed();
    QVERIFY(secret.startsWith(QStringLiteral("pht_")));
    QFile file(m_server->folder() + QStringLiteral("/token"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(secret.toUtf8()) > 0);
    file.close();
    CtlRun script;
    script.setServer(m_server->grpcAddress());
    script.setVariable(
        QStringLiteral("PILOTHOUSE_CA"), m_server->dataDir() + QStringLiteral("/tls/ca.pem"));
    script.setVariable(QStringLiteral("PILOTHOUSE_TOKEN_FILE"), file.fileName());
    QCOMPARE(text(json(script, {"whoami"}), "authentication"), QStringLiteral("personal-token"));
    const QJsonObject list = json(*m_admin, {"tokens", "list"});
    const QJsonObject token = list.value(QStringLiteral("tokens")).toArray().at(0).toObject();
    QCOMPARE(text(token, "name"), QStringLiteral("report"));
    QVERIFY(!m_admin->run({"tokens", "list"}).out.contains(secret));
    QCOMPARE(m_admin->run({"tokens", "revoke", text(token, "id")}).exitCode, 0);
    QCOMPARE(m_admin->run({"tokens", "revoke", text(token, "id")}).exitCode, 3);
    QCOMPARE(script.run({"whoami"}).exitCode, 4);
}

void TestCtlAccess::watchesEndWithTheirSession_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("query") << QStringList{"metrics", "watch", "vector(1)"};
    QTest::newRow("job") << QStringList{"jobs", "watch"};
}

void TestCtlAccess::watchesEndWithTheirSession()
{
    QFETCH(QStringList, arguments);
    const auto kim = operatorNamed(QStringLiteral("kim"));
    QVERIFY(kim != nullptr);
    if (arguments.front() == QLatin1String("jobs")) {
        // Begins in an hour: until then there is something to wait for.
        const QJsonObject made = json(
            *m_admin,
            {"jobs",
             "run",
             "metrics.baseline",
             "name=wait",
             "expressions=one=vector(1)",
             "--at",
             "+1h",
             "--detach"});
        const QString id = text(made, "id");
        QVERIFY(!id.isEmpty());
        arguments << id;
    }
    const auto watch = kim->begin(arguments);
    QByteArray said;
    QVERIFY(waitUntil(
        [&] {
            said += watch->readAllStandardOutput();
            return !said.isEmpty();
        },
        30000));
    QCOMPARE(m_admin->run(confirmed({"sessions", "end", "--of", "kim"})).exitCode, 0);
    QVERIFY(waitUntil([&] { return watch->state() == QProcess::NotRunning; }, 30000));
    QCOMPARE(watch->exitCode(), 4);
    const QString why = QString::fromUtf8(watch->readAllStandardError());
    QVERIFY2(why.contains(QStringLiteral("login")), qPrintable(why));
}

void TestCtlAccess::sessionsOfAllAreSeenAndEnded()
{
    const auto kim = operatorNamed(QStringLiteral("kim"));
    QVERIFY(kim != nullptr);
    QVERIFY(m_admin->run({"sessions", "list", "--all"}).out.contains(QStringLiteral("kim")));
    QCOMPARE(kim->run({"sessions", "list", "--all"}).exitCode, 4);
    QCOMPARE(m_admin->run(confirmed({"sessions", "end", "--of", "kim"})).exitCode, 0);
    QCOMPARE(kim->run({"whoami"}).exitCode, 4);
    QCOMPARE(m_admin->run(confirmed({"sessions", "end"})).exitCode, 2);
    QCOMPARE(m_admin->run({"lease", "end"}).exitCode, 0);
}

void TestCtlAccess::mistakesHaveTheirExitCodes_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("operator that there is not") << QStringList{"operators", "show", "zoe"} << 3;
    QTest::newRow("role that there is not") << QStringList{"roles", "show", "emperor"} << 3;
    QTest::newRow("approval that there is not") << QStringList{"approvals", "show", "0"} << 3;
    QTest::newRow("pattern that grants nothing")
        << QStringList{"roles", "create", "typo", "--permission", "metric.view"} << 2;
    QTest::newRow("token that lives too long")
        << QStringList{"tokens", "create", "x", "--scope", "metrics.view", "--expires", "1000d"}
        << 2;
    QTest::newRow("password on the command line")
        << QStringList{"operators", "create", "x", "--role", "viewer", "--password", "secret"} << 2;
    QTest::newRow("no role") << QStringList{"operators", "create", "x"} << 2;
}

void TestCtlAccess::mistakesHaveTheirExitCodes()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    const CtlResult result = m_admin->run(arguments);
    QVERIFY2(result.exitCode == exitCode, qPrintable(result.err));
}

QTEST_GUILESS_MAIN(TestCtlAccess)
#include "tst_ctl_access.moc"
