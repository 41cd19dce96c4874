// SPDX-License-Identifier: Apache-2.0
#include "tests/support/rollouts/HaproxyWorld.h"

#include "tests/support/Programs.h"

#include <QFile>
#include <QStandardPaths>

#include <csignal>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace pilothouse::test {

namespace {

constexpr int kPatience = 20000;
constexpr int kTries = 3;

QString program()
{
    return QStandardPaths::findExecutable(
        QStringLiteral("haproxy"),
        {QStringLiteral("/usr/sbin"),
         QStringLiteral("/usr/bin"),
         QStringLiteral("/usr/local/sbin")});
}

QString valueOf(const QString& text, const QString& key)
{
    for (const QString& line : text.split(QLatin1Char('\n'))) {
        QStringList words = line.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        if (!words.isEmpty() && words.front().startsWith(QLatin1String("0x"))) {
            words.removeFirst();
        }
        if (words.size() == 2 && words.front() == key) {
            return words.back();
        }
    }
    return {};
}

} // namespace

HaproxyWorld::HaproxyWorld(QString folder)
    : m_folder(std::move(folder)),
      m_live(freePort()),
      m_preview(freePort()),
      m_blue(std::make_unique<SideServer>("blue")),
      m_green(std::make_unique<SideServer>("green"))
{
    m_bluePort = m_blue->port();
    m_greenPort = m_green->port();
}

HaproxyWorld::~HaproxyWorld()
{
    kill();
}

bool HaproxyWorld::isInstalled()
{
    return !program().isEmpty();
}

void HaproxyWorld::write() const
{
    QFile map(mapFile());
    if (map.open(QIODevice::WriteOnly)) {
        map.write("# who has the traffic\nactive blue\npreview green\n");
    }
    QFile file(m_folder + QStringLiteral("/haproxy.cfg"));
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QStringLiteral(R"(global
    stats socket %1 mode 600 level admin expose-fd listeners
    pidfile %2/haproxy.pid
    hard-stop-after 10s
    nbthread 1

defaults
    mode http
    option idle-close-on-response
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    retries 2
    retry-on conn-failure empty-response
    option redispatch 1

frontend live
    bind 127.0.0.1:%3
    http-request set-var(txn.split) str(split),map(%4,0),add(0)
    use_backend %[str(preview),map(%4,green)] if { rand(100),sub(txn.split) lt 0 }
    use_backend %[str(active),map(%4,blue)]

frontend preview
    bind 127.0.0.1:%5
    use_backend %[str(preview),map(%4,green)]

backend blue
    option httpchk GET /healthz
    http-request disable-l7-retry unless METH_GET
    default-server observe layer4 error-limit 1 on-error mark-down check inter 200ms fall 2 rise 1
    server blue1 127.0.0.1:%6
    server green1 127.0.0.1:%7 backup

backend green
    option httpchk GET /healthz
    http-request disable-l7-retry unless METH_GET
    default-server observe layer4 error-limit 1 on-error mark-down check inter 200ms fall 2 rise 1
    server green1 127.0.0.1:%7
    server blue1 127.0.0.1:%6 backup
)")
                       .arg(socket(), m_folder)
                       .arg(m_live)
                       .arg(mapFile())
                       .arg(m_preview)
                       .arg(m_bluePort)
                       .arg(m_greenPort)
                       .toUtf8());
    }
}

bool HaproxyWorld::launch(const QStringList& extra)
{
    auto process = std::make_unique<QProcess>();
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->setStandardOutputFile(m_folder + QStringLiteral("/haproxy.log"), QIODevice::Append);
    process->start(
        program(),
        QStringList{
            QStringLiteral("-db"),
            QStringLiteral("-f"),
            m_folder + QStringLiteral("/haproxy.cfg")} +
            extra);
    if (!process->waitForStarted(kPatience)) {
        return false;
    }
    const std::unique_ptr<QProcess> before = std::exchange(m_process, std::move(process));
    const QByteArray pid = "Pid: " + QByteArray::number(m_process->processId());
    const bool isUp = waitUntil(
        [&] {
            return runtime("show info").contains(QString::fromLatin1(pid)) ||
                   m_process->state() == QProcess::NotRunning;
        },
        kPatience);
    if (before) {
        before->waitForFinished(kPatience);
    }
    return isUp && m_process->state() == QProcess::Running;
}

bool HaproxyWorld::start()
{
    for (int tries = 0; tries < kTries; ++tries) {
        write();
        if (launch({})) {
            return true;
        }
        kill();
        // A port that was free belongs to somebody's connection by now.
        m_live = freePort();
        m_preview = freePort();
    }
    return false;
}

bool HaproxyWorld::reload()
{
    return launch(
        {QStringLiteral("-x"),
         socket(),
         QStringLiteral("-sf"),
         QString::number(m_process->processId())});
}

void HaproxyWorld::kill()
{
    if (m_process) {
        resume();
        m_process->kill();
        m_process->waitForFinished(kPatience);
        m_process.reset();
    }
}

void HaproxyWorld::pause()
{
    ::kill(static_cast<pid_t>(m_process->processId()), SIGSTOP);
}

void HaproxyWorld::resume()
{
    if (m_process && m_process->processId() > 0) {
        ::kill(static_cast<pid_t>(m_process->processId()), SIGCONT);
    }
}

void HaproxyWorld::startGreen()
{
    m_green = std::make_unique<SideServer>("green", m_greenPort);
}

void HaproxyWorld::startBlue()
{
    m_blue = std::make_unique<SideServer>("blue", m_bluePort);
}

QString haproxyAnswer(const QString& socket, const QByteArray& command)
{
    const int connection = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray path = socket.toUtf8();
    std::memcpy(
        address.sun_path,
        path.constData(),
        std::min<std::size_t>(static_cast<std::size_t>(path.size()), sizeof(address.sun_path) - 1));
    QByteArray answer;
    if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
        const QByteArray line = command + "\n";
        ::send(connection, line.constData(), static_cast<std::size_t>(line.size()), MSG_NOSIGNAL);
        char chunk[4096] = {};
        for (ssize_t got = 0; (got = ::recv(connection, chunk, sizeof(chunk), 0)) > 0;) {
            answer.append(chunk, static_cast<int>(got));
        }
    }
    ::close(connection);
    return QString::fromUtf8(answer);
}

QString HaproxyWorld::runtime(const QByteArray& command) const
{
    return haproxyAnswer(socket(), command);
}

QString HaproxyWorld::active() const
{
    return valueOf(runtime("show map " + mapFile().toUtf8()), QStringLiteral("active"));
}

QString HaproxyWorld::split() const
{
    return valueOf(runtime("show map " + mapFile().toUtf8()), QStringLiteral("split"));
}

QString HaproxyWorld::activeInFile() const
{
    QFile file(mapFile());
    return file.open(QIODevice::ReadOnly)
               ? valueOf(QString::fromUtf8(file.readAll()), QStringLiteral("active"))
               : QString();
}

QString HaproxyWorld::config(const QString& extra) const
{
    return QStringLiteral("[[rollouts.applications]]\nname = \"shop\"\nhaproxy_socket = \"%1\"\n"
                          "map_file = \"%2\"\npreview_key = \"preview\"\n%3\n")
        .arg(socket(), mapFile(), extra);
}

} // namespace pilothouse::test
