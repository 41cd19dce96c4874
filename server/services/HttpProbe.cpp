// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http_client/HttpClient.h"
#include "server/services/Probe.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <optional>

namespace pilothouse::services {

namespace {

constexpr std::size_t kBodyLimit = 64UL * 1024;

class HttpProbe final : public Probe
{
public:
    HttpProbe(const ProbeContext& context, const InstanceSpec& spec)
        : m_io(context.io),
          m_url(platform::parseHttpUrl(fmt::format(
              "{}://{}{}", spec.check.isTls ? "https" : "http", spec.address, spec.check.target)))
    {
        m_request.timeout = spec.check.timeout;
        m_request.bodyLimit = kBodyLimit;
        if (m_url.ok()) {
            m_client.emplace(m_io, *m_url, context.caFile);
        }
    }

    void run(Done onDone) override
    {
        if (!m_client) {
            boost::asio::post(
                m_io, [onDone = std::move(onDone), status = m_url.status()] { onDone(status); });
            return;
        }
        m_client->get(
            m_url->target,
            m_request,
            [onDone = std::move(onDone)](const absl::StatusOr<platform::HttpReply>& reply) {
                onDone(reply.status());
            });
    }

private:
    boost::asio::io_context& m_io;
    const absl::StatusOr<platform::HttpUrl> m_url;
    platform::HttpGet m_request;
    std::optional<platform::HttpClient> m_client;
};

} // namespace

std::unique_ptr<Probe> makeHttpProbe(const ProbeContext& context, const InstanceSpec& spec)
{
    return std::make_unique<HttpProbe>(context, spec);
}

std::unique_ptr<Probe> makeProbe(const ProbeContext& context, const InstanceSpec& spec)
{
    switch (spec.check.kind) {
    case CheckKind::Tcp:
        return makeTcpProbe(context, spec);
    case CheckKind::Grpc:
        return makeGrpcProbe(context, spec);
    default:
        return makeHttpProbe(context, spec);
    }
}

} // namespace pilothouse::services
