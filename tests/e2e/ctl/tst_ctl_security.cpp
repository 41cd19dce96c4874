// SPDX-License-Identifier: Apache-2.0
// pilothousectl against a real pilothoused that asks for client certificates: who gets in, who does
// not, and what those are told.
#include "tests/e2e/ctl/CtlRun.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"
#include "tests/support/api/Psql.h"
#include "tests/support/client_server/CertificateMaker.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace pilothouse::test;

class TestCtlSecurity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void clientCertificates_data();
    void clientCertificates();
    void aWrongPasswordIsDenied();
    void aRoleThatMayNotIsDenied();
    void aSessionThatEndedIsDenied();

private:
    QString write(const char* name, const std::string& text) const;
    /// Shows `certificate` and believes the server's own CA.
    void prepare(CtlRun& ctl, const QString& certificate) const;
    CtlResult login(CtlRun& ctl, const QString& name, const QByteArray& password) const;

    QString m_folder;
    std::unique_ptr<TestServer> m_server;
};

QString TestCtlSecurity::write(const char* name, const std::string& text) const
{
    QFile file(m_folder + QLatin1Char('/') + QLatin1String(name));
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QByteArray::fromStdString(text));
    }
    return file.fileName();
}

void TestCtlSecurity::prepare(CtlRun& ctl, const QString& certificate) const
{
    ctl.setServer(m_server->grpcAddress());
    ctl.setVariable(
        QStringLiteral("PILOTHOUSE_CA"), m_server->dataDir() + QStringLiteral("/tls/ca.pem"));
    if (!certificate.isEmpty()) {
        const QString path = m_folder + QLatin1Char('/') + certificate;
        ctl.setVariable(QStringLiteral("PILOTHOUSE_CERT"), path + QStringLiteral(".pem"));
        ctl.setVariable(QStringLiteral("PILOTHOUSE_KEY"), path + QStringLiteral(".key"));
    }
}

CtlResult TestCtlSecurity::login(CtlRun& ctl, const QString& name, const QByteArray& password) const
{
    return ctl.run({"login", "--user", name, "--password-file", "-"}, password + "\n");
}

void TestCtlSecurity::initTestCase()
{
    m_folder = makeWorkFolder();
    const Issued authority = makeCertificate({.commonName = "Clients", .isAuthority = true});
    const Issued ours = makeCertificate({.commonName = "dana's laptop", .issuer = &authority});
    const Issued otherAuthority = makeCertificate({.commonName = "Clients", .isAuthority = true});
    const Issued foreign =
        makeCertificate({.commonName = "dana's laptop", .issuer = &otherAuthority});
    const Issued expired = makeCertificate(
        {.commonName = "an old laptop",
         .notBefore = absl::Now() - absl::Hours(48),
         .notAfter = absl::Now() - absl::Hours(24),
         .issuer = &authority});
    write("clients.pem", authority.certificatePem);
    write("ours.pem", ours.certificatePem);
    write("ours.key", ours.keyPem);
    write("foreign.pem", foreign.certificatePem);
    write("foreign.key", foreign.keyPem);
    write("expired.pem", expired.certificatePem);
    write("expired.key", expired.keyPem);
    TestServer::Options options;
    options.folder = m_folder;
    options.config =
        QStringLiteral("[grpc]\nclient_ca_file = \"clients.pem\"\n"
                       "[access]\nsession_lifetime = \"20s\"\nsession_idle = \"20s\"\n");
    options.startDeadlineMs = 90000;
    m_server = std::make_unique<TestServer>(options);
    QVERIFY2(m_server->start(), qPrintable(m_server->log()));
    QVERIFY(makeAdministrator(*m_server));
    const auto made = runSql(
        *m_server,
        QStringLiteral("INSERT INTO pilothouse.operators (name, roles, password_hash) "
                       "SELECT 'eve', '{guest}', password_hash FROM pilothouse.operators"));
    QVERIFY2(made.ok, qPrintable(made.text));
}

void TestCtlSecurity::cleanupTestCase()
{
    QVERIFY2(m_server->stop(), qPrintable(m_server->log()));
    QDir(m_folder).removeRecursively();
}

void TestCtlSecurity::clientCertificates_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("says");
    QTest::newRow("ours") << "ours" << 4 << "login"; // through, and asked who it is
    QTest::newRow("none") << "" << 5 << "client certificate";
    QTest::newRow("of another authority") << "foreign" << 5 << "client certificate";
    QTest::newRow("expired") << "expired" << 5 << "client certificate";
}

void TestCtlSecurity::clientCertificates()
{
    QFETCH(QString, certificate);
    QFETCH(int, exitCode);
    QFETCH(QString, says);
    CtlRun ctl;
    prepare(ctl, certificate);
    const CtlResult result = ctl.run({"status", "--timeout", "5s"});
    QVERIFY2(result.err.contains(says), qPrintable(result.err));
    QCOMPARE(result.exitCode, exitCode);
}

void TestCtlSecurity::aWrongPasswordIsDenied()
{
    CtlRun ctl;
    prepare(ctl, QStringLiteral("ours"));
    const CtlResult wrong = login(ctl, QStringLiteral("admin"), "wrong");
    QCOMPARE(wrong.exitCode, 4);
    QVERIFY2(wrong.err.contains(QStringLiteral("password")), qPrintable(wrong.err));
}

void TestCtlSecurity::aRoleThatMayNotIsDenied()
{
    CtlRun ctl;
    prepare(ctl, QStringLiteral("ours"));
    const CtlResult signedIn = login(ctl, QStringLiteral("eve"), kPassword);
    QVERIFY2(signedIn.exitCode == 0 || signedIn.exitCode == 4, qPrintable(signedIn.err));
    for (const QStringList& command :
         {QStringList{"health"}, QStringList{"metrics", "query", "up"}, QStringList{"resources"}}) {
        const CtlResult denied = ctl.run(command);
        QVERIFY2(
            denied.err.contains(QStringLiteral("eve may not do this")), qPrintable(denied.err));
        QVERIFY2(
            denied.err.contains(QRegularExpression(QStringLiteral("permission \\w+\\.view"))),
            qPrintable(denied.err));
        QCOMPARE(denied.exitCode, 4);
        QCOMPARE(denied.out, QString());
    }
}

void TestCtlSecurity::aSessionThatEndedIsDenied()
{
    CtlRun ctl;
    prepare(ctl, QStringLiteral("ours"));
    const CtlResult signedIn = login(ctl, QStringLiteral("admin"), kPassword);
    QVERIFY2(signedIn.exitCode == 0, qPrintable(signedIn.err));
    QCOMPARE(ctl.run({"whoami"}).exitCode, 0);
    CtlResult last;
    QVERIFY(waitUntil(
        [&] {
            last = ctl.run({"whoami"});
            return last.exitCode != 0;
        },
        60000));
    QVERIFY2(last.err.contains(QStringLiteral("login")), qPrintable(last.err));
    QCOMPARE(last.exitCode, 4);
}

QTEST_GUILESS_MAIN(TestCtlSecurity)
#include "tst_ctl_security.moc"
