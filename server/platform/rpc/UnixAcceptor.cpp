// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/UnixAcceptor.h"

#include "shared/base/StatusHelpers.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <optional>

namespace pilothouse::rpc {

namespace {

using Socket = boost::asio::local::stream_protocol;

constexpr int kBacklog = 128;
/// When descriptors run out, accepting again at once would spin.
constexpr auto kPauseAfterError = std::chrono::milliseconds(100);

std::optional<uid_t> userOf(int descriptor)
{
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        return std::nullopt;
    }
    return peer.uid;
}

} // namespace

struct UnixAcceptor::State : std::enable_shared_from_this<State>
{
    State(boost::asio::io_context& io, std::filesystem::path file, OnConnection handler)
        : acceptor(io), pause(io), path(std::move(file)), onConnection(std::move(handler))
    {}

    absl::Status open()
    {
        boost::system::error_code error;
        std::filesystem::remove(path);
        acceptor.open(Socket(), error);
        // Nobody else may connect even for the moment between bind and chmod.
        const mode_t mask = umask(0177);
        if (!error) {
            acceptor.bind(Socket::endpoint(path.string()), error);
        }
        umask(mask);
        if (!error) {
            acceptor.listen(kBacklog, error);
        }
        if (error) {
            return absl::FailedPreconditionError(
                fmt::format("cannot listen on {}: {}", path.string(), error.message()));
        }
        chmod(path.c_str(), S_IRUSR | S_IWUSR);
        return absl::OkStatus();
    }

    void accept()
    {
        acceptor.async_accept([self = shared_from_this()](
                                  boost::system::error_code error, Socket::socket socket) {
            if (error == boost::asio::error::operation_aborted || !self->acceptor.is_open()) {
                return;
            }
            if (error) {
                spdlog::warn("accepting on {} failed: {}", self->path.string(), error.message());
                self->pause.expires_after(kPauseAfterError);
                self->pause.async_wait([self](boost::system::error_code) { self->accept(); });
                return;
            }
            self->take(std::move(socket));
            self->accept();
        });
    }

    void take(Socket::socket socket) const
    {
        const auto user = userOf(socket.native_handle());
        if (!user || (*user != geteuid() && *user != 0)) {
            spdlog::warn(
                "user {} tried to use {}: refused",
                user ? std::to_string(*user) : "unknown",
                path.string());
            return;
        }
        boost::system::error_code error;
        socket.non_blocking(true, error);
        onConnection(socket.release());
    }

    Socket::acceptor acceptor;
    boost::asio::steady_timer pause;
    const std::filesystem::path path;
    const OnConnection onConnection;
};

absl::Status UnixAcceptor::checkPath(const std::filesystem::path& path)
{
    constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
    if (path.string().size() > kLongest) {
        return withHint(
            absl::InvalidArgumentError(fmt::format(
                "the socket's path {} has {} characters; the system allows {}",
                path.string(),
                path.string().size(),
                kLongest)),
            "Use a data directory with a shorter path.");
    }
    return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<UnixAcceptor>> UnixAcceptor::listen(
    boost::asio::io_context& io, const std::filesystem::path& path, OnConnection onConnection)
{
    PH_RETURN_IF_ERROR(checkPath(path));
    auto state = std::make_shared<State>(io, path, std::move(onConnection));
    PH_RETURN_IF_ERROR(state->open());
    boost::asio::post(io, [state] { state->accept(); });
    return std::unique_ptr<UnixAcceptor>(new UnixAcceptor(std::move(state)));
}

UnixAcceptor::UnixAcceptor(std::shared_ptr<State> state) : m_state(std::move(state)) {}

UnixAcceptor::~UnixAcceptor()
{
    boost::asio::post(m_state->acceptor.get_executor(), [state = m_state] {
        boost::system::error_code ignored;
        state->acceptor.close(ignored);
        state->pause.cancel();
    });
    std::error_code ignored;
    std::filesystem::remove(m_state->path, ignored);
}

} // namespace pilothouse::rpc
