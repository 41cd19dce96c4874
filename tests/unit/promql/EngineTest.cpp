// SPDX-License-Identifier: Apache-2.0
// The engine over recorded samples: the tables of cases/, limits, cancellation, standing queries.
#include "shared/metrics/promql/Engine.h"
#include "shared/metrics/promql/PreparedQuery.h"
#include "tests/unit/promql/CaseFile.h"

#include <QDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>

Q_DECLARE_METATYPE(pilothouse::test::Case)

namespace pilothouse::test {

using namespace metrics;
using promql::Engine;
using promql::EngineOptions;

namespace {

/// Advances by one millisecond at every look.
class TickingClock final : public Clock
{
public:
    absl::Time now() const override { return absl::UnixEpoch(); }
    absl::Duration monotonic() const override { return absl::Milliseconds(++m_looks); }

private:
    mutable std::atomic<int> m_looks{0};
};

bool isSame(double left, double right)
{
    return std::isnan(left) ? std::isnan(right)
                            : left == right || std::abs(left - right) <= 1e-12 * std::abs(left);
}

QString text(const Matrix& matrix)
{
    QString out;
    for (const auto& series : matrix) {
        out += QLatin1String("\n    ") + QString::fromStdString(series.labels.toString());
        for (std::size_t index = 0; index < series.values.size(); ++index) {
            out += QStringLiteral(" %1@%2").arg(series.values[index]).arg(series.times[index]);
        }
    }
    return out;
}

bool isSame(const Matrix& left, const Matrix& right)
{
    return std::equal(
        left.begin(), left.end(), right.begin(), right.end(), [](const auto& a, const auto& b) {
            return a.labels == b.labels && a.times == b.times &&
                   std::equal(
                       a.values.begin(),
                       a.values.end(),
                       b.values.begin(),
                       b.values.end(),
                       [](double x, double y) { return isSame(x, y); });
        });
}

void sortByLabels(Matrix& matrix)
{
    std::sort(matrix.begin(), matrix.end(), [](const auto& left, const auto& right) {
        return left.labels < right.labels;
    });
}

Matrix matrixOf(const QueryResult& result)
{
    if (const auto* vector = std::get_if<Vector>(&result.value)) {
        Matrix matrix;
        for (const auto& sample : *vector) {
            matrix.push_back({sample.labels, {sample.sample.time}, {sample.sample.value}});
        }
        return matrix;
    }
    return std::get<Matrix>(result.value);
}

promql::RecordedSource manySeries(int count)
{
    promql::RecordedSource source;
    for (int index = 0; index < count; ++index) {
        const Labels labels{{"__name__", "many"}, {"id", std::to_string(index)}};
        for (int second = 0; second < 60; ++second) {
            source.append(labels, Sample{second * 1000, static_cast<double>(second * index)});
        }
    }
    return source;
}

absl::StatusOr<QueryResult> ask(
    const Engine& engine, const SampleSource& source, const std::string& query)
{
    const auto expr = engine.parse(query);
    return expr.ok() ? engine.instant(**expr, source, 59000) : expr.status();
}

} // namespace

class EngineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void tooManySamples_data();
    void tooManySamples();
    void budgetIsGivenBack();
    void timeoutEndsAQuery();
    void timeoutEndsALongSeries_data();
    void timeoutEndsALongSeries();
    void stopEndsAQuery();
    void rangeLimits_data();
    void rangeLimits();
    void extremeTimesAreRefused();
    void standingQuerySeesNewSeriesAndSamples();
    void standingQueryAnswersLikeAFreshOne_data();
    void standingQueryAnswersLikeAFreshOne();
};

void EngineTest::answers_data()
{
    QTest::addColumn<Case>("one");
    const QDir folder(QStringLiteral(CASES));
    for (const auto& name : folder.entryList({QStringLiteral("*.txt")})) {
        for (const auto& one : readCases(folder.filePath(name))) {
            QTest::addRow("%s:%d %s", qPrintable(name), one.line, one.query.c_str()) << one;
        }
    }
}

