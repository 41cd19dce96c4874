// SPDX-License-Identifier: Apache-2.0
#include "shared/base/Counted.h"

#include <QTest>

class TestCounted : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneIsOne_data()
    {
        QTest::addColumn<qint64>("count");
        QTest::addColumn<QString>("text");
        QTest::newRow("none") << qint64(0) << QStringLiteral("0 sessions");
        QTest::newRow("one") << qint64(1) << QStringLiteral("1 session");
        QTest::newRow("many") << qint64(12000) << QStringLiteral("12000 sessions");
    }

    void oneIsOne()
    {
        QFETCH(qint64, count);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(pilothouse::counted(count, "session")), text);
    }
};

QTEST_GUILESS_MAIN(TestCounted)
#include "tst_counted.moc"
