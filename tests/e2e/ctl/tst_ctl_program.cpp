// SPDX-License-Identifier: Apache-2.0
// pilothousectl as a user starts it, against a scripted server or none.
#include "tests/e2e/ctl/CtlRun.h"
#include "tests/support/Programs.h"
#include "tests/support/client_server/ScriptedServer.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>

using namespace pilothouse::test;

class TestCtlProgram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void usage_data();
    void usage();
    void helpAndVersion_data();
    void helpAndVersion();
    void completionScripts_data();
    void completionScripts();
    void bashCompletes();
    void withoutServerSaysWhatToDo();
    void unreachable_data();
    void unreachable();
    void untrustedServerIsDenied();
    void loginTrustsSignsInAndRemembers();
    void changedCertificateStops();
    void authorityReplacesTrust();
    void wrongPasswordIsDenied();
    void outputIsJsonOrTable();
    void globalFlagsGoAnywhere();
    void readerThatLeavesIsNoError();
    void fullDiskIsAnError();
    void hostileNamesStayPrintable();

private:
    QString tlsAddress() const;
    static QString writeFile(const QString& path, const std::string& content);

    Issued m_authority;
    Issued m_issued;
    std::unique_ptr<ScriptedServer> m_tls;
    std::unique_ptr<ScriptedServer> m_local;
    QString m_socket;
};

QString TestCtlProgram::tlsAddress() const
{
    return QStringLiteral("127.0.0.1:%1").arg(m_tls->port());
}

QString TestCtlProgram::writeFile(const QString& path, const std::string& content)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QByteArray::fromStdString(content));
    }
    return path;
}

void TestCtlProgram::initTestCase()
{
    m_authority = makeCertificate({.commonName = "CA", .isAuthority = true});
    m_issued = makeCertificate({.issuer = &m_authority});
    m_tls = std::make_unique<ScriptedServer>();
    QVERIFY(m_tls->start({.listen = "127.0.0.1:0", .certificate = m_issued}));
    m_local = std::make_unique<ScriptedServer>();
    m_local->with([](Script& script) { return script.trustsEveryone = true; });
    m_socket = QStringLiteral("unix:") + makeWorkFolder() + QStringLiteral("/p.sock");
    QVERIFY(m_local->start({.listen = m_socket.toStdString(), .certificate = std::nullopt}));
}

void TestCtlProgram::usage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("complaint");
    const auto row = [](const char* name, const QStringList& arguments, const char* complaint) {
        QTest::newRow(name) << arguments << QString::fromLatin1(complaint);
    };
    row("nothing", {}, "a subcommand is required");
    row("unknown command", {"frobnicate"}, "frobnicate");
    row("unknown flag", {"status", "--frobnicate"}, "frobnicate");
    row("metrics alone", {"metrics"}, "subcommand is required");
    row("query without expression", {"metrics", "query"}, "EXPR is required");
    row("flag without value", {"status", "--server"}, "--server");
    row("bad address", {"--server", "host:99999", "status"}, "'99999' is not a port");
    row("address with scheme", {"--server", "https://x", "status"}, "scheme");
    row("bad output", {"--output", "xml", "version"}, "xml");
    row("bad timeout", {"--timeout", "soon", "version"}, "bad duration 'soon'");
    row("zero timeout", {"--timeout", "0", "version"}, "more than 0");
    row("bad time", {"metrics", "query", "up", "--time", "tomorrow"}, "bad time 'tomorrow'");
    row("bad step", {"metrics", "range", "up", "--step", "x"}, "bad duration 'x'");
    row("zero step", {"metrics", "range", "up", "--step", "0"}, "less than a millisecond");
    row("range backwards",
        {"metrics", "range", "up", "--start", "now", "--end", "-1h"},
        "before it starts");
    row("bad limit", {"metrics", "list", "--limit", "0"}, "--limit");
    row("bad shell", {"completion", "tcsh"}, "tcsh");
    row("token file missing",
        {"--token-file", "/nonexistent", "status"},
        "cannot read '/nonexistent'");
    row("CA missing", {"--ca", "/nonexistent", "status"}, "cannot read '/nonexistent'");
    row("CA is a folder", {"--ca", "/", "status"}, "cannot read '/'");
    row("CA is no PEM", {"--ca", "/etc/hosts", "status"}, "no certificate");
    row("certificate without key", {"--cert", "/etc/hosts", "status"}, "belong together");
    row("key without certificate", {"--key", "/etc/hosts", "status"}, "belong together");
    row("certificate missing",
        {"--cert", "/nonexistent", "--key", "/etc/hosts", "status"},
        "cannot read '/nonexistent'");
    row("password without a way to ask", {"password"}, "no terminal");
}

