// SPDX-License-Identifier: Apache-2.0
// Trust and sign-in of a connection against a scripted TLS server in this process.
#include "shared/base/StatusHelpers.h"
#include "shared/client/MetricsClient.h"
#include "tests/integration/client/ClientProbe.h"
#include "tests/support/Programs.h"
#include "tests/support/client_server/ScriptedServer.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::client;
using namespace pilothouse::test;

namespace {

struct World
{
    explicit World(const CertificateWish& wish = {}) : issued(makeCertificate(wish))
    {
        server.start({.listen = "127.0.0.1:0", .certificate = issued});
    }
    ConnectionOptions options(const std::string& host = "127.0.0.1") const
    {
        ConnectionOptions result;
        result.address = host + ":" + std::to_string(server.port());
        result.token = "good-token";
        return result;
    }
    std::size_t tokensSeen()
    {
        return server.with([](Script& script) { return script.authorizations.size(); });
    }

    Issued issued;
    ScriptedServer server;
};

} // namespace

class TestClientTrust : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unknownCertificateAsksFirst();
    void refusedTrustDisconnects();
    void wrongPinAsksAndSendsNothing();
    void changedCertificateAsksAgain();
    void authorityIsEnough();
    void authorityRefuses_data();
    void authorityRefuses();
    void expiredTokenSignsOut();
    void signsInWithPassword();
    void sessionEndsWhileLive();
    void signsOut();
    void tokenWithBadBytesIsNoToken();
    void otherVersionIsIncompatible();
    void socketNeedsNoTls();
    void badOptionsAreRefused_data();
    void badOptionsAreRefused();
};

void TestClientTrust::unknownCertificateAsksFirst()
{
    World world;
    ClientProbe probe(world.options());
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    const auto offered = probe.status().offered;
    QVERIFY(offered.has_value());
    QCOMPARE(offered->fingerprint.size(), std::size_t(64));
    QCOMPARE(offered->subject, std::string("CN=pilothoused"));
    const std::vector<std::string> names{"DNS:localhost", "IP Address:127.0.0.1"};
    QCOMPARE(offered->subjectAlternativeNames, names);
    QVERIFY(!hintOf(probe.status().error).empty());
    QCOMPARE(world.tokensSeen(), std::size_t(0));

    probe->answerTrust(true);
    QVERIFY(probe.reaches(ConnectionState::Live));
    QCOMPARE(probe->pinnedFingerprint(), offered->fingerprint);
    QCOMPARE(probe.status().identity->who.name, std::string("dana"));
    QTRY_VERIFY(probe.status().roundTrip > absl::ZeroDuration());

    ConnectionOptions known = world.options();
    // As people paste it.
    for (std::size_t index = 0; index < offered->fingerprint.size(); index += 2) {
        known.pinnedFingerprint +=
            (index ? ":" : "") +
            QString::fromStdString(offered->fingerprint.substr(index, 2)).toUpper().toStdString();
    }
    ClientProbe second(known);
    second->connect();
    QVERIFY(second.reaches(ConnectionState::Live));
    QVERIFY(!second.wasIn(ConnectionState::AwaitingTrust));
}

void TestClientTrust::refusedTrustDisconnects()
{
    World world;
    ClientProbe probe(world.options());
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    probe->answerTrust(false);
    QVERIFY(probe.reaches(ConnectionState::Disconnected));
    QCOMPARE(world.tokensSeen(), std::size_t(0));
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
}

void TestClientTrust::wrongPinAsksAndSendsNothing()
{
    World world;
    ConnectionOptions options = world.options();
    options.pinnedFingerprint = std::string(64, 'a');
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    QVERIFY(std::string(probe.status().error.message()).find("changed") != std::string::npos);
    QCOMPARE(world.tokensSeen(), std::size_t(0));
}

void TestClientTrust::changedCertificateAsksAgain()
{
    World world;
    ClientProbe probe(world.options());
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    probe->answerTrust(true);
    QVERIFY(probe.reaches(ConnectionState::Live));

    const int port = world.server.port();
    world.server.stop();
    QVERIFY(probe.reaches(ConnectionState::Reconnecting));
    const std::size_t tokens = world.tokensSeen();
    const std::string listen = "127.0.0.1:" + std::to_string(port);
    QVERIFY(world.server.start({.listen = listen, .certificate = makeCertificate({})}));
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    QVERIFY(std::string(probe.status().error.message()).find("changed") != std::string::npos);
    // Not even a call that waits gets its token through.
    QCOMPARE(world.tokensSeen(), tokens);
}

void TestClientTrust::authorityIsEnough()
{
    const Issued authority = makeCertificate({.commonName = "CA", .isAuthority = true});
    World world({.issuer = &authority});
    for (const char* host : {"127.0.0.1", "localhost"}) {
        ConnectionOptions options = world.options(host);
        options.caPem = authority.certificatePem;
        ClientProbe probe(options);
        probe->connect();
        QVERIFY2(probe.reaches(ConnectionState::Live), describe(probe.status().error).c_str());
        QVERIFY(!probe.wasIn(ConnectionState::AwaitingTrust));
    }
}

