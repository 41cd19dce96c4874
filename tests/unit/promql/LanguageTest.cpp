// SPDX-License-Identifier: Apache-2.0
// Lexer, parser, type checker and printer.
#include "shared/metrics/promql/Functions.h"
#include "shared/metrics/promql/Parser.h"
#include "shared/metrics/promql/Printer.h"
#include "shared/metrics/promql/Text.h"

#include <QTest>

#include <algorithm>

namespace pilothouse::metrics::promql {

class LanguageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void canonicalForm_data();
    void canonicalForm();
    void errorSaysWhere_data();
    void errorSaysWhere();
    void version2RefusesWhatVersion3Added_data();
    void version2RefusesWhatVersion3Added();
    void deepNestingIsRefused_data();
    void deepNestingIsRefused();
    void spanCoversTheNode();
    void selectorOnlyTakesSelectors();
    void functionsAreSortedAndFound();
    void numbersReadBack_data();
    void numbersReadBack();
    void durations_data();
    void durations();
};

void LanguageTest::canonicalForm_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("printed");
    const auto row = [](const char* text, const char* printed) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(printed);
    };
    row("1", "1");
    row("-1", "-1");
    row("0x1F", "31");
    row("017", "15");
    row("1e3", "1000");
    row("Inf", "+Inf");
    row("5m", "300");
    row("'it\\'s'", "\"it's\"");
    row("`a\\b`", "\"a\\\\b\"");
    row("\"\\u00e9\\x41\"", "\"éA\"");
    row("up", "up");
    row("up{}", "up");
    row("up{job='x',}", "up{job=\"x\"}");
    row("{__name__=\"up\"}", "{__name__=\"up\"}");
    row("{\"with.dot\", \"a.b\"=\"c\"}", "{\"with.dot\",\"a.b\"=\"c\"}");
    row("{\"up\"}", "up");
    row("a:b:c", "a:b:c");
    row("sum", "sum");
    row("start", "start");
    row("offset", "offset");
    row("up[5m]", "up[5m]");
    row("up[300]", "up[5m]");
    row("up[1h30m]", "up[1h30m]");
    row("up[90m]", "up[1h30m]");
    row("up offset 1w", "up offset 1w");
    row("up offset -5m", "up offset -5m");
    row("up @ 10", "up @ 10.000");
    row("up @ -0.5", "up @ -0.500");
    row("up @ start()", "up @ start()");
    row("up offset 5m @ end()", "up @ end() offset 5m");
    row("up[5m:1m] @ 3 offset 2s", "up[5m:1m] @ 3.000 offset 2s");
    row("up[5m:]", "up[5m:]");
    row("a+b*c", "a + b * c");
    row("(a+b)*c", "(a + b) * c");
    row("-a^b", "-a ^ b");
    row("-2^2", "-2 ^ 2");
    row("a or b and c", "a or b and c");
    row("a atan2 b", "a atan2 b");
    row("a AND ON(x) b", "a and on (x) b");
    row("a > bool b", "a > bool b");
    row("a / ignoring(x,y) group_left b", "a / ignoring (x, y) group_left () b");
    row("a / on() group_right(z) b", "a / on () group_right (z) b");
    row("SUM BY (a) (b)", "sum by (a) (b)");
    row("sum(b) without (a)", "sum without (a) (b)");
    row("sum by () (b)", "sum(b)");
    row("sum without () (b)", "sum without () (b)");
    row("sum by (by, sum, on) (b)", "sum by (by, sum, on) (b)");
    row("topk(2, b)", "topk(2, b)");
    row("count_values('v', b)", "count_values(\"v\", b)");
    row("rate(a[5m])", "rate(a[5m])");
    row("a # comment", "a");
    row("# first\na", "a");
    row("time()", "time()");
    row("label_join(a, 'b', '-')", "label_join(a, \"b\", \"-\")");
}

void LanguageTest::canonicalForm()
{
    QFETCH(QString, text);
    QFETCH(QString, printed);
    const auto expr = parse(text.toStdString());
    QVERIFY2(expr.ok(), std::string(expr.status().message()).c_str());
    QCOMPARE(QString::fromStdString(print(**expr)), printed);
    const auto again = parse(print(**expr));
    QVERIFY2(again.ok(), std::string(again.status().message()).c_str());
    QCOMPARE(QString::fromStdString(print(**again)), printed);
}

