// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/metrics/MetricsProbe.h"

namespace pilothouse::test {

namespace {

constexpr auto kDeadline = std::chrono::seconds(20);

void setDeadline(grpc::ClientContext& context)
{
    context.set_deadline(std::chrono::system_clock::now() + kDeadline);
}

} // namespace

MetricsProbe::MetricsProbe(const QString& address)
{
    // Small windows, so that a watcher that does not read is felt by the server soon.
    constexpr int kWindow = 16 * 1024;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kWindow);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    m_channel = grpc::CreateCustomChannel(
        address.toStdString(), grpc::InsecureChannelCredentials(), arguments);
    m_stub = v1::MetricsService::NewStub(m_channel);
}

grpc::Status MetricsProbe::query(const std::string& expression, v1::QueryResponse& response)
{
    grpc::ClientContext context;
    setDeadline(context);
    v1::QueryRequest request;
    request.set_expression(expression);
    return m_stub->Query(&context, request, &response);
}

std::optional<double> MetricsProbe::value(const std::string& expression)
{
    v1::QueryResponse response;
    if (!query(expression, response).ok()) {
        return std::nullopt;
    }
    if (response.type() == v1::VALUE_TYPE_SCALAR) {
        return response.scalar().value();
    }
    return response.vector_size() == 1 ? std::optional(response.vector(0).sample().value())
                                       : std::nullopt;
}

std::optional<v1::Target> MetricsProbe::target(const std::string& job)
{
    grpc::ClientContext context;
    setDeadline(context);
    v1::ListTargetsResponse response;
    if (!m_stub->ListTargets(&context, {}, &response).ok()) {
        return std::nullopt;
    }
    for (const v1::Target& target : response.targets()) {
        if (target.job() == job) {
            return target;
        }
    }
    return std::nullopt;
}

QueryWatcher::QueryWatcher(MetricsProbe& probe, const v1::WatchQueryRequest& request)
    : m_reader(probe.stub().WatchQuery(&m_context, request))
{
    m_thread = std::thread([this] {
        v1::WatchQueryResponse response;
        while (!m_isStopping) {
            m_isReading.wait(false);
            if (!m_reader->Read(&response)) {
                break;
            }
            const std::lock_guard lock(m_mutex);
            m_messages.push_back(response);
        }
        if (m_isStopping) {
            while (m_reader->Read(&response)) {
            }
        }
        const grpc::Status status = m_reader->Finish();
        const std::lock_guard lock(m_mutex);
        m_status = status;
        m_isEnded = true;
    });
}

QueryWatcher::~QueryWatcher()
{
    m_isStopping = true;
    m_context.TryCancel();
    setReading(true);
    m_thread.join();
}

void QueryWatcher::setReading(bool isReading)
{
    m_isReading = isReading;
    m_isReading.notify_all();
}

std::vector<v1::WatchQueryResponse> QueryWatcher::messages() const
{
    const std::lock_guard lock(m_mutex);
    return m_messages;
}

std::size_t QueryWatcher::count() const
{
    const std::lock_guard lock(m_mutex);
    return m_messages.size();
}

grpc::Status QueryWatcher::status() const
{
    const std::lock_guard lock(m_mutex);
    return m_status;
}

} // namespace pilothouse::test
