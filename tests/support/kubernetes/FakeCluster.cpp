// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kubernetes/FakeCluster.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <optional>

namespace pilothouse::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

struct FakeCluster::Net
{
    asio::io_context context;
    tcp::acceptor acceptor{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    const int port = acceptor.local_endpoint().port();
    std::optional<asio::ssl::context> tls;
    std::mutex mutex;
    std::vector<int> connections;
    std::vector<std::thread> threads;
    std::thread accepting;
};

FakeCluster::FakeCluster() : m_net(std::make_unique<Net>())
{
    m_net->accepting = std::thread([this] { accept(); });
}

FakeCluster::FakeCluster(const Identity& identity) : m_net(std::make_unique<Net>())
{
    auto& tls = m_net->tls.emplace(asio::ssl::context::tls_server);
    tls.use_certificate_chain(asio::buffer(identity.certificate));
    tls.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
    if (!identity.clientAuthority.empty()) {
        tls.add_certificate_authority(asio::buffer(identity.clientAuthority));
        tls.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    }
    m_net->accepting = std::thread([this] { accept(); });
}

FakeCluster::~FakeCluster()
{
    stop();
}

void FakeCluster::stop()
{
    if (m_isStopping.exchange(true)) {
        return;
    }
    ::shutdown(m_net->acceptor.native_handle(), SHUT_RDWR);
    m_net->accepting.join();
    m_net->acceptor.close();
    {
        const std::lock_guard lock(m_net->mutex);
        for (const int connection : m_net->connections) {
            ::shutdown(connection, SHUT_RDWR);
        }
    }
    for (std::thread& thread : m_net->threads) {
        thread.join();
    }
}

int FakeCluster::port() const
{
    return m_net->port;
}

QString FakeCluster::url() const
{
    return QStringLiteral("%1://127.0.0.1:%2")
        .arg(m_net->tls ? QStringLiteral("https") : QStringLiteral("http"))
        .arg(port());
}

QString FakeCluster::kubeconfig(const QString& user) const
{
    return QStringLiteral("current-context: main\n"
                          "contexts: [{name: main, context: {cluster: c, user: u, "
                          "namespace: shop-space}}]\n"
                          "clusters: [{name: c, cluster: {server: '%1'}}]\n"
                          "users: [{name: u, user: %2}]\n")
        .arg(url(), user);
}

void FakeCluster::accept()
{
    while (!m_isStopping.load()) {
        auto socket = std::make_shared<tcp::socket>(m_net->context);
        beast::error_code error;
        m_net->acceptor.accept(*socket, error);
        if (error) {
            return;
        }
        const std::lock_guard lock(m_net->mutex);
        m_net->connections.push_back(socket->native_handle());
        // Kept open until the end, so that its number is nobody else's.
        m_net->threads.emplace_back([this, socket] {
            if (!m_net->tls) {
                serve(*socket);
                return;
            }
            asio::ssl::stream<tcp::socket&> stream(*socket, *m_net->tls);
            beast::error_code failed;
            stream.handshake(asio::ssl::stream_base::server, failed);
            if (!failed) {
                serve(stream);
            }
        });
    }
}

template <typename Stream>
void FakeCluster::serve(Stream& stream)
{
    beast::flat_buffer buffer;
    while (!m_isStopping.load()) {
        http::request<http::string_body> request;
        beast::error_code error;
        http::read(stream, buffer, request, error);
        if (error || !answer(stream, request)) {
            break;
        }
    }
    beast::error_code ignored;
    beast::get_lowest_layer(stream).shutdown(tcp::socket::shutdown_both, ignored);
}

template <typename Stream, typename Request>
bool FakeCluster::answer(Stream& stream, const Request& request)
{
    const std::string target(request.target());
    const std::string asked = std::string(request.method_string()) + " " + target;
    if (hasHung(asked)) {
        return false;
    }
    const FakeObjects::Answer answer = answerTo(
        std::string(request.method_string()),
        target,
        std::string(request[http::field::content_type]),
        std::string(request[http::field::authorization]),
        request.body());
    if (isLost(asked)) {
        return false;
    }
    if (answer.code == 200 && target.find("watch=true") != std::string::npos) {
        watch(stream, target.find("shop-preview") == std::string::npos ? "shop" : "shop-preview");
        return false;
    }
    http::response<http::string_body> response(
        static_cast<http::status>(answer.code), request.version());
    response.set(http::field::content_type, "application/json");
    if (answer.code == 429) {
        response.set(http::field::retry_after, "1");
    }
    response.body() = answer.body.dump();
    response.prepare_payload();
    beast::error_code error;
    http::write(stream, response, error);
    return !error;
}

bool FakeCluster::hasHung(const std::string& request)
{
    const auto isHanging = [&] {
        const std::lock_guard lock(m_mutex);
        return !m_hanging.empty() && request.find(m_hanging) != std::string::npos;
    };
    if (!isHanging()) {
        return false;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(request);
    }
    while (!m_isStopping.load() && isHanging()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2)); // a cluster's own pace
    }
    return true;
}

