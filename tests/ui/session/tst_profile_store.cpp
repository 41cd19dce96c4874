// SPDX-License-Identifier: Apache-2.0
#include "ui/session/Address.h"
#include "ui/session/ProfileStore.h"

#include "shared/base/StatusHelpers.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;

namespace {

void writeFile(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

QByteArray readFile(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

ui::ConnectionProfile profileOf(const QString& name)
{
    ui::ConnectionProfile profile;
    profile.name = name;
    profile.address = QStringLiteral("ops.example.net:7443");
    profile.environment = system::Environment::Staging;
    return profile;
}

constexpr const char* kPolicy = R"({"format": "pilothouse-connections-1", "connections": [
    {"id": "m1", "name": "Managed", "environment": "production", "address": "prod.example.net:7443",
     "ca_file": "/etc/pilothouse/ca.pem", "key_of_a_newer_console": 1}]})";

} // namespace

class ProfileStoreTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void profilesSurviveARestart();
    void badFileIsKeptBesideAndSaysWhere_data();
    void badFileIsKeptBesideAndSaysWhere();
    void managedProfilesComeFirstAndCannotBeChanged();
    void exportHoldsNoManagedProfileAndImportNoPin();
    void unwritableFolderIsReported();
    void addresses_data();
    void addresses();

private:
    QString path(const QString& name) const { return m_folder->filePath(name); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void ProfileStoreTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void ProfileStoreTest::profilesSurviveARestart()
{
    const QString file = path(QStringLiteral("new/folder/connections.json"));
    QString id;
    auto profile = profileOf(QStringLiteral("Zürich ☂"));
    profile.folder = QStringLiteral("eu");
    profile.user = QStringLiteral("dana");
    profile.lastUsed = QDateTime::fromMSecsSinceEpoch(1'700'000'000'123, Qt::UTC);
    {
        ui::ProfileStore store(file, QString());
        QVERIFY(store.load().ok());
        QSignalSpy changes(&store, &ui::ProfileStore::changed);
        const auto saved = store.save(profile);
        QVERIFY(saved.ok());
        id = *saved;
        QCOMPARE(changes.count(), 1);
        QVERIFY(store.save(profileOf(QStringLiteral("other"))).ok());
    }
    ui::ProfileStore store(file, QString());
    QVERIFY(store.load().ok());
    QCOMPARE(store.profiles().size(), std::size_t(2));
    profile.id = id;
    QVERIFY(*store.find(id) == profile);
    QCOMPARE(store.find(QStringLiteral("other"))->name, QStringLiteral("other"));
    QVERIFY(store.remove(id).ok());
    QCOMPARE(store.remove(id).code(), absl::StatusCode::kNotFound);
    ui::ProfileStore again(file, QString());
    QVERIFY(again.load().ok());
    QCOMPARE(again.profiles().size(), std::size_t(1));
}

void ProfileStoreTest::badFileIsKeptBesideAndSaysWhere_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const char* content, const char* message) {
        QTest::newRow(name) << QByteArray(content) << QString::fromUtf8(message);
    };
    row("truncated", R"({"format": "pilothouse-conn)", "not valid JSON at byte");
    row("empty", "", "not valid JSON");
    row("other format", R"({"format": "x"})", "its format is 'x'");
    row("no list", R"({"format": "pilothouse-connections-1"})", "'connections' is not a list");
    row("bad environment",
        R"({"format": "pilothouse-connections-1", "connections": [
            {"name": "a", "environment": "prod", "address": "h:1"}]})",
        "connection 1: 'environment' is 'prod'");
    row("bad address",
        R"({"format": "pilothouse-connections-1", "connections": [
            {"name": "a", "environment": "test", "address": "h"}]})",
        "connection 1: 'address': the port is missing");
    row("wrong type",
        R"({"format": "pilothouse-connections-1", "connections": [
            {"name": 7, "environment": "test", "address": "h:1"}]})",
        "'name' is not a text");
    row("id twice",
        R"({"format": "pilothouse-connections-1", "connections": [
            {"id": "1", "name": "a", "environment": "test", "address": "h:1"},
            {"id": "1", "name": "b", "environment": "test", "address": "h:1"}]})",
        "connection 2: its id is used twice");
    row("binary", "\xff\xfe\x01", "not valid JSON");
}

