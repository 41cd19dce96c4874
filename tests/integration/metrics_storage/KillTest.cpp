// SPDX-License-Identifier: Apache-2.0
// A store whose process dies, at any moment and between the steps of a compaction.
#include "tests/integration/metrics_storage/OpenedStore.h"
#include "tests/integration/metrics_storage/TestSeries.h"
#include "tests/support/Programs.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <map>
#include <memory>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

/// Appends rows in a process of its own until that dies.
class Writer
{
public:
    Writer(const QString& folder, qint64 firstRow, const QString& faults = {}, int compactEvery = 0)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PILOTHOUSE_FAULTS"), faults);
        m_process.setProcessEnvironment(environment);
        m_process.start(
            QCoreApplication::applicationDirPath() + QStringLiteral("/metrics_storage_writer"),
            {folder, QString::number(firstRow), QString::number(compactEvery)});
    }

    bool killAfter(int rows)
    {
        const bool hasWritten = waitUntil(
            [&] {
                m_output += m_process.readAllStandardOutput();
                return m_output.count('\n') > rows;
            },
            60000);
        ::kill(pid_t(m_process.processId()), SIGKILL);
        return hasDied() && hasWritten;
    }

    bool hasDied()
    {
        const bool isOver = m_process.waitForFinished(60000);
        m_output += m_process.readAllStandardOutput();
        return isOver && m_process.exitStatus() == QProcess::CrashExit;
    }

    /// Wall clock in ms by row, of the rows that it said were in the store.
    std::map<qint64, qint64> rows() const
    {
        std::map<qint64, qint64> result;
        for (const QByteArray& line : m_output.left(m_output.lastIndexOf('\n')).split('\n')) {
            if (!line.isEmpty()) {
                result[line.split(' ').value(0).toLongLong()] =
                    line.split(' ').value(1).toLongLong();
            }
        }
        return result;
    }

private:
    QProcess m_process;
    QByteArray m_output;
};

} // namespace

class KillTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_kept = 0;
    }

    void aKilledWriterLosesAtMostTwoSeconds()
    {
        for (int round = 0; round < 3; ++round) {
            Writer writer(m_folder->path(), m_kept);
            QVERIFY(writer.killAfter(1500 + 700 * round));
            verifyKept(writer.rows());
        }
    }

    void killedBetweenTheStepsOfACompaction_data()
    {
        QTest::addColumn<QString>("fault");
        // The first of each is the store's own, as it opens.
        for (const char* fault :
             {"metrics.before_catalogue=2",
              "metrics.after_catalogue=2",
              "metrics.after_epoch=1",
              "metrics.after_epoch=2",
              "metrics.before_old_logs=2",
              "metrics.after_old_logs=2"}) {
            QTest::newRow(fault) << QString(fault);
        }
    }
    void killedBetweenTheStepsOfACompaction()
    {
        QFETCH(QString, fault);
        {
            Writer writer(m_folder->path(), 0);
            QVERIFY(writer.killAfter(700));
            verifyKept(writer.rows());
        }
        Writer writer(m_folder->path(), m_kept, fault, 300);
        QVERIFY(writer.hasDied());
        verifyKept(writer.rows());
        // And it goes on from there.
        Writer next(m_folder->path(), m_kept, {}, 300);
        QVERIFY(next.killAfter(350));
        verifyKept(next.rows());
    }

private:
    /// Opens what the writer left: no hole, nothing false, and at most two seconds are missing.
    void verifyKept(const std::map<qint64, qint64>& wallClock)
    {
        Opened opened(m_folder->path());
        QVERIFY2(opened.status.ok(), opened.status.ToString().c_str());
        const auto samples = samplesOf(opened.store);
        QVERIFY(everySampleIsTrue(samples));
        const auto kept = qint64(leastSamples(samples));
        QVERIFY(kept >= m_kept);
        const qint64 newest = kept - 1;
        QCOMPARE(samples.begin()->second.times.back(), rowTime(newest));
        if (!wallClock.empty()) {
            const auto [lastRow, died] = *wallClock.rbegin();
            qint64 lived = died;
            if (newest < lastRow) { // else it had written more than it had said
                const auto next = wallClock.find(newest + 1);
                QVERIFY(next != wallClock.end());
                lived = next->second;
            }
            qInfo(
                "killed after row %lld, kept up to %lld: %lld ms lost",
                static_cast<long long>(lastRow),
                static_cast<long long>(newest),
                static_cast<long long>(died - lived));
            QVERIFY(died - lived <= 2000);
        }
        m_kept = kept;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    /// Rows that were found when the store was opened last.
    qint64 m_kept = 0;
};

QTEST_GUILESS_MAIN(KillTest)
#include "KillTest.moc"
