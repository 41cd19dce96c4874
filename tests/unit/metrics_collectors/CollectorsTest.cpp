// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/collectors/HostCollector.h"
#include "server/metrics/collectors/HostFilesystems.h"
#include "server/metrics/collectors/ProcFile.h"
#include "server/metrics/collectors/ProcessCollector.h"
#include "server/metrics/collectors/RegistryCollector.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <QtTest>

#include <cmath>
#include <unistd.h>

using namespace pilothouse::metrics;

namespace {

const std::filesystem::path kFixture = std::filesystem::path(FIXTURES) / "proc";

QStringList linesOfPage(Collector& collector)
{
    ExpositionWriter out;
    const absl::Status status = collector.collect(out);
    return status.ok() ? QString::fromStdString(out.text()).split(QLatin1Char('\n'))
                       : QStringList{QString::fromStdString(status.ToString())};
}

} // namespace

class CollectorsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hostFromCapturedFiles_data()
    {
        QTest::addColumn<QString>("line");
        const auto row = [](const char* line) { QTest::newRow(line) << QString::fromUtf8(line); };
        row("# TYPE node_cpu_seconds_total counter");
        row("node_cpu_seconds_total{cpu=\"0\",mode=\"user\"} 59.75");
        row("node_cpu_seconds_total{cpu=\"1\",mode=\"iowait\"} 13.7");
        row("node_cpu_guest_seconds_total{cpu=\"0\",mode=\"user\"} 0.07");
        row("node_context_switches_total 655269");
        row("node_boot_time_seconds 1795223801");
        row("node_procs_blocked 1");
        row("node_load5 0.1");
        row("# TYPE node_load5 gauge");
        row("node_memory_MemTotal_bytes 25276514304");
        row("node_memory_Active_anon_bytes 12641280");
        row("node_memory_HugePages_Total 3");
        row("node_disk_read_bytes_total{device=\"sda\"} 40960000");
        row("node_disk_write_time_seconds_total{device=\"sda\"} 2.5");
        row("node_disk_io_now{device=\"sda\"} 1");
        row("# TYPE node_disk_io_now gauge");
        row("node_disk_reads_completed_total{device=\"nvme0n1\"} 5");
        row("node_disk_reads_completed_total{device=\"dm-0\"} 7");
        row("node_network_receive_bytes_total{device=\"eth0\"} 1234567");
        row("node_network_transmit_carrier_total{device=\"eth0\"} 11");
        row("node_sockstat_TCP_inuse 5");
        row("node_sockstat_sockets_used 123");
        row("node_filefd_allocated 592");
        row("node_filefd_maximum 2466183");
        row("node_vmstat_oom_kill 2");
        row("node_filesystem_readonly{device=\"/dev/root\",fstype=\"ext4\",mountpoint=\"/\"} 0");
        row("node_pressure_cpu_waiting_seconds_total 2.5");
        row("node_pressure_io_stalled_seconds_total 1");
    }

    void hostFromCapturedFiles()
    {
        QFETCH(QString, line);
        HostCollector collector(kFixture);
        const QStringList lines = linesOfPage(collector);
        QVERIFY2(lines.contains(line), qPrintable(lines.mid(0, 40).join(QLatin1Char('\n'))));
    }

    void partitionsAndLoopsAreLeftOut()
    {
        HostCollector collector(kFixture);
        const QString page = linesOfPage(collector).join(QLatin1Char('\n'));
        for (const char* device : {"loop0", "sda1", "nvme0n1p1"}) {
            QVERIFY(!page.contains(QStringLiteral("device=\"%1\"").arg(QLatin1String(device))));
        }
    }

    void mounts()
    {
        const auto text = readProcFile(kFixture / "self" / "mounts");
        QVERIFY(text.ok());
        const auto mounts = parseMounts(*text);
        QCOMPARE(mounts.size(), std::size_t(2));
        QCOMPARE(mounts[0].mountPoint, std::string("/"));
        QCOMPARE(mounts[1].mountPoint, std::string("/mnt/with blank"));
        QVERIFY(mounts[1].readOnly);
    }

    void thisHost()
    {
        HostCollector collector;
        const QString page = linesOfPage(collector).join(QLatin1Char('\n'));
        QVERIFY(page.contains(QStringLiteral("node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"}")));
        QVERIFY(page.contains(QStringLiteral("node_memory_MemAvailable_bytes ")));
        QVERIFY(page.contains(QStringLiteral("node_filesystem_avail_bytes{")));
    }

    void missingProcIsAnError()
    {
        HostCollector collector("/nonexistent");
        ExpositionWriter out;
        QVERIFY(!collector.collect(out).ok());
    }

    void childrenAreAddedUp()
    {
        ProcessCollector collector(kFixture, 100);
        const QStringList lines = linesOfPage(collector);
        // The leader's own 2 s, 0.5 s of what it reaped, 0.5 s of the child below it.
        QVERIFY2(
            lines.contains(QStringLiteral("process_cpu_seconds_total{process=\"post (gr) es\"} 3")),
            qPrintable(lines.join(QLatin1Char('\n'))));
        QVERIFY(lines.contains(QStringLiteral("process_count{process=\"post (gr) es\"} 2")));
        QVERIFY(lines.contains(QStringLiteral("process_open_fds{process=\"post (gr) es\"} 3")));
        QVERIFY(lines.contains(
            QStringLiteral("process_start_time_seconds{process=\"post (gr) es\"} 1795223821")));
    }

    void ownProcess()
    {
        ProcessCollector process(kFixture, 100);
        prometheus::Registry registry;
        prometheus::BuildCounter()
            .Name("pilothouse_things_total")
            .Help("Things.")
            .Register(registry)
            .Add({})
            .Increment(3);
        RegistryCollector collector(registry, process);
        const QStringList lines = linesOfPage(collector);
        QVERIFY(lines.contains(QStringLiteral("pilothouse_things_total 3")));
        QVERIFY(lines.contains(QStringLiteral("process_cpu_seconds_total 2")));
        QVERIFY(lines.contains(QStringLiteral("process_open_fds 3")));
        QVERIFY(lines.contains(QStringLiteral("process_virtual_memory_bytes 104857600")));
    }

    void thisProcess()
    {
        ProcessCollector process("/proc", getpid());
        ExpositionWriter out;
        QVERIFY(process.collectOwn(out).ok());
        QVERIFY(out.text().find("\nprocess_resident_memory_bytes 0\n") == std::string::npos);
    }

    void numbersAndLabelsAreWrittenExactly()
    {
        ExpositionWriter out;
        out.sample("a", {{"l", "q\"b\\n\n"}}, 0.1);
        out.sample("b", std::nan(""));
        out.sample("c", -HUGE_VAL);
        out.sample("d", 1e300);
        QCOMPARE(
            QString::fromStdString(out.text()),
            QStringLiteral("a{l=\"q\\\"b\\\\n\\n\"} 0.1\nb NaN\nc -Inf\nd 1e+300\n"));
    }
};

QTEST_APPLESS_MAIN(CollectorsTest)
#include "CollectorsTest.moc"