void TestCtlProgram::usage()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, complaint);
    CtlRun ctl;
    ctl.setServer(m_socket);
    const CtlResult result = ctl.run(arguments);
    QVERIFY2(result.err.contains(complaint), qPrintable(result.err));
    QCOMPARE(result.exitCode, 2);
    QVERIFY(result.err.startsWith(QStringLiteral("pilothousectl: ")));
    QVERIFY(result.err.endsWith(QStringLiteral(".\n")));
    QCOMPARE(result.out, QString());
}

void TestCtlProgram::helpAndVersion_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("part");
    QTest::newRow("help") << QStringList{"--help"} << "Exit codes: 0 done";
    QTest::newRow("help of a group") << QStringList{"metrics", "--help"} << "targets";
    QTest::newRow("help of a command")
        << QStringList{"metrics", "range", "--help"} << "--start -30m";
    QTest::newRow("version flag") << QStringList{"--version"} << "pilothousectl ";
    QTest::newRow("version") << QStringList{"version"} << "pilothousectl ";
    QTest::newRow("version as json")
        << QStringList{"version", "--output", "json"} << "{\"version\":\"";
}

void TestCtlProgram::helpAndVersion()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, part);
    CtlRun ctl;
    const CtlResult result = ctl.run(arguments);
    QCOMPARE(result.exitCode, 0);
    QVERIFY2(result.out.contains(part), qPrintable(result.out));
    QCOMPARE(result.err, QString());
}

void TestCtlProgram::completionScripts_data()
{
    QTest::addColumn<QString>("shell");
    for (const char* shell : {"bash", "zsh", "fish"}) {
        QTest::newRow(shell) << QString::fromLatin1(shell);
    }
}

void TestCtlProgram::completionScripts()
{
    QFETCH(QString, shell);
    CtlRun ctl;
    const CtlResult script = ctl.run({QStringLiteral("completion"), shell});
    QCOMPARE(script.exitCode, 0);
    for (const char* word : {"login", "watch", "revoke", "max-points", "token-file"}) {
        QVERIFY2(script.out.contains(QLatin1String(word)), word);
    }
    const QString check =
        QStringLiteral("command -v %1 >/dev/null || exit 77; $ctl completion %1 | %2 ");
    const QString checker = shell == QLatin1String("fish")
                                ? QStringLiteral("fish -n /dev/stdin")
                                : shell + QStringLiteral(" -n /dev/stdin");
    const CtlResult syntax = ctl.shell(check.arg(shell, checker));
    if (syntax.exitCode == 77) {
        QSKIP("this shell is not installed");
    }
    QVERIFY2(syntax.exitCode == 0, qPrintable(syntax.err));
}

void TestCtlProgram::bashCompletes()
{
    CtlRun ctl;
    const auto complete = [&](const QString& words) {
        return ctl
            .shell(QStringLiteral("source <($ctl completion bash); COMP_WORDS=(%1); "
                                  "COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _pilothousectl; "
                                  "echo \"${COMPREPLY[*]}\"")
                       .arg(words))
            .out.trimmed();
    };
    QCOMPARE(complete(QStringLiteral("pilothousectl sta")), QStringLiteral("status"));
    QCOMPARE(complete(QStringLiteral("pilothousectl metrics que")), QStringLiteral("query"));
    QCOMPARE(complete(QStringLiteral("pilothousectl --output j")), QStringLiteral("json"));
    QCOMPARE(
        complete(QStringLiteral("pilothousectl metrics range up --st")),
        QStringLiteral("--start --step"));
    QCOMPARE(
        complete(QStringLiteral("pilothousectl sessions list --out")), QStringLiteral("--output"));
}

void TestCtlProgram::withoutServerSaysWhatToDo()
{
    CtlRun ctl;
    const CtlResult result = ctl.run({QStringLiteral("status")});
    QCOMPARE(result.exitCode, 5);
    QVERIFY2(
        result.err.contains(QStringLiteral("local workspace does not run")),
        qPrintable(result.err));
    QVERIFY(result.err.contains(QStringLiteral("--server")));
}

void TestCtlProgram::unreachable_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("complaint");
    QTcpServer free;
    free.listen(QHostAddress::LocalHost);
    QTest::newRow("nobody listens")
        << QStringLiteral("127.0.0.1:%1").arg(free.serverPort()) << "connection refused";
    QTest::newRow("no socket") << QStringLiteral("unix:/nonexistent/p.sock") << "does not exist";
    QTest::newRow("unknown host") << QStringLiteral("no-such-host.invalid:1") << "pilothousectl: ";
}

