// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/ColumnCodec.h"
#include "shared/metrics/store/GroupBlock.h"
#include "shared/metrics/store/RowCodec.h"

#include <QtTest>

#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

using namespace pilothouse::metrics;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Generator = std::function<double(std::size_t row, std::mt19937_64& random)>;

double uniform(std::mt19937_64& random)
{
    return double(random() >> 11) * 0x1p-53;
}

struct Kind
{
    const char* name;
    Generator generate;
    /// Bytes a value that the column may take at most, at 120 rows.
    double mostBytes;
};

const std::vector<Kind>& kinds()
{
    static const std::vector<Kind> all{
        {"constant integer", [](auto, auto&) { return 42.0; }, 0.1},
        {"constant fraction", [](auto, auto&) { return 1.0 / 3; }, 0.1},
        {"zeros", [](auto, auto&) { return 0.0; }, 0.05},
        {"minus zeros", [](auto, auto&) { return -0.0; }, 0.1},
        {"zeros of both signs",
         [](std::size_t row, auto&) { return row % 2 == 0 ? 0.0 : -0.0; },
         8.1},
        {"steady counter", [](std::size_t row, auto&) { return 1e6 + 17.0 * double(row); }, 0.2},
        {"busy counter",
         [](std::size_t row, auto& random) { return double(row * 50 + random() % 50); },
         1.2},
        {"rare counter", [](std::size_t row, auto&) { return 12345.0 + (row > 70 ? 1 : 0); }, 0.3},
        {"counter with a burst",
         [](std::size_t row, auto&) { return 100.0 + (row > 60 ? 987654 : 0) + double(row); },
         0.4},
        {"counter with a reset",
         [](std::size_t row, auto&) { return double((row * 10 + 500000) % 500600); },
         2.6},
        {"small gauge", [](auto, auto& random) { return double(random() % 100); }, 1.1},
        {"negative integers",
         [](auto, auto& random) { return -1.0 - double(random() % 1000); },
         1.5},
        {"decimals", [](auto, auto& random) { return double(random() % 100000) / 10000; }, 2.4},
        {"one in a million", [](auto, auto& random) { return 1e-6 * double(random() % 7); }, 8.1},
        {"large integers", [](auto, auto& random) { return double(random() >> 12); }, 8.1},
        {"beyond 2^53", [](auto, auto& random) { return double(random()) * 4096; }, 8.1},
        {"noise", [](auto, auto& random) { return uniform(random); }, 8.1},
        {"slow sine", [](std::size_t row, auto&) { return std::sin(double(row) / 100); }, 8.1},
        {"NaN", [](auto, auto&) { return std::nan(""); }, 0.1},
        {"NaN with payloads",
         [](auto, auto& random) {
             return std::bit_cast<double>(0x7ff8000000000000ULL | (random() & 0x7ffffffffffff));
         },
         8.1},
        {"numbers and NaN",
         [](std::size_t row, auto&) { return row % 5 == 0 ? std::nan("") : double(row); },
         8.1},
        {"infinities",
         [](std::size_t row, auto&) {
             return row % 3 == 0 ? kInfinity : row % 3 == 1 ? -kInfinity : 1;
         },
         8.1},
        {"denormals",
         [](auto, auto& random) { return std::bit_cast<double>(random() & 0xfffff); },
         8.1},
        {"stale in between",
         [](std::size_t row, auto&) { return row % 40 == 39 ? staleMarker() : double(row); },
         0.5},
        {"all stale", [](auto, auto&) { return staleMarker(); }, 1.1},
        {"absent in between",
         [](std::size_t row, auto& random) {
             return random() % 3 == 0 ? absentValue() : double(row);
         },
         1.3},
        {"begins late",
         [](std::size_t row, auto&) { return row < 50 ? absentValue() : double(row); },
         0.3},
        {"ends early",
         [](std::size_t row, auto&) { return row > 50 ? absentValue() : double(row); },
         0.3},
        {"all absent", [](auto, auto&) { return absentValue(); }, 0.05},
        {"any bits", [](auto, auto& random) { return std::bit_cast<double>(random()); }, 8.2},
        {"anything",
         [](std::size_t row, auto& random) {
             switch (random() % 8) {
             case 0:
                 return absentValue();
             case 1:
                 return staleMarker();
             case 2:
                 return double(row);
             case 3:
                 return -0.0;
             case 4:
                 return kInfinity;
             case 5:
                 return uniform(random);
             default:
                 return double(random() % 1000) / 100;
             }
         },
         8.4},
    };
    return all;
}

