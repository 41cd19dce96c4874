// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/promql/SampleSeries.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QPair>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>

#include <memory>
#include <vector>

namespace pilothouse::test {

using HttpParameters = QList<QPair<QString, QString>>;

struct HttpAnswer
{
    /// 0 when there was no answer.
    int status = 0;
    QByteArray body;
    QByteArray contentType;

    QJsonObject json() const;
};

/// A small HTTP client for tests; one connection, kept open.
class HttpProbe
{
public:
    HttpProbe();
    ~HttpProbe();
    HttpProbe(const HttpProbe&) = delete;
    HttpProbe& operator=(const HttpProbe&) = delete;

    HttpAnswer get(const QString& url, const HttpParameters& parameters = {});
    HttpAnswer post(const QString& url, const HttpParameters& parameters);
    HttpAnswer postBody(const QString& url, const std::string& body);

private:
    QByteArray encoded(const HttpParameters& parameters) const;
    HttpAnswer perform(const QString& url);

    void* m_handle;
};

/// A real Prometheus on a free port of the loopback, with a data folder of its own.
class PrometheusPeer
{
public:
    PrometheusPeer();
    ~PrometheusPeer();

    /// The installed program, or "".
    static QString program();
    /// Starts it with this configuration and waits until it answers; on failure `log()` says why.
    bool start(const QByteArray& config = "global: {}\n");
    /// Gives it the samples by remote write, oldest first.
    bool write(const std::vector<SampleSeries>& series);

    QString url() const;
    QString log() const;
    qint64 pid() const { return m_process.processId(); }

private:
    QTemporaryDir m_folder;
    QProcess m_process;
    HttpProbe m_http;
    int m_port = 0;
};

} // namespace pilothouse::test