void EngineTest::answers()
{
    QFETCH(Case, one);
    const Engine engine;
    const auto expr = engine.parse(one.query);
    QVERIFY2(expr.ok(), std::string(expr.status().message()).c_str());
    const auto result = one.step > 0
                            ? engine.range(**expr, *one.source, {one.start, one.end, one.step})
                            : engine.instant(**expr, *one.source, one.start);
    if (!one.failure.empty()) {
        QVERIFY2(!result.ok(), "it did not fail");
        const std::string message(result.status().message());
        QVERIFY2(message.find(one.failure) != std::string::npos, message.c_str());
        QCOMPARE(result.status().code(), absl::StatusCode::kFailedPrecondition);
        return;
    }
    QVERIFY2(result.ok(), std::string(result.status().message()).c_str());
    if (!one.plain.empty()) {
        if (const auto* string = std::get_if<std::string>(&result->value)) {
            QCOMPARE(
                QString::fromStdString("string " + *string), QString::fromStdString(one.plain));
        } else {
            const double wanted = one.plain == "scalar Inf"   ? INFINITY
                                  : one.plain == "scalar NaN" ? NAN
                                                              : std::stod(one.plain.substr(7));
            QVERIFY(isSame(std::get<Sample>(result->value).value, wanted));
        }
        return;
    }
    Matrix ours = matrixOf(*result);
    if (!one.isOrdered) {
        sortByLabels(ours);
        sortByLabels(one.series);
    }
    QVERIFY2(
        isSame(ours, one.series),
        qPrintable(
            QStringLiteral("got") + text(ours) + QStringLiteral("\nwanted") + text(one.series)));
}

void EngineTest::tooManySamples_data()
{
    QTest::addColumn<QString>("query");
    for (const char* query :
         {"many",
          "rate(many[1m])",
          "many[1m]",
          "vector(1)[1y:1ms]",
          "max_over_time(time()[100y:1s])",
          "sum_over_time(vector(1)[1h:1s])",
          "count_values('v', many)"}) {
        QTest::newRow(query) << QString::fromLatin1(query);
    }
}

void EngineTest::tooManySamples()
{
    QFETCH(QString, query);
    const auto source = manySeries(100);
    EngineOptions options;
    options.maxSamples = 50;
    const auto result = ask(Engine(options), source, query.toStdString());
    if (query.startsWith(QLatin1String("max_over_time(time"))) {
        QVERIFY(!result.ok()); // a scalar has no subquery
        return;
    }
    QCOMPARE(result.status().code(), absl::StatusCode::kResourceExhausted);
}

void EngineTest::budgetIsGivenBack()
{
    const auto source = manySeries(10);
    EngineOptions options;
    options.maxSamples = 40;
    // Each operand needs 10, the sums less; never more than 40 at a time although 80 in all.
    const auto result =
        ask(Engine(options),
            source,
            "sum(many) + sum(many) + sum(many) + sum(many) + sum(many) + sum(many) + sum(many)");
    QVERIFY2(result.ok(), std::string(result.status().message()).c_str());
}

void EngineTest::timeoutEndsAQuery()
{
    const auto source = manySeries(5000);
    const TickingClock clock;
    EngineOptions options;
    options.timeout = absl::Milliseconds(20);
    const auto result = ask(Engine(options, clock), source, "sum(rate(many[1m]))");
    QCOMPARE(result.status().code(), absl::StatusCode::kDeadlineExceeded);
}

void EngineTest::timeoutEndsALongSeries_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<qint64>("step");
    // Nothing but one series: what has to be noticed is noticed inside it.
    QTest::newRow("many steps") << "sum_over_time(many[1m])" << qint64{1000};
    QTest::newRow("long windows") << "avg_over_time(vector(1)[1d:1s])" << qint64{60000};
    QTest::newRow("sorted windows") << "quantile_over_time(0.9, many[1h])" << qint64{1000};
    QTest::newRow("line through windows") << "deriv(many[1h])" << qint64{1000};
}

void EngineTest::timeoutEndsALongSeries()
{
    QFETCH(QString, query);
    QFETCH(qint64, step);
    const auto source = manySeries(1);
    const TickingClock clock;
    EngineOptions options;
    options.timeout = absl::Milliseconds(20);
    const Engine engine(options, clock);
    const auto expr = engine.parse(query.toStdString());
    QVERIFY(expr.ok());
    const auto result = engine.range(**expr, source, {0, 10000 * step, step});
    QCOMPARE(result.status().code(), absl::StatusCode::kDeadlineExceeded);
}

void EngineTest::stopEndsAQuery()
{
    const auto source = manySeries(100);
    const Engine engine;
    const auto expr = engine.parse("sum(rate(many[1m]))");
    QVERIFY(expr.ok());
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(
        engine.instant(**expr, source, 59000, stop.get_token()).status().code(),
        absl::StatusCode::kCancelled);
}