void TestClientTrust::authorityRefuses_data()
{
    QTest::addColumn<bool>("foreign");
    QTest::addColumn<QString>("names");
    QTest::addColumn<QString>("complaint");
    QTest::newRow("another CA") << true << "IP:127.0.0.1"
                                << "not signed by the given CA";
    QTest::newRow("another host") << false << "DNS:other.example"
                                  << "is not for '127.0.0.1'";
    QTest::newRow("name that looks like the address") << false << "DNS:127.0.0.1"
                                                      << "is not for";
}

void TestClientTrust::authorityRefuses()
{
    QFETCH(bool, foreign);
    QFETCH(QString, names);
    QFETCH(QString, complaint);
    const Issued authority = makeCertificate({.commonName = "CA", .isAuthority = true});
    const Issued other = makeCertificate({.commonName = "CA", .isAuthority = true});
    World world(
        {.commonName = "127.0.0.1",
         .alternativeNames = names.toStdString(),
         .issuer = foreign ? &other : &authority});
    ConnectionOptions options = world.options();
    options.caPem = authority.certificatePem;
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::Reconnecting));
    const std::string error = describe(probe.status().error);
    QVERIFY2(QString::fromStdString(error).contains(complaint), error.c_str());
    QCOMPARE(world.tokensSeen(), std::size_t(0));
    // There is nothing to answer: a CA cannot be overridden.
    probe->answerTrust(true);
    QVERIFY(!waitUntil([&] { return probe.state() == ConnectionState::Live; }, 1500));
    QCOMPARE(world.tokensSeen(), std::size_t(0));
}

void TestClientTrust::expiredTokenSignsOut()
{
    World world;
    ConnectionOptions options = world.options();
    options.token = "old";
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    probe->answerTrust(true);
    QVERIFY(probe.reaches(ConnectionState::SignedOut));
    QCOMPARE(std::string(probe.status().error.message()), std::string("session expired"));
    const std::size_t tries = world.tokensSeen();
    // Expired credentials are not tried again by themselves.
    QVERIFY(!waitUntil([&] { return world.tokensSeen() > tries; }, 1200));

    Received<absl::Status> answers;
    const auto call =
        probe->metrics().listTargets([&](const auto& targets) { answers.add(targets.status()); });
    QTRY_COMPARE(answers.count(), std::size_t(1));
    QVERIFY(absl::IsUnauthenticated(answers.all().front()));
}

void TestClientTrust::signsInWithPassword()
{
    World world;
    ConnectionOptions options = world.options();
    options.token.clear();
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    probe->answerTrust(true);
    QVERIFY(probe.reaches(ConnectionState::SignedOut));
    QCOMPARE(world.tokensSeen(), std::size_t(0));

    Received<absl::StatusOr<access::SignedIn>> answers;
    const auto collect = [&](absl::StatusOr<access::SignedIn> answer) {
        answers.add(std::move(answer));
    };
    probe->signIn("dana", "wrong", collect);
    QTRY_COMPARE(answers.count(), std::size_t(1));
    QVERIFY(absl::IsUnauthenticated(answers.all()[0].status()));
    QVERIFY(probe.reaches(ConnectionState::SignedOut));
    QCOMPARE(std::string(probe.status().error.message()), std::string("wrong name or password"));

    probe->signIn("dana", "correct horse", collect);
    QVERIFY(probe.reaches(ConnectionState::Live));
    QTRY_COMPARE(answers.count(), std::size_t(2));
    QCOMPARE(answers.all()[1]->token, std::string("good-token"));

    probe->signIn("dana", "correct horse", collect);
    QTRY_COMPARE(answers.count(), std::size_t(3));
    QVERIFY(absl::IsFailedPrecondition(answers.all()[2].status()));
    QCOMPARE(probe.state(), ConnectionState::Live);
}