bool FakeCluster::isLost(const std::string& request)
{
    const std::lock_guard lock(m_mutex);
    if (m_losing.empty() || request.find(m_losing) == std::string::npos) {
        return false;
    }
    m_losing.clear();
    return true;
}

template <typename Stream>
void FakeCluster::watch(Stream& stream, const std::string& service)
{
    http::response<http::empty_body> response(http::status::ok, 11);
    response.set(http::field::content_type, "application/json");
    response.chunked(true);
    http::response_serializer<http::empty_body> serializer(response);
    beast::error_code error;
    http::write_header(stream, serializer, error);
    FakeObjects::Json last;
    while (!error && !m_isStopping.load() && !m_dropsWatches.load()) {
        FakeObjects::Json now = with([&](FakeObjects& objects) { return objects.slice(service); });
        if (now != last) {
            const std::string line =
                FakeObjects::Json{{"type", "MODIFIED"}, {"object", now}}.dump() + "\n";
            asio::write(stream, http::make_chunk(asio::buffer(line)), error);
            last = std::move(now);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2)); // a cluster's own pace
    }
}

FakeObjects::Answer FakeCluster::answerTo(
    const std::string& method,
    const std::string& target,
    const std::string& contentType,
    const std::string& authorization,
    const std::string& body)
{
    const std::lock_guard lock(m_mutex);
    m_requests.push_back(method + " " + target);
    if (!m_token.empty() && authorization != "Bearer " + m_token) {
        return FakeObjects::failure(401, "Unauthorized", "Unauthorized");
    }
    for (Failure& failure : m_failures) {
        if (failure.times > 0 && m_requests.back().find(failure.part) != std::string::npos) {
            --failure.times;
            return FakeObjects::failure(failure.code, "Refused", "the test wants it so");
        }
    }
    const std::size_t question = target.find('?');
    const std::string path = target.substr(0, question);
    if (method == "GET") {
        return m_objects.get(
            path, question == std::string::npos ? std::string() : target.substr(question + 1));
    }
    if (method == "PATCH") {
        if (m_beforePatch) {
            std::exchange(m_beforePatch, nullptr)(m_objects);
        }
        return m_objects.patch(path, contentType, body);
    }
    return FakeObjects::failure(405, "MethodNotAllowed", "the server does not allow this method");
}

void FakeCluster::setToken(const std::string& token)
{
    const std::lock_guard lock(m_mutex);
    m_token = token;
}

void FakeCluster::fail(const std::string& part, int code, int times)
{
    const std::lock_guard lock(m_mutex);
    m_failures.push_back({part, code, times});
}

void FakeCluster::hang(const std::string& part)
{
    const std::lock_guard lock(m_mutex);
    m_hanging = part;
}

void FakeCluster::loseAnswer(const std::string& part)
{
    const std::lock_guard lock(m_mutex);
    m_losing = part;
}

void FakeCluster::beforePatch(std::function<void(FakeObjects&)> work)
{
    const std::lock_guard lock(m_mutex);
    m_beforePatch = std::move(work);
}

std::vector<std::string> FakeCluster::requests() const
{
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

int FakeCluster::countOf(const std::string& part) const
{
    const auto all = requests();
    return static_cast<int>(std::ranges::count_if(
        all, [&](const std::string& one) { return one.find(part) != std::string::npos; }));
}

} // namespace pilothouse::test