std::vector<double> rowsOf(const Kind& kind, std::size_t count, unsigned seed)
{
    std::mt19937_64 random(seed); // NOLINT: a fixed seed repeats a failure
    std::vector<double> rows(count);
    for (std::size_t row = 0; row < count; ++row) {
        rows[row] = kind.generate(row, random);
    }
    return rows;
}

Bytes bytesOf(const std::string& text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool sameBits(std::span<const double> left, std::span<const double> right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](double a, double b) {
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    });
}

void addKinds()
{
    QTest::addColumn<int>("kind");
    for (std::size_t kind = 0; kind < kinds().size(); ++kind) {
        QTest::newRow(kinds()[kind].name) << int(kind);
    }
}

} // namespace

class CodecsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void columnsSurviveBitForBit_data() { addKinds(); }
    void columnsSurviveBitForBit();
    void summariesAreTrue_data() { addKinds(); }
    void summariesAreTrue();
    void rowsSurviveBitForBit_data() { addKinds(); }
    void rowsSurviveBitForBit();
    void damagedColumnsAreNoHarm();
    void timesSurvive();
    void blocksSurvive();
    void damagedBlocksHoldNothing();
};

void CodecsTest::columnsSurviveBitForBit()
{
    QFETCH(int, kind);
    const Kind& tested = kinds()[std::size_t(kind)];
    for (unsigned seed = 0; seed < 50; ++seed) {
        for (const std::size_t count : {1U, 2U, 3U, 7U, 8U, 9U, 24U, 63U, 64U, 119U, 120U}) {
            const std::vector<double> rows = rowsOf(tested, count, seed);
            std::string encoded;
            encodeColumn(rows, encoded);
            if (count == kBlockRows) {
                QVERIFY2(
                    double(encoded.size()) <= tested.mostBytes * double(count) + 4,
                    qPrintable(QString::number(encoded.size())));
            }
            const std::size_t size = encoded.size();
            encoded.append(8, '\x55'); // what follows must not matter
            std::vector<double> decoded(count, 1e99);
            QVERIFY(decodeColumn(bytesOf(encoded).first(size), decoded));
            QVERIFY(sameBits(rows, decoded));
        }
    }
}

void CodecsTest::summariesAreTrue()
{
    QFETCH(int, kind);
    for (unsigned seed = 0; seed < 20; ++seed) {
        const std::vector<double> rows = rowsOf(kinds()[std::size_t(kind)], kBlockRows, seed);
        std::string encoded;
        encodeColumn(rows, encoded);
        const auto told = columnSummary(bytesOf(encoded), rows.size());
        const ColumnSummary counted = summarise(rows);
        if (!told) {
            continue;
        }
        QCOMPARE(told->count, counted.count);
        if (told->count == 0 || std::isnan(counted.first)) {
            continue;
        }
        QCOMPARE(told->first, counted.first);
        QCOMPARE(told->last, counted.last);
        QCOMPARE(told->min, counted.min);
        QCOMPARE(told->max, counted.max);
        QVERIFY(std::abs(told->sum - counted.sum) <= 1e-9 * std::abs(counted.sum) + 1e-300);
        QVERIFY(
            std::abs(told->increase - counted.increase) <=
            1e-9 * std::abs(counted.increase) + 1e-9);
    }
}

void CodecsTest::rowsSurviveBitForBit()
{
    QFETCH(int, kind);
    const Kind& tested = kinds()[std::size_t(kind)];
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::vector<double> before;
        std::vector<double> decoded;
        for (const std::size_t slots : {1U, 7U, 8U, 9U, 120U, 130U}) { // grows as a group does
            const std::vector<double> row = rowsOf(tested, slots, seed * 7 + unsigned(slots));
            std::string encoded;
            encodeRow(row, before, encoded);
            decoded.resize(slots, absentValue());
            ByteReader reader(bytesOf(encoded));
            QVERIFY(decodeRow(reader, !before.empty(), decoded));
            QCOMPARE(reader.left(), std::size_t(0));
            QVERIFY(sameBits(row, decoded));
            before = row;
        }
    }
}

