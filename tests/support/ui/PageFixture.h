// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"
#include "tests/support/client/FakeConnection.h"
#include "ui/session/Session.h"
#include "ui/session/TimeWindow.h"
#include "ui/settings/Settings.h"
#include "ui/shell/Page.h"
#include "ui/theme/Theme.h"

#include <QTemporaryDir>

#include <memory>

namespace pilothouse::test {

/// A clock that stands until it is moved.
class StandingClock final : public Clock
{
public:
    static constexpr std::int64_t kStartMs = 1'700'001'000'000; // 2023-11-14 22:30:00 UTC

    absl::Time now() const override { return m_now; }
    absl::Duration monotonic() const override { return m_now - absl::UnixEpoch(); }
    void advance(absl::Duration by) { m_now += by; }

private:
    absl::Time m_now = absl::FromUnixMillis(kStartMs);
};

/// Everything a page is made with, over a fake connection.
class PageFixture
{
public:
    PageFixture();
    ~PageFixture();

    test::FakeConnection& connection() { return *m_connection; }
    test::FakeMetricsClient& metrics() { return m_connection->metricsClient; }
    ui::Theme& theme() { return m_theme; }
    ui::TimeWindow& time() { return *m_time; }
    StandingClock& clock() { return m_clock; }
    ui::PageContext context();

    /// A message of a live query: series with the given labels and one point a second.
    static metrics::SeriesPoints wave(
        metrics::Labels labels, int seconds, double base, double swing, std::int64_t end);

private:
    QTemporaryDir m_folder;
    StandingClock m_clock;
    ui::Theme m_theme;
    test::FakeConnection* m_connection = nullptr; // the session owns it
    std::unique_ptr<ui::Session> m_session;
    std::unique_ptr<ui::TimeWindow> m_time;
    std::unique_ptr<ui::Settings> m_settings;
};

} // namespace pilothouse::test