void LanguageTest::errorSaysWhere_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* text, const char* message) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(message);
    };
    row("", "1:1: parse error: no expression found in input");
    row("  # nothing", "1:1: parse error: no expression found in input");
    row("up +", "1:5: parse error: unexpected end of input");
    row("up + * 2", "1:6: parse error: unexpected <op:*>");
    row("up up", "1:4: parse error: unexpected identifier \"up\"");
    row("sum(up", "1:7: parse error: unclosed left parenthesis");
    row("up)", "1:3: parse error: unexpected right parenthesis ')'");
    row("up{job=x}",
        "1:8: parse error: unexpected identifier \"x\" in label matching, expected string");
    row("up{job", "1:7: parse error: unexpected end of input inside braces");
    row("up{job}",
        "1:7: parse error: unexpected \"}\" in label matching, expected label matching operator");
    row("up[5m", "1:6: parse error: unexpected end of input, unclosed left bracket");
    row("up[]", "1:4: parse error: unexpected \"]\" in subquery selector, expected duration");
    row("up[0s]", "1:4: parse error: duration must be greater than 0");
    row("up[5m][5m]", "1:7: parse error: ranges only allowed for vector selectors");
    row("1\n+\n  nosuch(up)", "3:3: parse error: unknown function with name \"nosuch\"");
    row("rate(up)",
        "1:6: parse error: expected type range vector in call to function \"rate\", got instant "
        "vector");
    row("rate(up[5m], 1)", "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 2");
    row("round()", "1:1: parse error: expected at least 1 argument(s) in call to \"round\", got 0");
    row("round(up, 1, 2)",
        "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3");
    row("sum(1)",
        "1:5: parse error: expected type instant vector in aggregation expression, got scalar");
    row("topk('a', up)",
        "1:6: parse error: expected type scalar in aggregation parameter, got string");
    row("1 and up",
        "1:1: parse error: set operator \"and\" not allowed in binary scalar expression");
    row("1 > 2", "1:1: parse error: comparisons between scalars must use BOOL modifier");
    row("up + bool up", "1:1: parse error: bool modifier can only be used on comparison operators");
    row("up + on(a) group_left(a) up",
        "1:1: parse error: label \"a\" must not occur in ON and GROUP clause at once");
    row("up and on(a) group_left up",
        "1:1: parse error: no grouping allowed for \"and\" operation");
    row("up{__name__='x'}", "1:1: parse error: metric name must not be set twice: \"up\" or \"x\"");
    row("{a=~'.*'}",
        "1:1: parse error: vector selector must contain at least one non-empty matcher");
    row("sum(up) offset 5m",
        "1:1: parse error: offset modifier must be preceded by an instant vector selector or range "
        "vector selector or a subquery");
    row("up offset 1m offset 2m", "1:1: parse error: offset may not be set multiple times");
    row("up @ Inf", "1:6: parse error: timestamp out of bounds for @ modifier: inf");
    row("sum(up,)", "1:7: parse error: trailing commas not allowed in function call args");
    row("5mm", "1:1: parse error: bad number or duration syntax: \"5mm\"");
    row("1e999", "1:1: parse error: error parsing number: \"1e999\"");
    row("'open", "1:1: parse error: unterminated quoted string");
    row("'\\q'", "1:1: parse error: error unquoting string \"'\\\\q'\": invalid syntax");
    row("up €", "1:4: parse error: unexpected character: '€'");
    row("-'a'",
        "1:1: parse error: unary expression only allowed on expressions of type scalar or instant "
        "vector, got \"string\"");
}

void LanguageTest::errorSaysWhere()
{
    QFETCH(QString, text);
    QFETCH(QString, message);
    const auto expr = parse(text.toStdString());
    QVERIFY(!expr.ok());
    QVERIFY(absl::IsInvalidArgument(expr.status()));
    QCOMPARE(QString::fromStdString(std::string(expr.status().message())), message);
}

void LanguageTest::version2RefusesWhatVersion3Added_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text :
         {"5m",
          "up[300]",
          "up offset 300",
          "{\"up\"}",
          "sum by (\"a.b\") (up)",
          "double_exponential_smoothing(up[5m], 0.5, 0.5)",
          "sort_by_label(up, \"a\")"}) {
        QTest::newRow(text) << QString::fromUtf8(text);
    }
}

void LanguageTest::version2RefusesWhatVersion3Added()
{
    QFETCH(QString, text);
    QVERIFY(parse(text.toStdString(), Compat::Prometheus3).ok());
    QVERIFY(!parse(text.toStdString(), Compat::Prometheus2).ok());
}

