// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/KubernetesApi.h"
#include "server/platform/kubernetes/Objects.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/client_server/CertificateMaker.h"
#include "tests/support/kubernetes/FakeCluster.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::kubernetes;
using pilothouse::test::FakeCluster;

namespace {

constexpr absl::Duration kLimit = absl::Seconds(10);
const std::string kService = "/api/v1/namespaces/shop-space/services/shop";
const std::string kSlices = "/apis/discovery.k8s.io/v1/namespaces/shop-space/endpointslices"
                            "?labelSelector=kubernetes.io%2Fservice-name%3Dshop";

QString said(const absl::Status& status)
{
    return QString::fromStdString(describe(status));
}

void write(const QString& path, const std::string& text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text.data(), static_cast<qint64>(text.size()));
}

/// A kubeconfig with these lines of its cluster and its user.
std::string kubeconfig(const std::string& cluster, const std::string& user)
{
    return "current-context: main\n"
           "contexts:\n"
           "- {name: main, context: {cluster: c, user: u, namespace: shop-space}}\n"
           "- {name: second, context: {cluster: c, user: u}}\n"
           "- {name: lost, context: {cluster: nowhere, user: u}}\n"
           "clusters:\n- name: c\n  cluster:\n    " +
           cluster + "\nusers:\n- name: u\n  user:\n    " + user + "\n";
}

ClusterAccess accessTo(const FakeCluster& cluster)
{
    ClusterAccess access;
    access.server = cluster.url().toStdString();
    return access;
}

} // namespace

