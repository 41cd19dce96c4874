// SPDX-License-Identifier: Apache-2.0
// Asks our engine and a real Prometheus the same questions over the same samples.
#include "shared/metrics/promql/Engine.h"
#include "tests/integration/promql/AnswerComparison.h"
#include "tests/integration/promql/QueryGenerator.h"
#include "tests/support/promql/PrometheusPeer.h"
#include "tests/support/promql/SampleSeries.h"

#include <QFile>
#include <QTest>

#include <cmath>

namespace pilothouse::test {

using namespace metrics;

class DifferentialTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void handWritten_data();
    void handWritten();
    void generatedInstant_data() { batches(); }
    void generatedInstant();
    void generatedRange_data() { batches(); }
    void generatedRange();

private:
    static constexpr int kBatches = 10;
    static constexpr int kQueriesPerBatch = 200;

    static void batches();
    QString askInstant(const std::string& query, TimestampMs time);
    QString askRange(const std::string& query, const promql::QueryRange& range);
    QString judge(
        const std::string& query,
        const absl::StatusOr<QueryResult>& ours,
        const HttpAnswer& answer,
        Order order);
    void runBatch(int batch, bool isRange);

    PrometheusPeer m_peer;
    HttpProbe m_http;
    promql::RecordedSource m_source;
    promql::Engine m_engine{[] {
        promql::EngineOptions options;
        options.compat = promql::Compat::Prometheus2;
        return options;
    }()};
    int m_failures = 0;
    int m_successes = 0;
};

void DifferentialTest::initTestCase()
{
    if (PrometheusPeer::program().isEmpty()) {
        QSKIP("prometheus is not installed, nothing to compare with");
    }
    const auto series = awkwardSeries();
    fill(m_source, series);
    QVERIFY2(m_peer.start(), qPrintable(m_peer.log()));
    QVERIFY2(m_peer.write(series), qPrintable(m_peer.log()));
}

void DifferentialTest::batches()
{
    QTest::addColumn<int>("batch");
    for (int batch = 0; batch < kBatches; ++batch) {
        QTest::addRow("seed %d", batch) << batch;
    }
}

QString DifferentialTest::judge(
    const std::string& query,
    const absl::StatusOr<QueryResult>& ours,
    const HttpAnswer& answer,
    Order order)
{
    const QJsonObject json = answer.json();
    const bool theyAnswer = json["status"].toString() == QLatin1String("success");
    QString difference;
    if (ours.ok() != theyAnswer) {
        difference = ours.ok() ? QStringLiteral("they fail: ") + json["error"].toString()
                               : QStringLiteral("we fail: ") +
                                     QString::fromStdString(std::string(ours.status().message()));
    } else if (ours.ok()) {
        difference = compareAnswers(*ours, json["data"].toObject(), order);
    }
    (theyAnswer ? m_successes : m_failures) += 1;
    return difference.isEmpty()
               ? QString()
               : QString::fromStdString(query) + QStringLiteral("\n    ") + difference;
}

QString DifferentialTest::askInstant(const std::string& query, TimestampMs time)
{
    const auto answer = m_http.post(
        m_peer.url() + QStringLiteral("/api/v1/query"),
        {{QStringLiteral("query"), QString::fromStdString(query)},
         {QStringLiteral("time"), QString::number(static_cast<double>(time) / 1000, 'f', 3)}});
    const auto expr = m_engine.parse(query);
    const auto ours = expr.ok() ? m_engine.instant(**expr, m_source, time)
                                : absl::StatusOr<QueryResult>(expr.status());
    const bool isOrdered = query.rfind("sort", 0) == 0 || query.rfind("topk(", 0) == 0 ||
                           query.rfind("bottomk(", 0) == 0;
    return judge(query, ours, answer, isOrdered ? Order::Counts : Order::Ignored);
}

QString DifferentialTest::askRange(const std::string& query, const promql::QueryRange& range)
{
    const auto seconds = [](TimestampMs time) {
        return QString::number(static_cast<double>(time) / 1000, 'f', 3);
    };
    const auto answer = m_http.post(
        m_peer.url() + QStringLiteral("/api/v1/query_range"),
        {{QStringLiteral("query"), QString::fromStdString(query)},
         {QStringLiteral("start"), seconds(range.start)},
         {QStringLiteral("end"), seconds(range.end)},
         {QStringLiteral("step"), seconds(range.stepMs)}});
    const auto expr = m_engine.parse(query);
    const auto ours = expr.ok() ? m_engine.range(**expr, m_source, range)
                                : absl::StatusOr<QueryResult>(expr.status());
    return judge(query, ours, answer, Order::Ignored);
}

void DifferentialTest::handWritten_data()
{
    QTest::addColumn<QString>("query");
    QFile file(QStringLiteral(HAND_WRITTEN));
    QVERIFY(file.open(QIODevice::ReadOnly));
    int number = 0;
    for (const auto& line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'))) {
        ++number;
        if (!line.isEmpty() && !line.startsWith(QLatin1String("##"))) {
            QTest::addRow("line %d", number) << line;
        }
    }
}

void DifferentialTest::handWritten()
{
    QFETCH(QString, query);
    const std::string text =
        query.replace(QStringLiteral("\\n"), QStringLiteral("\n")).toStdString();
    for (const int minutes : {0, 3, 20, 33, 59, 63}) {
        const QString difference =
            askInstant(text, kAwkwardStart + minutes * 60000 + (minutes % 2) * 7123);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }
    for (const std::int64_t step : {15000, 61500}) {
        const QString difference =
            askRange(text, {kAwkwardStart - 60000, kAwkwardStart + 66 * 60000, step});
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }
}

void DifferentialTest::runBatch(int batch, bool isRange)
{
    QueryGenerator generator(static_cast<unsigned>(batch + (isRange ? 1000 : 0)));
    std::mt19937 random(static_cast<unsigned>(batch)); // NOLINT: repeatable
    QStringList differences;
    for (int number = 0; number < kQueriesPerBatch; ++number) {
        const std::string query = generator.query();
        const TimestampMs time = kAwkwardStart + static_cast<TimestampMs>(random() % 3900000);
        const QString difference =
            isRange ? askRange(query, {time, time + 20 * 60000, number % 2 == 0 ? 15000 : 43210})
                    : askInstant(query, time);
        if (!difference.isEmpty()) {
            differences += difference;
        }
    }
    QVERIFY2(
        differences.isEmpty(),
        qPrintable(
            QStringLiteral("%1 of %2 queries differ:\n")
                .arg(differences.size())
                .arg(kQueriesPerBatch) +
            differences.join(QLatin1Char('\n'))));
    QVERIFY2(m_successes > m_failures, "most queries fail, so the comparison says little");
}

void DifferentialTest::generatedInstant()
{
    QFETCH(int, batch);
    runBatch(batch, /*isRange=*/false);
}

void DifferentialTest::generatedRange()
{
    QFETCH(int, batch);
    runBatch(batch, /*isRange=*/true);
}

} // namespace pilothouse::test

QTEST_GUILESS_MAIN(pilothouse::test::DifferentialTest)
#include "DifferentialTest.moc"
