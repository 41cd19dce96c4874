// SPDX-License-Identifier: Apache-2.0
// When promotions are allowed, and what operators read about it.
#include "shared/rollouts/ChangeWindow.h"

#include <QTest>

using namespace pilothouse::rollouts;

namespace {

using Kind = ChangeWindow::Kind;

ChangeWindow window(
    Kind kind,
    const char* schedule,
    absl::Duration duration,
    const char* zone = "Europe/Berlin",
    const char* description = "")
{
    auto made = makeChangeWindow(kind, schedule, duration, zone, description);
    Q_ASSERT(made.ok());
    return *std::move(made);
}

/// Berlin's time.
absl::Time at(const std::string& text)
{
    absl::TimeZone berlin;
    absl::LoadTimeZone("Europe/Berlin", &berlin);
    absl::Time time;
    std::string error;
    absl::ParseTime("%Y-%m-%d %H:%M", text, berlin, &time, &error);
    Q_ASSERT(error.empty());
    return time;
}

const char* const kOfficeHours = "0 9 * * 1-4";

} // namespace

class TestChangeWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gatesByTime_data()
    {
        QTest::addColumn<bool>("hasOfficeHours");
        QTest::addColumn<bool>("hasFreeze");
        QTest::addColumn<QString>("now");
        QTest::addColumn<bool>("passes");
        QTest::addColumn<QString>("detail");
        const auto row = [](const char* name,
                            bool hours,
                            bool freeze,
                            const char* now,
                            bool passes,
                            const char* detail) {
            QTest::newRow(name) << hours << freeze << now << passes << detail;
        };
        const char* const untilFive = "open until Thu 26 Nov 17:00 (Europe/Berlin)";
        const char* const monday = "closed; opens Mon 30 Nov 09:00 (Europe/Berlin)";
        row("open", true, false, "2026-11-26 12:00", true, untilFive);
        row("its first minute", true, false, "2026-11-26 09:00", true, untilFive);
        row("its last minute", true, false, "2026-11-26 16:59", true, untilFive);
        row("over", true, false, "2026-11-26 17:00", false, monday);
        row("not a day of it", true, false, "2026-11-27 12:00", false, monday);
        const char* const frozen =
            "no promotions until Wed  6 Jan 00:00 (Europe/Berlin): year's end";
        row("frozen", false, true, "2026-12-31 12:00", false, frozen);
        row("frozen in an open window", true, true, "2026-12-22 12:00", false, frozen);
        const char* const before = "no freeze before Sun 20 Dec 00:00 (Europe/Berlin): year's end";
        row("not frozen", false, true, "2026-11-26 12:00", true, before);
        row("not frozen, but closed", true, true, "2026-11-27 12:00", false, monday);
        // The clock goes back on 25 October; the window keeps to the wall.
        row("after the clock changed",
            true,
            false,
            "2026-10-26 09:30",
            true,
            "open until Mon 26 Oct 17:00 (Europe/Berlin)");
    }

    void gatesByTime()
    {
        QFETCH(bool, hasOfficeHours);
        QFETCH(bool, hasFreeze);
        QFETCH(QString, now);
        QFETCH(bool, passes);
        QFETCH(QString, detail);
        std::vector<ChangeWindow> windows;
        if (hasOfficeHours) {
            windows.push_back(window(Kind::Allow, kOfficeHours, absl::Hours(8)));
        }
        if (hasFreeze) {
            windows.push_back(window(
                Kind::Deny, "0 0 20 12 *", absl::Hours(24 * 17), "Europe/Berlin", "year's end"));
        }
        const auto gate = windowGate(windows, at(now.toStdString()));
        QVERIFY(gate.has_value());
        QCOMPARE(gate->name, std::string("window"));
        QCOMPARE(QString::fromStdString(gate->detail), detail);
        QCOMPARE(gate->result == GateResult::Passed, passes);
    }

    void withoutWindowsThereIsNoGate()
    {
        QVERIFY(!windowGate({}, at("2026-11-26 12:00")).has_value());
    }

    void theLongestOfSeveralCounts()
    {
        const std::vector<ChangeWindow> windows{
            window(Kind::Allow, kOfficeHours, absl::Hours(1)),
            window(Kind::Allow, kOfficeHours, absl::Hours(3)),
            window(Kind::Allow, kOfficeHours, absl::Hours(2))};
        QCOMPARE(
            windowGate(windows, at("2026-11-26 09:30"))->detail,
            std::string("open until Thu 26 Nov 12:00 (Europe/Berlin)"));
    }

    void aWindowThatOpensAgainWhileItIsOpenStaysOpen()
    {
        const ChangeWindow always = window(Kind::Deny, "* * * * *", absl::Hours(24));
        const absl::Time now = at("2026-11-26 12:00");
        QVERIFY(*openUntil(always, now) > now);
        const ChangeWindow daily = window(Kind::Deny, "0 12 * * *", absl::Hours(36));
        QCOMPARE(*openUntil(daily, at("2026-11-26 13:00")), at("2026-11-28 00:00"));
    }

    void whatCannotBeIsRefused()
    {
        QVERIFY(absl::IsInvalidArgument(
            makeChangeWindow(Kind::Allow, "61 * * * *", absl::Hours(1), "UTC", "").status()));
        QVERIFY(absl::IsInvalidArgument(
            makeChangeWindow(Kind::Allow, "0 9 * * *", absl::Hours(1), "Berlin", "").status()));
        QVERIFY(absl::IsInvalidArgument(
            makeChangeWindow(Kind::Allow, "", absl::Hours(1), "UTC", "").status()));
    }
};

QTEST_GUILESS_MAIN(TestChangeWindow)
#include "tst_change_window.moc"
