// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/integration/rollouts/RolloutProbe.h"
#include "tests/support/Programs.h"

#include <QObject>

#include <memory>
#include <string>

namespace pilothouse::test {

std::string said(const absl::Status& status);
/// A policy that wants so many servers of the application "shop", whenever it looks.
QString scalingPolicy(int servers);

/// What the tests of rollouts have in common: a folder, a server with the application "shop" that
/// is started and started again, and a probe on it. The world around comes before the server and
/// goes after it.
class RolloutsTest : public QObject
{
    Q_OBJECT

protected:
    /// Milliseconds that anything is waited for.
    explicit RolloutsTest(int patience) : m_patience(patience) {}

    virtual void makeWorld() = 0;
    virtual void dropWorld() = 0;

    /// Ends the server of before, starts one and waits until it knows where the traffic is.
    void launch(const TestServer::Options& options);
    bool reaches(v1::RolloutStep step);
    ProgramResult ctl(const QStringList& arguments);

    const int m_patience;
    QString m_folder;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<RolloutProbe> m_probe;

private Q_SLOTS:
    void init();
    void cleanup();
};

/// With a real HAProxy as the world; skipped where there is none.
class HaproxyRolloutsTest : public RolloutsTest
{
    Q_OBJECT

protected:
    using RolloutsTest::RolloutsTest;

    void makeWorld() override;
    void dropWorld() override { m_haproxy.reset(); }

    std::unique_ptr<HaproxyWorld> m_haproxy;

private Q_SLOTS:
    void initTestCase();
};

} // namespace pilothouse::test