void TestCtlProgram::unreachable()
{
    QFETCH(QString, address);
    QFETCH(QString, complaint);
    CtlRun ctl;
    const CtlResult result = ctl.run({"--server", address, "--timeout", "5s", "status"});
    QCOMPARE(result.exitCode, 5);
    QVERIFY2(result.err.contains(complaint), qPrintable(result.err));
    QCOMPARE(result.err.count(QLatin1Char('\n')), 1);
}

void TestCtlProgram::untrustedServerIsDenied()
{
    CtlRun ctl;
    ctl.setServer(tlsAddress());
    for (const QStringList& arguments :
         {QStringList{"status"},
          QStringList{"login", "--user", "dana", "--password-file", "/dev/null"}}) {
        const CtlResult result = ctl.run(arguments);
        QCOMPARE(result.exitCode, 4);
        QVERIFY2(
            result.err.contains(QRegularExpression(QStringLiteral("SHA-256 [0-9a-f]{64}"))),
            qPrintable(result.err));
    }
    const CtlResult wrong =
        ctl.run({"login", "--user", "dana", "--trust", "abcd", "--password-file", "-"}, "x\n");
    QCOMPARE(wrong.exitCode, 4);
    QCOMPARE(m_tls->with([](Script& script) { return script.signIns; }), 0);
}

void TestCtlProgram::loginTrustsSignsInAndRemembers()
{
    CtlRun ctl;
    ctl.setServer(tlsAddress());
    const QString shown = ctl.run({"status"}).err;
    const QString fingerprint =
        QRegularExpression(QStringLiteral("[0-9a-f]{64}")).match(shown).captured();
    const CtlResult login = ctl.run(
        {"login", "--user", "dana", "--trust", fingerprint, "--password-file", "-"},
        "correct horse\n");
    QVERIFY2(login.exitCode == 0, qPrintable(login.err));
    QVERIFY(login.out.contains(QStringLiteral("Signed in to ")));

    const QString folder =
        ctl.home() + QStringLiteral("/config/pilothouse/servers/127.0.0.1%3A%1").arg(m_tls->port());
    const QFileInfo token(folder + QStringLiteral("/token"));
    QVERIFY(token.exists());
    QVERIFY(!(token.permissions() & (QFile::ReadGroup | QFile::ReadOther)));

    const CtlResult who = ctl.run({"whoami", "--output", "json"});
    QCOMPARE(who.exitCode, 0);
    QCOMPARE(who.json().value(QStringLiteral("name")).toString(), QStringLiteral("dana"));

    // A token file goes before the kept session.
    const QString other = writeFile(ctl.home() + QStringLiteral("/other"), "nonsense\n");
    QCOMPARE(ctl.run({"whoami", "--token-file", other}).exitCode, 4);

    QCOMPARE(ctl.run({"logout"}).exitCode, 0);
    QVERIFY(!QFileInfo::exists(token.filePath()));
    const CtlResult after = ctl.run({"whoami"});
    QCOMPARE(after.exitCode, 4);
    QVERIFY2(after.err.contains(QStringLiteral("login")), qPrintable(after.err));
    QCOMPARE(ctl.run({"logout"}).exitCode, 0);
}

void TestCtlProgram::changedCertificateStops()
{
    CtlRun ctl;
    ctl.setServer(tlsAddress());
    const QString folder =
        ctl.home() + QStringLiteral("/config/pilothouse/servers/127.0.0.1%3A%1").arg(m_tls->port());
    QVERIFY(QDir().mkpath(folder));
    writeFile(folder + QStringLiteral("/pin"), std::string(64, 'a') + "\n");
    const CtlResult result = ctl.run({"status"});
    QCOMPARE(result.exitCode, 4);
    QVERIFY2(result.err.contains(QStringLiteral("has changed")), qPrintable(result.err));
}

void TestCtlProgram::authorityReplacesTrust()
{
    CtlRun ctl;
    ctl.setServer(tlsAddress());
    ctl.setVariable(
        QStringLiteral("PILOTHOUSE_CA"),
        writeFile(ctl.home() + QStringLiteral("/ca"), m_authority.certificatePem));
    ctl.setVariable(
        QStringLiteral("PILOTHOUSE_TOKEN_FILE"),
        writeFile(ctl.home() + QStringLiteral("/t"), "good-token\n"));
    QCOMPARE(ctl.run({"whoami"}).exitCode, 0);
    const Issued other = makeCertificate({.commonName = "CA", .isAuthority = true});
    writeFile(ctl.home() + QStringLiteral("/ca"), other.certificatePem);
    const CtlResult result = ctl.run({"whoami"});
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(
        result.err.contains(QStringLiteral("not signed by the given CA")), qPrintable(result.err));
}