void LanguageTest::deepNestingIsRefused_data()
{
    QTest::addColumn<QString>("text");
    constexpr int kMany = 100000;
    QTest::newRow("parentheses") << QString(kMany, QLatin1Char('(')) + QStringLiteral("1") +
                                        QString(kMany, QLatin1Char(')'));
    QTest::newRow("signs") << QStringLiteral("-up").rightJustified(kMany, QLatin1Char('-'));
    QTest::newRow("chain") << QStringLiteral("1") + QStringLiteral("+1").repeated(kMany);
    QTest::newRow("powers") << QStringLiteral("1") + QStringLiteral("^1").repeated(kMany);
    QTest::newRow("calls") << QStringLiteral("abs(").repeated(kMany) + QStringLiteral("up") +
                                  QStringLiteral(")").repeated(kMany);
    QTest::newRow("subqueries") << QStringLiteral("up") + QStringLiteral("[1m:1s]").repeated(kMany);
}

void LanguageTest::deepNestingIsRefused()
{
    QFETCH(QString, text);
    const auto expr = parse(text.toStdString());
    QVERIFY(!expr.ok());
}

void LanguageTest::spanCoversTheNode()
{
    const auto expr = parse("1 + sum(up offset 5m)");
    QVERIFY(expr.ok());
    const auto* binary = (*expr)->as<Binary>();
    QVERIFY(binary != nullptr);
    QCOMPARE(binary->right->span.start, std::size_t{4});
    QCOMPARE(binary->right->span.end, std::size_t{21});
    const Expr& selector = *binary->right->as<Aggregate>()->expr;
    QCOMPARE(selector.span.start, std::size_t{8});
    QCOMPARE(selector.span.end, std::size_t{20});
}

void LanguageTest::selectorOnlyTakesSelectors()
{
    const auto matchers = parseSelector("up{job=~\"a|b\"}");
    QVERIFY(matchers.ok());
    QCOMPARE(matchers->size(), std::size_t{2});
    for (const char* text : {"up offset 5m", "up[5m]", "sum(up)", "1", "", "up up"}) {
        QVERIFY2(!parseSelector(text).ok(), text);
    }
}

void LanguageTest::functionsAreSortedAndFound()
{
    const auto all = functions();
    QVERIFY(std::is_sorted(all.begin(), all.end(), [](const auto& left, const auto& right) {
        return left.name < right.name;
    }));
    for (const Function& function : all) {
        QVERIFY(findFunction(function.name) == &function);
        QVERIFY(!function.summary.empty());
    }
    QVERIFY(findFunction("nosuch") == nullptr);
}

void LanguageTest::numbersReadBack_data()
{
    QTest::addColumn<double>("number");
    QTest::addColumn<QString>("text");
    const auto row = [](double number, const char* text) {
        QTest::newRow(text) << number << QString::fromLatin1(text);
    };
    row(0, "0");
    row(-0.0, "-0");
    row(0.1, "0.1");
    row(123.456, "123.456");
    row(100, "100");
    row(-1.5e-7, "-0.00000015");
    row(1e21, "1000000000000000000000");
    row(1.0 / 3, "0.3333333333333333");
    row(std::numeric_limits<double>::infinity(), "+Inf");
    row(-std::numeric_limits<double>::infinity(), "-Inf");
}

void LanguageTest::numbersReadBack()
{
    QFETCH(double, number);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(formatNumber(number)), text);
    const auto expr = parse(text.toStdString());
    QVERIFY(expr.ok());
    QCOMPARE((*expr)->as<NumberLiteral>()->value, number);
}

void LanguageTest::durations_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("milliseconds");
    QTest::addColumn<QString>("printed");
    const auto row = [](const char* text, qint64 milliseconds, const char* printed) {
        QTest::newRow(text) << QString::fromLatin1(text) << milliseconds
                            << QString::fromLatin1(printed);
    };
    row("1ms", 1, "1ms");
    row("90s", 90000, "1m30s");
    row("1h5m30s500ms", 3930500, "1h5m30s500ms");
    row("2w", 1209600000, "2w");
    row("8d", 691200000, "8d");
    row("1y", 31536000000, "1y");
    row("5m1h", -1, "");
    row("5m5m", -1, "");
    row("5", -1, "");
    row("m", -1, "");
    row("300y", -1, "");
    row("99999999999999999999s", -1, "");
}

void LanguageTest::durations()
{
    QFETCH(QString, text);
    QFETCH(qint64, milliseconds);
    QFETCH(QString, printed);
    const auto parsed = parseDuration(text.toStdString());
    QCOMPARE(parsed.ok(), milliseconds >= 0);
    if (parsed.ok()) {
        QCOMPARE(qint64{*parsed}, milliseconds);
        QCOMPARE(QString::fromStdString(formatDuration(*parsed)), printed);
    }
}

} // namespace pilothouse::metrics::promql

QTEST_GUILESS_MAIN(pilothouse::metrics::promql::LanguageTest)
#include "LanguageTest.moc"
