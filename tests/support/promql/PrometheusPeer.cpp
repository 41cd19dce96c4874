// SPDX-License-Identifier: Apache-2.0
#include "tests/support/promql/PrometheusPeer.h"

#include "tests/support/Programs.h"
#include "tests/support/promql/RemoteWrite.h"

#include <QFile>
#include <QJsonDocument>
#include <QStandardPaths>
#include <QUrl>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>

namespace pilothouse::test {

namespace {

std::size_t appendBody(char* data, std::size_t size, std::size_t count, void* target)
{
    const std::size_t bytes = size * count;
    static_cast<QByteArray*>(target)->append(data, static_cast<qsizetype>(bytes));
    return bytes;
}

int freePort()
{
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* const generic = std::bit_cast<sockaddr*>(&address);
    int port = 0;
    if (bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0) {
        port = ntohs(address.sin_port);
    }
    close(descriptor);
    return port;
}

} // namespace

QJsonObject HttpAnswer::json() const
{
    return QJsonDocument::fromJson(body).object();
}

HttpProbe::HttpProbe() : m_handle(curl_easy_init()) {}

HttpProbe::~HttpProbe()
{
    curl_easy_cleanup(m_handle);
}

QByteArray HttpProbe::encoded(const HttpParameters& parameters) const
{
    QByteArray out;
    for (const auto& [name, value] : parameters) {
        out += out.isEmpty() ? "" : "&";
        out += QUrl::toPercentEncoding(name) + '=' + QUrl::toPercentEncoding(value);
    }
    return out;
}

HttpAnswer HttpProbe::get(const QString& url, const HttpParameters& parameters)
{
    curl_easy_reset(m_handle);
    const QString query = QString::fromLatin1(encoded(parameters));
    return perform(query.isEmpty() ? url : url + QLatin1Char('?') + query);
}

HttpAnswer HttpProbe::post(const QString& url, const HttpParameters& parameters)
{
    curl_easy_reset(m_handle);
    const QByteArray form = encoded(parameters);
    curl_easy_setopt(m_handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(form.size()));
    curl_easy_setopt(m_handle, CURLOPT_COPYPOSTFIELDS, form.constData());
    return perform(url);
}

HttpAnswer HttpProbe::postBody(const QString& url, const std::string& body)
{
    curl_easy_reset(m_handle);
    curl_slist* headers = nullptr;
    headers = curl_slist_append(headers, "Content-Type: application/x-protobuf");
    headers = curl_slist_append(headers, "Content-Encoding: snappy");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(m_handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(m_handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(m_handle, CURLOPT_POSTFIELDS, body.data());
    HttpAnswer answer = perform(url);
    curl_slist_free_all(headers);
    return answer;
}

HttpAnswer HttpProbe::perform(const QString& url)
{
    HttpAnswer answer;
    curl_easy_setopt(m_handle, CURLOPT_URL, url.toUtf8().constData());
    curl_easy_setopt(m_handle, CURLOPT_TIMEOUT_MS, 60000L);
    curl_easy_setopt(m_handle, CURLOPT_WRITEFUNCTION, appendBody);
    curl_easy_setopt(m_handle, CURLOPT_WRITEDATA, &answer.body);
    if (curl_easy_perform(m_handle) == CURLE_OK) {
        long status = 0;
        const char* type = nullptr;
        curl_easy_getinfo(m_handle, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(m_handle, CURLINFO_CONTENT_TYPE, &type);
        answer.status = static_cast<int>(status);
        answer.contentType = type != nullptr ? type : "";
    }
    return answer;
}

PrometheusPeer::PrometheusPeer() = default;

PrometheusPeer::~PrometheusPeer()
{
    m_process.terminate();
    if (!m_process.waitForFinished(10000)) {
        m_process.kill();
        m_process.waitForFinished();
    }
}

QString PrometheusPeer::program()
{
    return QStandardPaths::findExecutable(QStringLiteral("prometheus"));
}

QString PrometheusPeer::url() const
{
    return QStringLiteral("http://127.0.0.1:%1").arg(m_port);
}

QString PrometheusPeer::log() const
{
    QFile file(m_folder.filePath(QStringLiteral("log")));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

bool PrometheusPeer::start(const QByteArray& config)
{
    QFile file(m_folder.filePath(QStringLiteral("prometheus.yml")));
    if (!file.open(QIODevice::WriteOnly)) {
        return false;
    }
    file.write(config);
    file.close();
    m_port = freePort();
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setStandardOutputFile(m_folder.filePath(QStringLiteral("log")));
    m_process.start(
        program(),
        {QStringLiteral("--config.file=") + file.fileName(),
         QStringLiteral("--storage.tsdb.path=") + m_folder.filePath(QStringLiteral("data")),
         QStringLiteral("--web.listen-address=127.0.0.1:%1").arg(m_port),
         QStringLiteral("--web.enable-remote-write-receiver"),
         QStringLiteral("--log.level=warn")});
    return m_process.waitForStarted() && waitUntil([this] {
               return m_http.get(url() + QStringLiteral("/-/ready")).status == 200;
           });
}

bool PrometheusPeer::write(const std::vector<SampleSeries>& series)
{
    // Series have to grow together: a sample an hour behind the newest one is refused. Gaps make
    // the n-th samples of two series lie apart, but by less than that.
    constexpr std::size_t kChunk = 20;
    std::size_t longest = 0;
    for (const auto& one : series) {
        longest = std::max(longest, one.samples.size());
    }
    for (std::size_t from = 0; from < longest; from += kChunk) {
        const auto answer = m_http.postBody(
            url() + QStringLiteral("/api/v1/write"), remoteWriteBody(series, from, from + kChunk));
        if (answer.status != 204) {
            qWarning("remote write refused: %d %s", answer.status, answer.body.constData());
            return false;
        }
    }
    return true;
}

} // namespace pilothouse::test
