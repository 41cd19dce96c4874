// SPDX-License-Identifier: Apache-2.0
#include "server/platform/crypto/Certificates.h"
#include "server/platform/crypto/OpenSsl.h"
#include "server/platform/crypto/PasswordHasher.h"
#include "server/platform/crypto/Random.h"

#include <absl/time/clock.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace pilothouse;

namespace {

class FakeClock final : public Clock
{
public:
    absl::Time now() const override { return time; }
    absl::Duration monotonic() const override { return time - absl::UnixEpoch(); }
    absl::Time time = absl::Now();
};

} // namespace

class TstCrypto : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(platform::initCrypto()); }

    void tokensAreLongAndDifferent()
    {
        std::set<std::string> seen;
        for (int index = 0; index < 1000; ++index) {
            const std::string token = platform::newToken();
            QCOMPARE(token.size(), std::size_t{43});
            QVERIFY(token.find_first_of("+/= ") == std::string::npos);
            QVERIFY(seen.insert(token).second);
        }
        QCOMPARE(platform::hashToken("a").size(), std::size_t{32});
        QVERIFY(platform::hashToken("a") != platform::hashToken("b"));
        QVERIFY(platform::equalSecrets("abc", "abc"));
        QVERIFY(!platform::equalSecrets("abc", "abd"));
        QVERIFY(!platform::equalSecrets("abc", "abcd"));
    }

    void passwordsAreHashedWithArgon2id()
    {
        const platform::PasswordHasher hasher;
        const auto hash = hasher.hash("correct horse battery");
        QVERIFY(hash.ok());
        QVERIFY(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        QVERIFY(hasher.verify(*hash, "correct horse battery"));
        QVERIFY(!hasher.verify(*hash, "correct horse batterz"));
        QVERIFY(!hasher.verify(*hash, ""));
        QVERIFY(*hash != *hasher.hash("correct horse battery"));
        QVERIFY(!hasher.verify("not a hash", "x"));
        QVERIFY(!hasher.verify(hasher.decoy(), "xxxxxxxxxx "));
    }

    void weakPasswordsAreRefused_data()
    {
        QTest::addColumn<QString>("password");
        QTest::addColumn<bool>("isGood");
        QTest::newRow("short") << "a1b2c3d4e" << false;
        QTest::newRow("ten") << "a1b2c3d4e5" << true;
        QTest::newRow("same letter") << "aaaaaaaaaaaaaaa" << false;
        QTest::newRow("the name") << "dana.smith-1" << false;
        QTest::newRow("endless") << QString(2000, QLatin1Char('x')) << false;
    }

    void weakPasswordsAreRefused()
    {
        QFETCH(QString, password);
        QFETCH(bool, isGood);
        QCOMPARE(
            platform::checkPasswordStrength(password.toStdString(), "dana.smith-1").ok(), isGood);
    }

    void certificatesAreMadeOnceAndRenewedInTime()
    {
        const QTemporaryDir folder;
        FakeClock clock;
        const std::filesystem::path path = folder.filePath(QStringLiteral("tls")).toStdString();
        const auto files = platform::ensureCertificates(path, clock);
        QVERIFY2(files.ok(), files.status().ToString().c_str());
        const auto first = platform::fingerprintOf(files->certificate);
        QVERIFY(first.ok());
        QCOMPARE(first->size(), std::size_t{64});
        QVERIFY(platform::checkCertificate(files->certificate, files->key, clock).ok());

        clock.time += absl::Hours(24 * 690);
        QVERIFY(platform::ensureCertificates(path, clock).ok());
        QCOMPARE(*platform::fingerprintOf(files->certificate), *first);

        const auto ca = platform::fingerprintOf(files->ca);
        clock.time += absl::Hours(24 * 20); // less than 30 days to go
        QVERIFY(platform::ensureCertificates(path, clock).ok());
        QVERIFY(*platform::fingerprintOf(files->certificate) != *first);
        QCOMPARE(*platform::fingerprintOf(files->ca), *ca);
    }

    void aDamagedCertificateIsMadeAnew()
    {
        const QTemporaryDir folder;
        FakeClock clock;
        const std::filesystem::path path = folder.filePath(QStringLiteral("tls")).toStdString();
        const auto files = platform::ensureCertificates(path, clock);
        QVERIFY(files.ok());
        QFile file(QString::fromStdString(files->certificate.string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("rubbish");
        file.close();
        QVERIFY(!platform::checkCertificate(files->certificate, files->key, clock).ok());
        QVERIFY(platform::ensureCertificates(path, clock).ok());
        QVERIFY(platform::checkCertificate(files->certificate, files->key, clock).ok());
    }

    void aForeignKeyIsRefused()
    {
        const QTemporaryDir folder;
        FakeClock clock;
        const auto one = platform::ensureCertificates(
            folder.filePath(QStringLiteral("one")).toStdString(), clock);
        const auto two = platform::ensureCertificates(
            folder.filePath(QStringLiteral("two")).toStdString(), clock);
        QVERIFY(one.ok() && two.ok());
        QVERIFY(!platform::checkCertificate(one->certificate, two->key, clock).ok());
        QVERIFY(!platform::checkCertificate("/nowhere.pem", two->key, clock).ok());
    }
};

QTEST_APPLESS_MAIN(TstCrypto)
#include "tst_crypto.moc"
