// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"

#include <QString>
#include <QTest>

/// For tests that give a wrong configuration and look at what is said about it.
namespace pilothouse::test {

// Applications of rollouts, for keys that follow.

inline const QString kInCluster =
    QStringLiteral("[[rollouts.applications]]\nname='a'\ndriver='kubernetes'\nservice='shop'\n");
inline const QString kOnHaproxy =
    QStringLiteral("[[rollouts.applications]]\nname='a'\nhaproxy_socket='/s'\nmap_file='/m'\n");
inline const QString kBehindOwn =
    QStringLiteral("[[rollouts.applications]]\nname='a'\nlisten='127.0.0.1:8080'\n");
inline const QString kOfOwnHaproxy =
    kBehindOwn + "blue_command=['/b']\ngreen_command=['/g']\nfirst_port=21000\n";

inline void addWrongColumns()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
}

/// A configuration, and what is said about it.
inline void row(const char* name, const QString& text, const char* message)
{
    QTest::newRow(name) << text << message;
}

/// The test of such a row.
inline void checkWrongRow()
{
    QFETCH(QString, text);
    QFETCH(QString, message);
    const auto config = config::parseConfig(text.toStdString(), "p.toml");
    QVERIFY(!config.ok());
    QCOMPARE(config.status().code(), absl::StatusCode::kInvalidArgument);
    const QString got = QString::fromStdString(std::string(config.status().message()));
    QVERIFY2(got.contains(message), qPrintable(got));
}

} // namespace pilothouse::test