void TestCtlProgram::wrongPasswordIsDenied()
{
    CtlRun ctl;
    ctl.setServer(tlsAddress());
    ctl.setVariable(
        QStringLiteral("PILOTHOUSE_CA"),
        writeFile(ctl.home() + QStringLiteral("/ca"), m_authority.certificatePem));
    const CtlResult wrong = ctl.run({"login", "--user", "dana", "--password-file", "-"}, "wrong\n");
    QCOMPARE(wrong.exitCode, 4);
    QVERIFY2(wrong.err.contains(QStringLiteral("wrong name or password")), qPrintable(wrong.err));
    const CtlResult empty = ctl.run({"login", "--user", "dana", "--password-file", "-"}, "\n");
    QCOMPARE(empty.exitCode, 2);
    const CtlResult nobody = ctl.run({"login", "--password-file", "-"}, "x\n");
    QCOMPARE(nobody.exitCode, 2);
}

void TestCtlProgram::outputIsJsonOrTable()
{
    CtlRun ctl;
    ctl.setServer(m_socket);
    const CtlResult table = ctl.run({"metrics", "targets"});
    QCOMPARE(table.exitCode, 0);
    QVERIFY2(table.out.startsWith(QStringLiteral("JOB ")), qPrintable(table.out));
    const CtlResult json = ctl.run({"metrics", "targets", "--output", "json"});
    const QJsonArray targets = json.json().value(QStringLiteral("targets")).toArray();
    QCOMPARE(targets.size(), 1);
    QCOMPARE(
        targets.at(0).toObject().value(QStringLiteral("job")).toString(), QStringLiteral("node"));
    const CtlResult series = ctl.run({"metrics", "series", "--limit", "2400", "--output", "json"});
    QCOMPARE(series.json().value(QStringLiteral("series")).toArray().size(), 2400);
    QVERIFY(series.json().value(QStringLiteral("more")).toBool());
    QVERIFY(series.err.contains(QStringLiteral("only the first 2400")));
    const CtlResult watch = ctl.run({"metrics", "watch", "up", "--count", "2", "--output", "json"});
    QCOMPARE(watch.exitCode, 0);
    QCOMPARE(watch.out.count(QLatin1Char('\n')), 2);
}

void TestCtlProgram::globalFlagsGoAnywhere()
{
    CtlRun ctl;
    const QStringList flags{"--server", m_socket, "--output", "json"};
    const QStringList command{"health"};
    const CtlResult before = ctl.run(flags + command);
    const CtlResult after = ctl.run(command + flags);
    QCOMPARE(before.exitCode, 0);
    QCOMPARE(after.exitCode, 0);
    QCOMPARE(before.json().value(QStringLiteral("overall")).toString(), QStringLiteral("healthy"));
    QCOMPARE(
        after.json().value(QStringLiteral("overall")),
        before.json().value(QStringLiteral("overall")));
    // A flag goes before its environment variable.
    ctl.setServer(QStringLiteral("unix:/nonexistent/p.sock"));
    QCOMPARE(ctl.run(flags + command).exitCode, 0);
}

void TestCtlProgram::readerThatLeavesIsNoError()
{
    CtlRun ctl;
    ctl.setServer(m_socket);
    const CtlResult list =
        ctl.shell(QStringLiteral("$ctl metrics series --limit 2500 | head -n 1"));
    QCOMPARE(list.exitCode, 0);
    QCOMPARE(list.out, QStringLiteral("{n=\"0\"}\n"));
    QCOMPARE(list.err, QString());
    // A stream ends when nobody reads it any more.
    const CtlResult watch = ctl.shell(
        QStringLiteral("timeout 20 $ctl metrics watch up | head -n 1; exit ${PIPESTATUS[0]}"));
    QVERIFY2(
        watch.exitCode == 0 || watch.exitCode == 141, qPrintable(QString::number(watch.exitCode)));
    QCOMPARE(watch.err, QString());
}

void TestCtlProgram::fullDiskIsAnError()
{
    CtlRun ctl;
    ctl.setServer(m_socket);
    const CtlResult result = ctl.shell(QStringLiteral("$ctl health > /dev/full"));
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(
        result.err.contains(QStringLiteral("cannot write the output")), qPrintable(result.err));
}

void TestCtlProgram::hostileNamesStayPrintable()
{
    CtlRun ctl;
    const CtlResult result = ctl.run({"--server", QStringLiteral("x\x1b[2J"), "status"});
    QCOMPARE(result.exitCode, 2);
    QVERIFY(!result.err.contains(QChar(0x1b)));
}

QTEST_GUILESS_MAIN(TestCtlProgram)
#include "tst_ctl_program.moc"
