// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/rollouts/SideServer.h"

#include <QProcess>
#include <QString>

#include <memory>

namespace pilothouse::test {

/// Answer of the Runtime API, as an administrator would get it with socat; "" when there is none.
QString haproxyAnswer(const QString& socket, const QByteArray& command);

/// A real HAProxy on free ports with a blue and a green backend of one real server each, a live
/// frontend that goes by a map, with a split by its key "split", and a preview frontend that goes
/// by its other key.
class HaproxyWorld
{
public:
    /// Files lie in `folder`.
    explicit HaproxyWorld(QString folder);
    ~HaproxyWorld();
    HaproxyWorld(const HaproxyWorld&) = delete;
    HaproxyWorld& operator=(const HaproxyWorld&) = delete;

    /// False when there is no HAProxy, or it does not start; the ports may be others after it.
    bool start();
    static bool isInstalled();
    /// A reload as an administrator does it: a new process takes over.
    bool reload();
    void kill();
    void pause();
    void resume();

    int livePort() const { return m_live; }
    int previewPort() const { return m_preview; }
    SideServer& blue() { return *m_blue; }
    SideServer& green() { return *m_green; }
    /// The server is gone; checks see it within half a second.
    void stopGreen() { m_green.reset(); }
    void startGreen();
    void stopBlue() { m_blue.reset(); }
    void startBlue();

    QString mapFile() const { return m_folder + QStringLiteral("/colour.map"); }
    QString socket() const { return m_folder + QStringLiteral("/haproxy.sock"); }
    /// Answer of the Runtime API, as an administrator would get it with socat.
    QString runtime(const QByteArray& command) const;
    /// Of the map in memory, "" when there is none.
    QString active() const;
    /// Of the map's file.
    QString activeInFile() const;
    /// Requests of a hundred that go to the other side, of the map in memory.
    QString split() const;

    /// The [[rollouts.applications]] table for it, named "shop"; `extra` are further lines.
    QString config(const QString& extra = {}) const;

private:
    void write() const;
    bool launch(const QStringList& extra);

    const QString m_folder;
    int m_live = 0;
    int m_preview = 0;
    int m_bluePort = 0;
    int m_greenPort = 0;
    std::unique_ptr<SideServer> m_blue;
    std::unique_ptr<SideServer> m_green;
    std::unique_ptr<QProcess> m_process;
};

} // namespace pilothouse::test
