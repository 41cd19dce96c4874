// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/rollouts/RolloutsTest.h"

#include <QDir>
#include <QTest>

namespace pilothouse::test {

std::string said(const absl::Status& status)
{
    return std::string(status.message());
}

void RolloutsTest::init()
{
    m_folder = makeWorkFolder();
    makeWorld();
}

void RolloutsTest::cleanup()
{
    m_probe.reset();
    m_server.reset();
    dropWorld();
    QDir(m_folder).removeRecursively();
}

void RolloutsTest::launch(const TestServer::Options& options)
{
    m_probe.reset();
    m_server.reset();
    m_server = std::make_unique<TestServer>(options);
    const bool isUp = m_server->start();
    m_probe = std::make_unique<RolloutProbe>(socketChannel(*m_server));
    QVERIFY2(isUp, qPrintable(m_server->log()));
    QVERIFY(waitUntil(
        [&] { return m_probe->shop().active() != v1::ROLLOUT_COLOUR_UNSPECIFIED; }, m_patience));
}

bool RolloutsTest::reaches(v1::RolloutStep step)
{
    return waitUntil([&] { return m_probe->step() == step; }, m_patience);
}

QString scalingPolicy(int servers)
{
    return QStringLiteral("[scaling]\ninterval = \"1s\"\n"
                          "[[scaling.policies]]\nname = \"shop\"\nmode = \"act\"\n"
                          "application = \"shop\"\nmaximum = 9\nup_policies = []\n"
                          "[[scaling.metrics]]\npolicy = \"shop\"\nname = \"load\"\n"
                          "expression = \"vector(%1)\"\ntarget = 1\n"
                          "measures = \"total\"\n")
        .arg(servers);
}

ProgramResult RolloutsTest::ctl(const QStringList& arguments)
{
    return runProgram(
        QStringLiteral("pilothousectl"),
        QStringList{QStringLiteral("--server"), m_server->socketAddress()} + arguments,
        m_patience);
}

void HaproxyRolloutsTest::makeWorld()
{
    m_haproxy = std::make_unique<HaproxyWorld>(m_folder);
    QVERIFY(m_haproxy->start());
}

void HaproxyRolloutsTest::initTestCase()
{
    if (!HaproxyWorld::isInstalled()) {
        QSKIP("haproxy is not installed");
    }
}

} // namespace pilothouse::test
