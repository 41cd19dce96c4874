// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "shared/client/tls/CertificateCheck.h"
#include "tests/support/client_server/CertificateMaker.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::client;
using pilothouse::test::Issued;
using pilothouse::test::makeCertificate;

class TestCertificateCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pins();
    void tellsAPersonEverything();
    void authorityDecides_data();
    void authorityDecides();
    void pinCannotOverrideTheAuthority();
    void damagedInputIsRefused_data();
    void damagedInputIsRefused();
};

void TestCertificateCheck::pins()
{
    const Issued first = makeCertificate({});
    const Issued second = makeCertificate({});
    TrustPolicy policy{.host = "localhost", .caPem = {}, .pinnedFingerprint = {}};
    const auto unknown = judgeCertificate(first.certificatePem, policy, absl::Now());
    QCOMPARE(unknown.verdict, TrustVerdict::Unknown);
    QVERIFY(!unknown.why.ok() && !hintOf(unknown.why).empty());
    QCOMPARE(unknown.offered.fingerprint.size(), std::size_t(64));

    policy.pinnedFingerprint = unknown.offered.fingerprint;
    QCOMPARE(
        judgeCertificate(first.certificatePem, policy, absl::Now()).verdict, TrustVerdict::Trusted);
    // A chain may follow; only the server's own certificate is pinned, and it has to be the first.
    QCOMPARE(
        judgeCertificate(first.certificatePem + second.certificatePem, policy, absl::Now()).verdict,
        TrustVerdict::Trusted);
    const auto changed =
        judgeCertificate(second.certificatePem + first.certificatePem, policy, absl::Now());
    QCOMPARE(changed.verdict, TrustVerdict::Changed);
    QVERIFY(std::string(changed.why.message()).find("changed") != std::string::npos);
}

void TestCertificateCheck::tellsAPersonEverything()
{
    const Issued authority = makeCertificate({.commonName = "Ops CA", .isAuthority = true});
    const absl::Time start = absl::FromUnixSeconds(1700000000);
    const Issued issued = makeCertificate(
        {.commonName = "eu-prod-1\n\x1b[31m",
         .alternativeNames = "DNS:ops.example.net,IP:10.0.0.1",
         .notBefore = start,
         .notAfter = start + absl::Hours(1),
         .issuer = &authority});
    const auto decision = judgeCertificate(
        issued.certificatePem, {.host = "x", .caPem = {}, .pinnedFingerprint = {}}, absl::Now());
    const Certificate& offered = decision.offered;
    QVERIFY(offered.subject.find("CN=eu-prod-1") == 0);
    // Control characters of a hostile subject stay escaped.
    QVERIFY(offered.subject.find('\x1b') == std::string::npos);
    QVERIFY(offered.subject.find('\n') == std::string::npos);
    const std::vector<std::string> names{"DNS:ops.example.net", "IP Address:10.0.0.1"};
    QCOMPARE(offered.subjectAlternativeNames, names);
    QCOMPARE(offered.issuerChain, std::vector<std::string>{"CN=Ops CA"});
    QVERIFY(offered.notBefore == start && offered.notAfter == start + absl::Hours(1));
}

void TestCertificateCheck::authorityDecides_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("complaint");
    QTest::newRow("name in it") << "localhost"
                                << "good"
                                << "";
    QTest::newRow("address in it") << "127.0.0.1"
                                   << "good"
                                   << "";
    QTest::newRow("v6 address not in it") << "::1"
                                          << "good"
                                          << "not for '::1'";
    QTest::newRow("another name") << "evil.example"
                                  << "good"
                                  << "not for 'evil.example'";
    QTest::newRow("suffix of a name") << "notlocalhost"
                                      << "good"
                                      << "not for 'notlocalhost'";
    QTest::newRow("another CA") << "localhost"
                                << "foreign"
                                << "not signed by the given CA";
    QTest::newRow("self-signed") << "localhost"
                                 << "self"
                                 << "not signed by the given CA";
    QTest::newRow("expired") << "localhost"
                             << "expired"
                             << "expired on";
    QTest::newRow("not yet") << "localhost"
                             << "early"
                             << "not valid yet";
}

void TestCertificateCheck::authorityDecides()
{
    QFETCH(QString, host);
    QFETCH(QString, kind);
    QFETCH(QString, complaint);
    const Issued authority = makeCertificate({.commonName = "Ops CA", .isAuthority = true});
    const Issued foreign = makeCertificate({.commonName = "Ops CA", .isAuthority = true});
    test::CertificateWish wish;
    wish.issuer = kind == QLatin1String("foreign") ? &foreign : &authority;
    if (kind == QLatin1String("self")) {
        wish.issuer = nullptr;
    } else if (kind == QLatin1String("expired")) {
        wish.notAfter = absl::Now() - absl::Minutes(1);
    } else if (kind == QLatin1String("early")) {
        wish.notBefore = absl::Now() + absl::Minutes(10);
    }
    const Issued issued = makeCertificate(wish);
    const auto decision = judgeCertificate(
        issued.certificatePem,
        {.host = host.toStdString(), .caPem = authority.certificatePem, .pinnedFingerprint = {}},
        absl::Now());
    if (complaint.isEmpty()) {
        QVERIFY2(decision.why.ok(), describe(decision.why).c_str());
        QCOMPARE(decision.verdict, TrustVerdict::Trusted);
    } else {
        QCOMPARE(decision.verdict, TrustVerdict::Invalid);
        QVERIFY2(
            QString::fromStdString(describe(decision.why)).contains(complaint),
            describe(decision.why).c_str());
        QVERIFY(!hintOf(decision.why).empty());
    }
}

void TestCertificateCheck::pinCannotOverrideTheAuthority()
{
    const Issued authority = makeCertificate({.commonName = "Ops CA", .isAuthority = true});
    const Issued issued = makeCertificate({});
    TrustPolicy policy{.host = "localhost", .caPem = {}, .pinnedFingerprint = {}};
    policy.pinnedFingerprint =
        judgeCertificate(issued.certificatePem, policy, absl::Now()).offered.fingerprint;
    policy.caPem = authority.certificatePem;
    QCOMPARE(
        judgeCertificate(issued.certificatePem, policy, absl::Now()).verdict,
        TrustVerdict::Invalid);
}

void TestCertificateCheck::damagedInputIsRefused_data()
{
    QTest::addColumn<QByteArray>("chain");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("hello");
    QTest::newRow("damaged body") << QByteArray(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    QTest::newRow("zeros") << QByteArray(1000, '\0');
}

void TestCertificateCheck::damagedInputIsRefused()
{
    QFETCH(QByteArray, chain);
    const auto decision = judgeCertificate(
        chain.toStdString(), {.host = "h", .caPem = {}, .pinnedFingerprint = {}}, absl::Now());
    QCOMPARE(decision.verdict, TrustVerdict::Invalid);
    QVERIFY(!decision.why.ok());
    QVERIFY(!checkCaPem(chain.toStdString()).ok());
    // A broken CA never lets anything through.
    const Issued issued = makeCertificate({});
    const auto other = judgeCertificate(
        issued.certificatePem,
        {.host = "localhost", .caPem = "not a CA", .pinnedFingerprint = {}},
        absl::Now());
    QCOMPARE(other.verdict, TrustVerdict::Invalid);
}

QTEST_GUILESS_MAIN(TestCertificateCheck)
#include "tst_certificate_check.moc"