void TestClientTrust::sessionEndsWhileLive()
{
    World world;
    ClientProbe probe(world.options());
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    probe->answerTrust(true);
    QVERIFY(probe.reaches(ConnectionState::Live));
    Received<metrics::LiveQueryUpdate> updates;
    const auto watch = probe->metrics().watchQuery(
        {"up"}, [&](metrics::LiveQueryUpdate update) { updates.add(std::move(update)); }, {});
    QTRY_VERIFY(updates.count() >= 2);
    world.server.with([](Script& script) { return script.queryDelayMs = 20000; });
    Received<absl::Status> underWay;
    const auto slow = probe->metrics().query(
        "1", absl::InfinitePast(), [&](const auto& result) { underWay.add(result.status()); });

    world.server.with([](Script& script) {
        script.token = "rotated";
        return 0;
    });
    Received<absl::Status> answers;
    const auto call =
        probe->metrics().listTargets([&](const auto& targets) { answers.add(targets.status()); });
    QVERIFY(probe.reaches(ConnectionState::SignedOut));
    QTRY_COMPARE(answers.count(), std::size_t(1));
    QVERIFY(absl::IsUnauthenticated(answers.all().front()));
    // What was under way is told the same, not that somebody cancelled it.
    QTRY_COMPARE(underWay.count(), std::size_t(1));
    QVERIFY2(
        absl::IsUnauthenticated(underWay.all().front()), describe(underWay.all().front()).c_str());

    // After a new sign-in the stream goes on by itself.
    probe->signIn("dana", "correct horse", [](const auto&) {});
    QVERIFY(probe.reaches(ConnectionState::Live));
    const std::size_t before = updates.count();
    QTRY_VERIFY(updates.count() > before + 1);
}

void TestClientTrust::signsOut()
{
    World world;
    ClientProbe probe(world.options());
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    probe->answerTrust(true);
    QVERIFY(probe.reaches(ConnectionState::Live));
    probe->signOut();
    QVERIFY(probe.reaches(ConnectionState::SignedOut));
    QVERIFY(probe.status().error.ok());
    QVERIFY(!probe.status().identity.has_value());
}

void TestClientTrust::tokenWithBadBytesIsNoToken()
{
    World world;
    ConnectionOptions options = world.options();
    options.token = std::string("bad\r\nx: y\0z", 11);
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    probe->answerTrust(true);
    QVERIFY(probe.reaches(ConnectionState::SignedOut));
    QCOMPARE(world.tokensSeen(), std::size_t(0));
}

void TestClientTrust::otherVersionIsIncompatible()
{
    World world;
    world.server.with([](Script& script) { return script.apiMajor = 7; });
    ClientProbe probe(world.options());
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    probe->answerTrust(true);
    QVERIFY(probe.reaches(ConnectionState::Incompatible));
    QVERIFY(describe(probe.status().error).find("2.4 or newer") != std::string::npos);
    QCOMPARE(world.tokensSeen(), std::size_t(0));
    world.server.with([](Script& script) { return script.apiMajor = 1; });
    probe->retryNow();
    QVERIFY(probe.reaches(ConnectionState::Live));
}

void TestClientTrust::socketNeedsNoTls()
{
    const std::string folder = makeWorkFolder().toStdString();
    ScriptedServer server;
    server.with([](Script& script) { return script.trustsEveryone = true; });
    QVERIFY(server.start({.listen = "unix:" + folder + "/p.sock", .certificate = std::nullopt}));
    ConnectionOptions options;
    options.address = "unix:" + folder + "/p.sock";
    ClientProbe probe(options);
    probe->connect();
    QVERIFY2(probe.reaches(ConnectionState::Live), describe(probe.status().error).c_str());
    QVERIFY(probe->pinnedFingerprint().empty());
}

void TestClientTrust::badOptionsAreRefused_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("ca");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("certificate");
    const auto text = [](const std::string& pem) { return QString::fromStdString(pem); };
    const Issued one = makeCertificate({});
    const Issued other = makeCertificate({});
    QTest::newRow("no address") << QString() << QString() << QString() << QString();
    QTest::newRow("bad port") << "localhost:99999" << QString() << QString() << QString();
    QTest::newRow("CA is no PEM") << "localhost:1"
                                  << "hello" << QString() << QString();
    QTest::newRow("key without certificate")
        << "localhost:1" << QString() << text(one.keyPem) << QString();
    QTest::newRow("certificate without key")
        << "localhost:1" << QString() << QString() << text(one.certificatePem);
    QTest::newRow("certificate is no PEM")
        << "localhost:1" << QString() << text(one.keyPem) << "hello";
    QTest::newRow("key is no PEM")
        << "localhost:1" << QString() << "hello" << text(one.certificatePem);
    QTest::newRow("key of another certificate")
        << "localhost:1" << QString() << text(other.keyPem) << text(one.certificatePem);
}

void TestClientTrust::badOptionsAreRefused()
{
    QFETCH(QString, address);
    QFETCH(QString, ca);
    QFETCH(QString, key);
    QFETCH(QString, certificate);
    ConnectionOptions options;
    options.address = address.toStdString();
    options.caPem = ca.toStdString();
    options.clientKeyPem = key.toStdString();
    options.clientCertificatePem = certificate.toStdString();
    ClientProbe probe(options);
    probe->connect();
    QTRY_VERIFY(absl::IsInvalidArgument(probe.status().error));
    QCOMPARE(probe.state(), ConnectionState::Disconnected);
    QVERIFY(!hintOf(probe.status().error).empty());
}

QTEST_GUILESS_MAIN(TestClientTrust)
#include "tst_client_trust.moc"
