// SPDX-License-Identifier: Apache-2.0
// Holds docs/architecture.md's dependency rule: reads every #include of the tree and fails on one
// that points the wrong way.
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

namespace {

struct Rule
{
    const char* name;
    /// Files whose path starts with one of these...
    QStringList from;
    /// ...except those that start with one of these...
    QStringList except;
    /// ...must not include what matches.
    const char* forbidden;
};

QStringList paths(std::initializer_list<const char*> list)
{
    QStringList result;
    for (const char* path : list) {
        result << QString::fromLatin1(path);
    }
    return result;
}

QList<Rule> rules()
{
    const char* wire = "^(grpc|grpcpp|google/protobuf|pqxx|hiredis|pilothouse/v1)/";
    return {
        {"shared sees no other layer", paths({"shared/"}), {}, "^(server|ui|app|tests)/"},
        {"server sees no ui and no app", paths({"server/"}), {}, "^(ui|app|tests)/"},
        {"ui sees no server and no app", paths({"ui/"}), {}, "^(server|app|tests)/"},
        {"app sees no server", paths({"app/"}), {}, "^(server|tests)/"},
        {"no Qt outside ui and the console",
         paths({"shared/", "server/", "app/cli/", "app/demo/"}),
         {},
         "^(Q[A-Z][A-Za-z]+|Qt[A-Z][A-Za-z]*/.*)$"},
        {"ui speaks to the abstract client only", paths({"ui/"}), {}, wire},
        {"QtCharts only in ui/charts",
         paths({"shared/", "server/", "ui/", "app/"}),
         paths({"ui/charts/"}),
         "^(QtCharts/.*|QChart.*|Q[A-Za-z]+(Series|Axis)|QLegend.*)$"},
        {"SQL only in the server", paths({"shared/", "ui/", "app/"}), {}, "^(pqxx|libpq|hiredis)"},
        {"pure rules know neither gRPC nor SQL",
         paths(
             {"shared/metrics/",
              "shared/system/",
              "shared/access/",
              "shared/plans/",
              "shared/audit/",
              "shared/rollouts/",
              "shared/services/",
              "shared/scaling/",
              "shared/base/"}),
         paths(
             {"shared/metrics/proto/",
              "shared/system/proto/",
              "shared/access/proto/",
              "shared/plans/proto/",
              "shared/audit/proto/",
              "shared/rollouts/proto/",
              "shared/services/proto/",
              "shared/scaling/proto/",
              "shared/base/proto/"}),
         wire},
    };
}

bool startsWithAny(const QString& path, const QStringList& prefixes)
{
    return std::any_of(prefixes.begin(), prefixes.end(), [&](const QString& prefix) {
        return path.startsWith(prefix);
    });
}

struct Include
{
    int line;
    QString target;
};

QList<Include> includesOf(const QString& path)
{
    static const QRegularExpression pattern(
        QStringLiteral("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]"));
    QList<Include> result;
    QFile source(path);
    if (!source.open(QIODevice::ReadOnly)) {
        return result;
    }
    for (int line = 1; !source.atEnd(); ++line) {
        const auto match = pattern.match(QString::fromUtf8(source.readLine()));
        if (match.hasMatch()) {
            result.append({line, match.captured(1)});
        }
    }
    return result;
}

QStringList sourceFiles(const QDir& root)
{
    QStringList files;
    for (const QString& top : paths({"shared", "server", "ui", "app"})) {
        QDirIterator entries(
            root.filePath(top),
            {QStringLiteral("*.h"), QStringLiteral("*.cpp")},
            QDir::Files,
            QDirIterator::Subdirectories);
        while (entries.hasNext()) {
            files << root.relativeFilePath(entries.next());
        }
    }
    return files;
}

} // namespace

class IncludesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void arrowsPointOneWay_data();
    void arrowsPointOneWay();
    void everySourceNamesItsLicence();

private:
    QDir m_root{qEnvironmentVariable("PILOTHOUSE_SOURCE_DIR")};
};

void IncludesTest::arrowsPointOneWay_data()
{
    QTest::addColumn<int>("rule");
    for (int index = 0; index < rules().size(); ++index) {
        QTest::newRow(rules().at(index).name) << index;
    }
}

void IncludesTest::arrowsPointOneWay()
{
    QFETCH(int, rule);
    const Rule checked = rules().at(rule);
    const QRegularExpression forbidden(QString::fromLatin1(checked.forbidden));
    const QStringList files = sourceFiles(m_root);
    QVERIFY(files.size() > 20);
    QStringList broken;
    for (const QString& file : files) {
        if (!startsWithAny(file, checked.from) || startsWithAny(file, checked.except)) {
            continue;
        }
        for (const Include& include : includesOf(m_root.filePath(file))) {
            if (forbidden.match(include.target).hasMatch()) {
                broken << QStringLiteral("%1:%2 includes %3")
                              .arg(file)
                              .arg(include.line)
                              .arg(include.target);
            }
        }
    }
    QVERIFY2(broken.isEmpty(), qPrintable(broken.join(QLatin1Char('\n'))));
}

void IncludesTest::everySourceNamesItsLicence()
{
    QStringList broken;
    for (const QString& file : sourceFiles(m_root)) {
        QFile source(m_root.filePath(file));
        QVERIFY(source.open(QIODevice::ReadOnly));
        const QByteArray wanted = startsWithAny(file, paths({"ui/", "app/"}))
                                      ? "// SPDX-License-Identifier: GPL-3.0-or-later"
                                      : "// SPDX-License-Identifier: Apache-2.0";
        if (source.readLine().trimmed() != wanted) {
            broken << file + QStringLiteral(": first line should be ") +
                          QString::fromLatin1(wanted);
        }
    }
    QVERIFY2(broken.isEmpty(), qPrintable(broken.join(QLatin1Char('\n'))));
}

QTEST_APPLESS_MAIN(IncludesTest)
#include "tst_includes.moc"