void EngineTest::rangeLimits_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<qint64>("start");
    QTest::addColumn<qint64>("end");
    QTest::addColumn<qint64>("step");
    QTest::addColumn<bool>("isFine");
    QTest::newRow("one point") << "many" << qint64{0} << qint64{0} << qint64{1000} << true;
    QTest::newRow("11 000 steps") << "many" << qint64{0} << qint64{11000000} << qint64{1000}
                                  << true;
    QTest::newRow("too many") << "many" << qint64{0} << qint64{11001000} << qint64{1000} << false;
    QTest::newRow("backwards") << "many" << qint64{10} << qint64{0} << qint64{1} << false;
    QTest::newRow("no step") << "many" << qint64{0} << qint64{10} << qint64{0} << false;
    QTest::newRow("negative step") << "many" << qint64{0} << qint64{10} << qint64{-1} << false;
    QTest::newRow("range vector") << "many[5m]" << qint64{0} << qint64{10} << qint64{1} << false;
    QTest::newRow("string") << "'x'" << qint64{0} << qint64{10} << qint64{1} << false;
    QTest::newRow("all of time") << "many" << -qint64{9200000000000000000}
                                 << qint64{9200000000000000000} << qint64{1} << false;
}

void EngineTest::rangeLimits()
{
    QFETCH(QString, query);
    QFETCH(qint64, start);
    QFETCH(qint64, end);
    QFETCH(qint64, step);
    QFETCH(bool, isFine);
    const auto source = manySeries(2);
    const Engine engine;
    const auto expr = engine.parse(query.toStdString());
    QVERIFY(expr.ok());
    const auto result = engine.range(**expr, source, {start, end, step});
    QCOMPARE(
        result.status().code(),
        isFine ? absl::StatusCode::kOk : absl::StatusCode::kInvalidArgument);
}

void EngineTest::extremeTimesAreRefused()
{
    const auto source = manySeries(1);
    const Engine engine;
    const auto expr = engine.parse("rate(many[5m] offset 290y) + many @ 9e15");
    QVERIFY(expr.ok());
    for (const TimestampMs time :
         {std::numeric_limits<TimestampMs>::min(), std::numeric_limits<TimestampMs>::max()}) {
        QCOMPARE(
            engine.instant(**expr, source, time).status().code(),
            absl::StatusCode::kInvalidArgument);
    }
    QVERIFY(engine.instant(**expr, source, 9200000000000000000).ok());
    QVERIFY(engine.instant(**expr, source, -9200000000000000000).ok());
}

void EngineTest::standingQuerySeesNewSeriesAndSamples()
{
    auto source = manySeries(2);
    const Engine engine;
    const auto expr = engine.parse("sum(many)");
    QVERIFY(expr.ok());
    promql::PreparedQuery query(engine, *expr, source);
    const auto value = [&](TimestampMs time) {
        const auto result = query.instant(time);
        return result.ok() ? std::get<Vector>(result->value).at(0).sample.value : NAN;
    };
    QCOMPARE(value(10000), 10.0);
    QCOMPARE(value(59000), 59.0);
    source.append({{"__name__", "many"}, {"id", "0"}}, Sample{60000, 1000});
    QCOMPARE(value(60000), 1059.0);
    source.append({{"__name__", "many"}, {"id", "new"}}, Sample{61000, 5});
    QCOMPARE(value(61000), 1064.0);
}

void EngineTest::standingQueryAnswersLikeAFreshOne_data()
{
    QTest::addColumn<QString>("query");
    for (const char* query :
         {"many",
          "rate(many[10s])",
          "sum by (id) (rate(many[10s]))",
          "many / many",
          "many / on (id) group_left many",
          "many and many > 20",
          "many or vector(1)",
          "topk(2, many)",
          "-many",
          "abs(many) + 1",
          "max_over_time(sum(many)[20s:5s])",
          "label_replace(many, 'x', '$1', 'id', '(.*)')"}) {
        QTest::newRow(query) << QString::fromLatin1(query);
    }
}

void EngineTest::standingQueryAnswersLikeAFreshOne()
{
    QFETCH(QString, query);
    const auto source = manySeries(5);
    const Engine engine;
    const auto expr = engine.parse(query.toStdString());
    QVERIFY(expr.ok());
    promql::PreparedQuery prepared(engine, *expr, source);
    for (int second = 5; second < 60; second += 7) {
        const auto fresh = engine.instant(**expr, source, second * 1000);
        const auto standing = prepared.instant(second * 1000);
        QVERIFY(fresh.ok() && standing.ok());
        QVERIFY(isSame(matrixOf(*fresh), matrixOf(*standing)));
        const promql::QueryRange range{second * 1000, second * 1000 + 5000, 1000};
        const auto freshRange = engine.range(**expr, source, range);
        const auto standingRange = prepared.range(range);
        QVERIFY(freshRange.ok() && standingRange.ok());
        QVERIFY(isSame(matrixOf(*freshRange), matrixOf(*standingRange)));
    }
}

} // namespace pilothouse::test

QTEST_GUILESS_MAIN(pilothouse::test::EngineTest)
#include "EngineTest.moc"