void CodecsTest::damagedColumnsAreNoHarm()
{
    std::mt19937_64 random(3); // NOLINT: a fixed seed repeats a failure
    std::array<double, kBlockRows> decoded{};
    for (const Kind& kind : kinds()) {
        const std::vector<double> rows = rowsOf(kind, kBlockRows, 1);
        std::string encoded;
        encodeColumn(rows, encoded);
        for (int round = 0; round < 2000; ++round) {
            std::string damaged = encoded;
            for (int flips = 0; flips < 3; ++flips) {
                damaged[random() % damaged.size()] = char(random());
            }
            damaged.resize(1 + random() % damaged.size());
            const std::size_t size = damaged.size();
            damaged.append(8, '\0');
            // Any answer is right but a crash: checksums keep such bytes away.
            (void)decodeColumn(bytesOf(damaged).first(size), decoded);
            (void)columnSummary(bytesOf(damaged).first(size), decoded.size());
        }
    }
}

void CodecsTest::timesSurvive()
{
    std::mt19937_64 random(5); // NOLINT: a fixed seed repeats a failure
    for (const std::uint64_t jitter : {1ULL, 20ULL, 100000ULL, 1ULL << 40}) {
        for (const std::size_t count : {1U, 2U, 24U, 120U}) {
            std::vector<TimestampMs> times;
            TimestampMs time = 1800000000000;
            for (std::size_t row = 0; row < count; ++row) {
                times.push_back(time += TimestampMs(1000 + random() % jitter));
            }
            std::string encoded;
            encodeTimes(times, encoded);
            const std::size_t size = encoded.size();
            encoded.append(8, '\0');
            std::vector<TimestampMs> decoded(count);
            QVERIFY(decodeTimes(bytesOf(encoded).first(size), decoded));
            QCOMPARE(decoded, times);
        }
    }
}

void CodecsTest::blocksSurvive()
{
    std::vector<TimestampMs> times;
    for (int row = 0; row < int(kBlockRows); ++row) {
        times.push_back(1800000000000 + row * 1000 + row % 7);
    }
    const auto slots = std::uint32_t(kinds().size());
    const auto block = GroupBlock::encode(77, times, slots, [&](Slot slot, std::span<double> rows) {
        const std::vector<double> values = rowsOf(kinds()[slot], rows.size(), slot);
        std::copy(values.begin(), values.end(), rows.begin());
    });
    const auto viewed = GroupBlock::view(block->bytes(), block);
    QVERIFY(viewed.ok());
    for (const auto& candidate : {block, *viewed}) {
        QVERIFY(candidate->isIntact());
        QCOMPARE(candidate->extent().group, 77U);
        QCOMPARE(candidate->extent().first, times.front());
        QCOMPARE(candidate->extent().last, times.back());
        std::vector<TimestampMs> readTimes(kBlockRows);
        QVERIFY(candidate->times(readTimes));
        QCOMPARE(readTimes, times);
        std::vector<double> rows(kBlockRows);
        for (Slot slot = 0; slot < slots; ++slot) {
            QVERIFY(candidate->column(slot, rows));
            QVERIFY(sameBits(rows, rowsOf(kinds()[slot], kBlockRows, slot)));
        }
        QVERIFY(candidate->column(slots, rows)); // younger than the block
        QVERIFY(isAbsent(rows[0]) && isAbsent(rows.back()));
    }
}

void CodecsTest::damagedBlocksHoldNothing()
{
    const std::vector<TimestampMs> times{1, 2, 3};
    const auto block = GroupBlock::encode(1, times, 5, [](Slot slot, std::span<double> rows) {
        std::fill(rows.begin(), rows.end(), double(slot) / 3);
    });
    const Bytes bytes = block->bytes();
    std::vector<double> rows(3);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto copy = std::make_shared<std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
        (*copy)[at] ^= 0x10;
        const auto viewed = GroupBlock::view(*copy, copy);
        if (!viewed.ok()) {
            QCOMPARE(viewed.status().code(), absl::StatusCode::kDataLoss);
            continue;
        }
        QVERIFY(!(*viewed)->isIntact());
        QVERIFY(!(*viewed)->column(0, rows));
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        QVERIFY(!GroupBlock::view(bytes.first(size), block).ok());
    }
}

QTEST_APPLESS_MAIN(CodecsTest)
#include "CodecsTest.moc"