class TestKubernetesApi : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKubeconfigSaysWhereAndAsWhom()
    {
        QTemporaryDir folder;
        write(folder.filePath("ca.pem"), "the CA");
        write(folder.filePath("token"), "abc\n");
        write(
            folder.filePath("config"),
            kubeconfig(
                "{server: 'https://10.0.0.1:6443/', certificate-authority: ca.pem}",
                "{client-certificate-data: Y2VydA==, client-key-data: a2V5, tokenFile: token}"));
        const auto access = readKubeconfig(folder.filePath("config").toStdString(), "");
        QVERIFY2(access.ok(), qPrintable(said(access.status())));
        QCOMPARE(access->server, std::string("https://10.0.0.1:6443"));
        QCOMPARE(access->authorities, std::string("the CA"));
        QCOMPARE(access->clientCertificate, std::string("cert"));
        QCOMPARE(access->clientKey, std::string("key"));
        QCOMPARE(access->tokenFile.string(), folder.filePath("token").toStdString());
        QCOMPARE(access->nameSpace, std::string("shop-space"));
        const auto second = readKubeconfig(folder.filePath("config").toStdString(), "second");
        QVERIFY(second.ok());
        QCOMPARE(second->nameSpace, std::string("default"));
    }

    void whatCannotBeDoneIsRefused_data()
    {
        QTest::addColumn<QString>("cluster");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("context");
        QTest::addColumn<QString>("says");
        const QString server = "{server: 'https://a'}";
        const QString token = "{token: abc}";
        QTest::newRow("exec") << server << "{exec: {command: aws}}"
                              << ""
                              << "'exec'";
        QTest::newRow("provider") << server << "{auth-provider: {name: x}}"
                                  << ""
                                  << "'auth-provider'";
        QTest::newRow("password") << server << "{username: a, password: b}"
                                  << ""
                                  << "'username'";
        QTest::newRow("impersonation") << server << "{token: a, as: root}"
                                       << ""
                                       << "'as'";
        QTest::newRow("not verified")
            << "{server: 'https://a', insecure-skip-tls-verify: true}" << token << ""
            << "insecure-skip-tls-verify";
        QTest::newRow("proxy") << "{server: 'https://a', proxy-url: 'http://b'}" << token << ""
                               << "'proxy-url'";
        QTest::newRow("in the clear") << "{server: 'http://10.0.0.1'}" << token << ""
                                      << "is not https";
        QTest::newRow("looks like loopback")
            << "{server: 'http://localhost.example.net'}" << token << ""
            << "is not https";
        QTest::newRow("half a certificate") << server << "{client-certificate-data: Y2VydA==}"
                                            << ""
                                            << "go together";
        QTest::newRow("no base64")
            << "{server: 'https://a', certificate-authority-data: '%'}" << token << ""
            << "not base64";
        QTest::newRow("no file") << "{server: 'https://a', certificate-authority: gone.pem}"
                                 << token << ""
                                 << "gone.pem";
        QTest::newRow("no such context") << server << token << "third"
                                         << "no context 'third'";
        QTest::newRow("no such cluster") << server << token << "lost"
                                         << "no cluster 'nowhere'";
    }

    void whatCannotBeDoneIsRefused()
    {
        QFETCH(QString, cluster);
        QFETCH(QString, user);
        QFETCH(QString, context);
        QFETCH(QString, says);
        const auto access = parseKubeconfig(
            kubeconfig(cluster.toStdString(), user.toStdString()), context.toStdString(), "/tmp");
        QVERIFY(!access.ok());
        QVERIFY2(said(access.status()).contains(says), qPrintable(said(access.status())));
    }

    void whatIsNoKubeconfigIsRefused()
    {
        for (const char* text : {"", "- a\n- b", "a: [", "contexts: 3", "current-context: [a]"}) {
            QVERIFY(!parseKubeconfig(text, "", "/tmp").ok());
        }
    }

    void aPodFindsItsAccount()
    {
        QTemporaryDir folder;
        write(folder.filePath("ca.crt"), "the CA");
        write(folder.filePath("namespace"), "shop-space\n");
        qunsetenv("KUBERNETES_SERVICE_HOST");
        QVERIFY(absl::IsFailedPrecondition(accessOfPod(folder.path().toStdString()).status()));
        qputenv("KUBERNETES_SERVICE_HOST", "fd00::1");
        qputenv("KUBERNETES_SERVICE_PORT", "443");
        const auto access = accessOfPod(folder.path().toStdString());
        qunsetenv("KUBERNETES_SERVICE_HOST");
        QVERIFY2(access.ok(), qPrintable(said(access.status())));
        QCOMPARE(access->server, std::string("https://[fd00::1]:443"));
        QCOMPARE(access->nameSpace, std::string("shop-space"));
        QCOMPARE(access->tokenFile.string(), folder.filePath("token").toStdString());
    }

    void refusalsAreTold_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("status");
        const auto row = [](const char* name, int code, absl::StatusCode status) {
            QTest::newRow(name) << code << static_cast<int>(status);
        };
        row("bad request", 400, absl::StatusCode::kFailedPrecondition);
        row("unauthorized", 401, absl::StatusCode::kUnauthenticated);
        row("forbidden", 403, absl::StatusCode::kPermissionDenied);
        row("not found", 404, absl::StatusCode::kNotFound);
        row("conflict", 409, absl::StatusCode::kAborted);
        row("gone", 410, absl::StatusCode::kAborted);
        row("media type", 415, absl::StatusCode::kFailedPrecondition);
        row("unprocessable", 422, absl::StatusCode::kAborted);
        row("too many", 429, absl::StatusCode::kResourceExhausted);
        row("trouble", 503, absl::StatusCode::kUnavailable);
    }

    void refusalsAreTold()
    {
        QFETCH(int, code);
        QFETCH(int, status);
        FakeCluster cluster;
        cluster.fail("services/shop", code, 1);
        const KubernetesApi api(accessTo(cluster));
        const auto answer = api.get(kService, kLimit);
        QCOMPARE(static_cast<int>(answer.status().code()), status);
        QVERIFY(said(answer.status()).contains("the test wants it so"));
        if (code == 429) {
            QCOMPARE(
                retryDelayOf(answer.status()).value_or(absl::ZeroDuration()), absl::Seconds(1));
        }
        // The connection is in order all the same.
        QVERIFY(api.get(kService, kLimit).ok());
    }

    void aTokenThatWasRenewedIsReadAgain()
    {
        QTemporaryDir folder;
        write(folder.filePath("token"), "old\n");
        FakeCluster cluster;
        cluster.setToken("old");
        ClusterAccess access = accessTo(cluster);
        access.tokenFile = folder.filePath("token").toStdString();
        const KubernetesApi api(access);
        QVERIFY(api.get(kService, kLimit).ok());
        cluster.setToken("new");
        QVERIFY(absl::IsUnauthenticated(api.get(kService, kLimit).status()));
        write(folder.filePath("token"), "new\n");
        QVERIFY(api.get(kService, kLimit).ok());
    }

    void certificatesAreChecked()
    {
        const test::Issued own = test::makeCertificate({.commonName = "CA", .isAuthority = true});
        const test::Issued other = test::makeCertificate({.commonName = "X", .isAuthority = true});
        const test::Issued server =
            test::makeCertificate({.alternativeNames = "IP:127.0.0.1", .issuer = &own});
        const test::Issued client = test::makeCertificate({.commonName = "ops", .issuer = &own});
        FakeCluster cluster({server.certificatePem, server.keyPem, own.certificatePem});
        ClusterAccess access = accessTo(cluster);
        access.authorities = own.certificatePem;
        QVERIFY(absl::IsUnavailable(KubernetesApi(access).get(kService, kLimit).status()));
        access.clientCertificate = client.certificatePem;
        access.clientKey = client.keyPem;
        const auto answer = KubernetesApi(access).get(kService, kLimit);
        QVERIFY2(answer.ok(), qPrintable(said(answer.status())));
        access.authorities = other.certificatePem;
        QVERIFY(absl::IsUnavailable(KubernetesApi(access).get(kService, kLimit).status()));
    }

    void aPatchGoesOutAsWhatItIs()
    {
        FakeCluster cluster;
        const KubernetesApi api(accessTo(cluster));
        const auto merged = api.patch(
            kService,
            KubernetesApi::Patch::Merge,
            R"({"spec":{"selector":{"colour":"green"}}})",
            kLimit);
        QVERIFY2(merged.ok(), qPrintable(said(merged.status())));
        QCOMPARE(parseService(*merged)->selector.at("colour"), std::string("green"));
        const auto stale = api.patch(
            kService,
            KubernetesApi::Patch::Merge,
            R"({"metadata":{"resourceVersion":"1"},"spec":{"selector":{"colour":"blue"}}})",
            kLimit);
        QVERIFY(absl::IsAborted(stale.status()));
        const auto tested = api.patch(
            kService,
            KubernetesApi::Patch::Json,
            R"([{"op":"test","path":"/spec/selector/colour","value":"blue"},
                {"op":"replace","path":"/spec/selector/colour","value":"blue"}])",
            kLimit);
        QVERIFY(absl::IsAborted(tested.status()));
        QCOMPARE(
            cluster.with([](auto& objects) { return objects.selected("shop"); }),
            std::string("green"));
    }

    void aWatchSeesWhatChanges()
    {
        FakeCluster cluster;
        const KubernetesApi api(accessTo(cluster));
        int lines = 0;
        const absl::Status watched =
            api.watch(kSlices + "&watch=true", kLimit, [&](std::string_view line) {
                const auto event = parseEndpointSliceEvent(line);
                if (++lines == 1) {
                    cluster.with([](auto& objects) { objects.select("shop", "green"); });
                }
                return event->slice.endpoints.front().pod != "shop-green-r1-0";
            });
        QVERIFY2(watched.ok(), qPrintable(said(watched)));
        QVERIFY(lines >= 2);
        cluster.setDropsWatches(true);
        const absl::Status dropped =
            api.watch(kSlices + "&watch=true", kLimit, [](std::string_view) { return true; });
        QVERIFY(absl::IsUnavailable(dropped));
        cluster.setDropsWatches(false);
        QVERIFY(absl::IsDeadlineExceeded(
            api.watch(kSlices + "&watch=true", absl::Milliseconds(50), [](std::string_view) {
                return true;
            })));
    }

    void nobodyThereIsTold()
    {
        FakeCluster cluster;
        const KubernetesApi api(accessTo(cluster));
        QVERIFY(api.get(kService, kLimit).ok());
        cluster.stop();
        const auto answer = api.get(kService, kLimit);
        QVERIFY(absl::IsUnavailable(answer.status()));
        QVERIFY(said(answer.status()).contains(cluster.url()));
    }

    void aDeploymentIsReadAsItsControllersLeaveIt()
    {
        const auto whole = parseDeployment(
            R"({"kind":"Deployment","metadata":{"resourceVersion":"7"},"spec":{"replicas":3},
                "status":{"readyReplicas":2}})");
        QVERIFY(whole.ok());
        QCOMPARE(whole->resourceVersion, std::string("7"));
        QCOMPARE(whole->wanted, 3);
        QCOMPARE(whole->ready, 2);
        const auto bare = parseDeployment(R"({"kind":"Deployment"})");
        QVERIFY(bare.ok());
        QCOMPARE(bare->wanted, 1);
        QCOMPARE(bare->ready, 0);
        const auto stopped = parseDeployment(R"({"kind":"Deployment","spec":{"replicas":0}})");
        QCOMPARE(stopped->wanted, 0);
        const auto scalers = parseAutoscalers(
            R"({"kind":"HorizontalPodAutoscalerList","items":[{"metadata":{"name":"a"},
                "spec":{"scaleTargetRef":{"kind":"Deployment","name":"b"}}},7]})");
        QVERIFY(scalers.ok());
        QCOMPARE(scalers->size(), std::size_t{2});
        QCOMPARE(scalers->front().targetName, std::string("b"));
    }

    void objectsOfAnotherKindAreRefused()
    {
        for (const char* body :
             {"", "[]", "{}", "{\"kind\":\"Pod\"}", "{\"kind\":3}", "nonsense"}) {
            QVERIFY(!parseService(body).ok());
            QVERIFY(!parsePods(body).ok());
            QVERIFY(!parseEndpointSlices(body).ok());
            QVERIFY(!parseScale(body).ok());
            QVERIFY(!parseDeployment(body).ok());
            QVERIFY(!parseAutoscalers(body).ok());
        }
        const auto odd = parsePods(
            R"({"kind":"PodList","items":[3,{"metadata":{"labels":[]},"status":{"conditions":{},
                "containerStatuses":[{"restartCount":-1},{"restartCount":1e99}]}}]})");
        QVERIFY(odd.ok());
        QCOMPARE(odd->size(), std::size_t{2});
        QCOMPARE(odd->back().restarts, 0);
        QCOMPARE(QString::fromStdString(failureMessage("\x1b[31mred\n")), QString(" [31mred "));
    }
};

QTEST_GUILESS_MAIN(TestKubernetesApi)
#include "tst_kubernetes_api.moc"