void ProfileStoreTest::badFileIsKeptBesideAndSaysWhere()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, message);
    const QString file = path(QStringLiteral("connections.json"));
    writeFile(file, content);
    ui::ProfileStore store(file, QString());
    const absl::Status status = store.load();
    QVERIFY(!status.ok());
    const QString text = QString::fromStdString(describe(status));
    QVERIFY2(text.contains(message), qPrintable(text));
    const QStringList kept = QDir(m_folder->path()).entryList({QStringLiteral("*.bad-*")});
    QCOMPARE(kept.size(), 1);
    QVERIFY(text.contains(kept.front()));
    QCOMPARE(readFile(path(kept.front())), content);
    QVERIFY(store.save(profileOf(QStringLiteral("new"))).ok());
    QVERIFY(ui::ProfileStore(file, QString()).load().ok());
}

void ProfileStoreTest::managedProfilesComeFirstAndCannotBeChanged()
{
    const QString policy = path(QStringLiteral("policy.json"));
    writeFile(policy, kPolicy);
    const QString file = path(QStringLiteral("connections.json"));
    ui::ProfileStore store(file, policy);
    QVERIFY(store.load().ok());
    QVERIFY(store.save(profileOf(QStringLiteral("own"))).ok());
    QCOMPARE(store.profiles().size(), std::size_t(2));
    auto managed = store.profiles().front();
    QVERIFY(managed.isManaged);
    managed.address = QStringLiteral("evil.example.net:1");
    QCOMPARE(store.save(managed).status().code(), absl::StatusCode::kPermissionDenied);
    QCOMPARE(store.remove(managed.id).code(), absl::StatusCode::kPermissionDenied);
    QVERIFY(!readFile(file).contains("Managed"));
    // An own profile cannot shadow a managed one by taking its id.
    writeFile(file, QByteArray(kPolicy).replace("Managed", "Shadow"));
    ui::ProfileStore again(file, policy);
    QVERIFY(again.load().ok());
    QCOMPARE(again.find(QStringLiteral("m1"))->name, QStringLiteral("Managed"));
}

void ProfileStoreTest::exportHoldsNoManagedProfileAndImportNoPin()
{
    const QString policy = path(QStringLiteral("policy.json"));
    writeFile(policy, kPolicy);
    ui::ProfileStore store(path(QStringLiteral("a.json")), policy);
    QVERIFY(store.load().ok());
    auto own = profileOf(QStringLiteral("own"));
    own.pinnedFingerprint = QString(64, QLatin1Char('a'));
    QVERIFY(store.save(own).ok());
    const QString file = path(QStringLiteral("export.json"));
    QVERIFY(store.exportTo(file).ok());
    ui::ProfileStore other(path(QStringLiteral("b.json")), QString());
    QVERIFY(other.load().ok());
    const auto count = other.importFrom(file);
    QVERIFY(count.ok());
    QCOMPARE(*count, 1);
    QCOMPARE(other.profiles().front().name, QStringLiteral("own"));
    QVERIFY(other.profiles().front().pinnedFingerprint.isEmpty());
    QVERIFY(!other.importFrom(path(QStringLiteral("absent.json"))).ok());
    QCOMPARE(other.profiles().size(), std::size_t(1));
}

void ProfileStoreTest::unwritableFolderIsReported()
{
    // A file where the folder should be cannot become a folder, for root too.
    writeFile(path(QStringLiteral("file")), "x");
    ui::ProfileStore store(path(QStringLiteral("file/connections.json")), QString());
    QVERIFY(store.load().ok());
    const auto saved = store.save(profileOf(QStringLiteral("own")));
    QCOMPARE(saved.status().code(), absl::StatusCode::kUnavailable);
    QVERIFY(!hintOf(saved.status()).empty());
}

void ProfileStoreTest::addresses_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("valid");
    const auto row = [](const char* address, bool valid) {
        QTest::newRow(address) << QString::fromUtf8(address) << valid;
    };
    row("ops.example.net:7443", true);
    row("127.0.0.1:1", true);
    row("[::1]:7443", true);
    row("[fe80::1%eth0]:7443", true);
    row("unix:/run/pilothouse/pilothouse.sock", true);
    row("", false);
    row("ops.example.net", false);
    row("ops.example.net:0", false);
    row("ops.example.net:65536", false);
    row("ops.example.net:99999999999999999999", false);
    row(":7443", false);
    row("::1:7443", false);
    row("host name:1", false);
    row("https://ops:7443", false);
    row("unix:relative.sock", false);
}

void ProfileStoreTest::addresses()
{
    QFETCH(QString, address);
    QFETCH(bool, valid);
    QCOMPARE(ui::checkAddress(address).ok(), valid);
}

QTEST_GUILESS_MAIN(ProfileStoreTest)
#include "tst_profile_store.moc"
