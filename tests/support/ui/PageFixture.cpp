// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/PageFixture.h"

#include "tests/support/ui/StallGuard.h"

#include <cmath>

namespace pilothouse::test {

PageFixture::PageFixture()
{
    m_theme.applyTo(GuardedApplication::instance());
    auto connection = std::make_unique<FakeConnection>();
    m_connection = connection.get();
    m_session = std::make_unique<ui::Session>(ui::ConnectionProfile{}, std::move(connection));
    m_time = std::make_unique<ui::TimeWindow>(m_clock);
    m_settings = std::make_unique<ui::Settings>(m_folder.filePath(QStringLiteral("console.ini")));
    client::ConnectionStatus status;
    status.state = client::ConnectionState::Live;
    status.lastLive = m_clock.now();
    m_connection->setStatus(status);
    // A page is opened on a session that knows of its connection.
    if (!QTest::qWaitFor([this] { return m_session->isUsable(); })) {
        qFatal("the session of the fixture did not become usable");
    }
}

PageFixture::~PageFixture() = default;

ui::PageContext PageFixture::context()
{
    return {*m_session, *m_time, *m_settings, m_theme, m_clock};
}

metrics::SeriesPoints PageFixture::wave(
    metrics::Labels labels, int seconds, double base, double swing, std::int64_t end)
{
    metrics::SeriesPoints points;
    points.labels = std::move(labels);
    const double shift =
        static_cast<double>(std::hash<std::string>()(points.labels.toString()) % 97);
    for (int at = 0; at <= seconds; at += 5) {
        const double phase = at / 140.0 + shift;
        points.times.push_back(end - (seconds - at) * 1000);
        points.values.push_back(
            base +
            swing * (std::sin(phase) + 0.35 * std::sin(phase * 6.1) + 0.25 * std::sin(phase * 29)));
    }
    return points;
}

} // namespace pilothouse::test
