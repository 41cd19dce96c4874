// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/run/Registrar.h"

#include "app/demo/http/HttpCall.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/Await.h"
#include "shared/client/Connection.h"
#include "shared/client/ServicesClient.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <vector>

namespace pilothouse::demo {

namespace {

using namespace std::chrono_literals;

constexpr const char* kService = "extraction";
constexpr auto kBetweenCalls = 200ms;
constexpr auto kBetweenTries = 2s;
/// How often it looks whether both are still registered.
constexpr int kCallsBetweenLooks = 50;

services::InstanceSpec specOf(const char* colour, const char* version, unsigned short port)
{
    services::InstanceSpec spec;
    spec.key = {kService, fmt::format("{}-1", colour)};
    spec.address = fmt::format("127.0.0.1:{}", port);
    spec.colour = colour;
    spec.version = version;
    spec.metadata = {{"part-of", "demo"}};
    spec.check.kind = services::CheckKind::Http;
    spec.check.target = "/healthz";
    spec.check.interval = absl::Seconds(2);
    return spec;
}

/// The two instances in the registry of one server.
class Registrations
{
public:
    Registrations(const std::filesystem::path& socket, const DemoState& state)
    {
        m_specs.push_back(specOf("blue", "1", state.blue));
        if (state.green != 0) {
            m_specs.push_back(specOf("green", "2", state.green));
        }
        client::ConnectionOptions options;
        options.address = "unix:" + socket.string();
        options.clientName = "pilothouse-demo";
        options.callTimeout = absl::Seconds(2);
        m_connection = client::makeConnection(std::move(options));
        m_connection->connect();
    }

    absl::Status enroll()
    {
        for (const auto& spec : m_specs) {
            auto registered = client::await<client::RegisteredInstance>(
                [&](auto done) { return registry().registerInstance(spec, std::move(done)); });
            PH_RETURN_IF_ERROR(registered.status());
            m_registrations[spec.key] = std::move(registered->registration);
        }
        return absl::OkStatus();
    }

    /// Not when an operator has taken one out: that is for the operator to see.
    bool isForgotten()
    {
        const auto known = client::await<std::vector<services::Instance>>(
            [&](auto done) { return registry().listInstances(kService, std::move(done)); });
        return known.ok() && known->empty();
    }

    /// One request to whoever should get it, and how it went.
    void callOne()
    {
        client::ResolveQuery query;
        query.service = kService;
        const auto resolved = client::await<client::Resolution>(
            [&](auto done) { return registry().resolve(query, std::move(done)); });
        if (!resolved.ok() || resolved->instances.empty()) {
            return;
        }
        const auto& instance = resolved->instances.front();
        const auto port = static_cast<unsigned short>(
            std::strtoul(instance.address.c_str() + instance.address.rfind(':') + 1, nullptr, 10));
        const auto begun = std::chrono::steady_clock::now();
        const auto response = callAndWait(port, http::verb::get, "/pages/1");
        client::InstanceOutcome outcome;
        outcome.instanceId = instance.id;
        outcome.latency = absl::FromChrono(std::chrono::steady_clock::now() - begun);
        outcome.hasFailed = !response.ok() || response->result_int() >= 500;
        client::await<client::Nothing>([&](auto done) {
            return registry().reportOutcomes(kService, {outcome}, std::move(done));
        }).IgnoreError();
    }

    void leave()
    {
        for (const auto& [key, registration] : m_registrations) {
            client::await<client::Nothing>([&, &instance = key, &secret = registration](auto done) {
                return registry().deregisterInstance(instance, secret, std::move(done));
            }).IgnoreError();
        }
    }

private:
    client::ServicesClient& registry() { return m_connection->services(); }

    std::vector<services::InstanceSpec> m_specs;
    std::map<services::InstanceKey, std::string> m_registrations;
    std::unique_ptr<client::Connection> m_connection;
};

} // namespace

Registrar::Registrar(std::filesystem::path socket, const DemoState& state)
    : m_socket(std::move(socket)), m_state(state), m_thread([this] { run(); })
{}

Registrar::~Registrar()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

bool Registrar::pause(std::chrono::milliseconds time)
{
    std::unique_lock lock(m_mutex);
    return !m_wake.wait_for(lock, time, [this] { return m_isStopping; });
}

void Registrar::run()
{
    Registrations registrations(m_socket, m_state);
    absl::Status enrolled = registrations.enroll();
    while (!enrolled.ok() && pause(kBetweenTries)) {
        enrolled = registrations.enroll();
    }
    for (int calls = 1; pause(kBetweenCalls); ++calls) {
        if (calls % kCallsBetweenLooks == 0 && registrations.isForgotten()) {
            registrations.enroll().IgnoreError();
        }
        registrations.callOne();
    }
    registrations.leave();
}

} // namespace pilothouse::demo
