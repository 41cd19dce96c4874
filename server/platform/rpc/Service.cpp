// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/Service.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

namespace pilothouse::rpc {

namespace {

/// Work on its way through an executor. When the executor drops it unrun (it is shutting down), the
/// call is finished all the same: an unfinished call would keep the server from stopping.
class QueuedWork
{
public:
    QueuedWork(Service::Done done, std::function<absl::Status()> work)
        : m_done(std::move(done)), m_work(std::move(work))
    {}
    ~QueuedWork()
    {
        if (m_done) {
            m_done(absl::UnavailableError("the server is stopping"));
        }
    }
    QueuedWork(const QueuedWork&) = delete;
    QueuedWork& operator=(const QueuedWork&) = delete;

    void run() { finish(m_work()); }
    void finish(absl::Status status) { std::exchange(m_done, nullptr)(std::move(status)); }

private:
    Service::Done m_done;
    std::function<absl::Status()> m_work;
};

} // namespace

Service::Service(Guard& guard, const google::protobuf::ServiceDescriptor* descriptor)
    : m_guard(guard), m_descriptor(descriptor)
{}

std::vector<std::string> Service::missingMethods() const
{
    std::vector<std::string> missing;
    for (int index = 0; index < m_descriptor->method_count(); ++index) {
        const std::string& name = m_descriptor->method(index)->full_name();
        if (std::ranges::none_of(
                m_methods, [&](const Method& has) { return has.fullName == name; })) {
            missing.push_back(name);
        }
    }
    return missing;
}

const Method& Service::add(
    const char* name,
    grpc::internal::RpcMethod::RpcType type,
    const google::protobuf::Descriptor* request,
    const google::protobuf::Descriptor* response)
{
    const auto* method = m_descriptor->FindMethodByName(name);
    const bool streams = type == grpc::internal::RpcMethod::SERVER_STREAMING;
    if (method == nullptr || method->input_type() != request || method->output_type() != response ||
        method->server_streaming() != streams || method->client_streaming()) {
        throw std::logic_error(
            fmt::format("{}.{} is not in the contract like this", m_descriptor->full_name(), name));
    }
    m_paths.push_back(fmt::format("/{}/{}", m_descriptor->full_name(), name));
    AddMethod(new grpc::internal::RpcServiceMethod(m_paths.back().c_str(), type, nullptr));
    return m_methods.emplace_back(m_guard.describe(method->full_name(), streams));
}

void Service::setHandler(grpc::internal::MethodHandler* handler)
{
    MarkMethodCallback(static_cast<int>(m_methods.size()) - 1, handler);
}

grpc::ServerUnaryReactor* Service::runUnary(
    grpc::CallbackServerContext& context,
    const Method& method,
    std::function<void(const Call&, const Done&)> start)
{
    auto* reactor = context.DefaultReactor();
    Call call = m_guard.begin(context, method);
    absl::Status why;
    switch (m_guard.admit(call, why)) {
    case Guard::Verdict::Refused:
        reactor->Finish(m_guard.finish(call, std::move(why)));
        return reactor;
    case Guard::Verdict::Admitted:
        start(call, [this, call, reactor](absl::Status status) {
            reactor->Finish(m_guard.finish(call, std::move(status)));
        });
        return reactor;
    case Guard::Verdict::Ask:
        m_guard.lookUp(
            std::move(call),
            [this, reactor, start = std::move(start)](const Call& decided, absl::Status status) {
                if (!status.ok()) {
                    reactor->Finish(m_guard.finish(decided, std::move(status)));
                    return;
                }
                start(decided, [this, decided, reactor](absl::Status result) {
                    reactor->Finish(m_guard.finish(decided, std::move(result)));
                });
            });
        break;
    }
    return reactor;
}

void Service::submit(
    platform::Executor& executor, const Done& done, std::function<absl::Status()> work)
{
    auto queued = std::make_shared<QueuedWork>(done, std::move(work));
    if (absl::Status status = executor.submit([queued] { queued->run(); }); !status.ok()) {
        queued->finish(std::move(status));
    }
}

} // namespace pilothouse::rpc
