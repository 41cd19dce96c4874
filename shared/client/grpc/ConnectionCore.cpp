// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/ConnectionCore.h"

#include "shared/access/proto/AccessProto.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/grpc/OptionsCheck.h"
#include "shared/client/grpc/StreamReactor.h"
#include "shared/client/grpc/UnaryCall.h"
#include "shared/system/proto/SystemProto.h"

namespace pilothouse::client {

namespace {

using SystemAsync = v1::SystemService::StubInterface::async_interface;
using AccessAsync = v1::AccessService::StubInterface::async_interface;

// How often the round trip is measured, and how long one measurement may take.
constexpr absl::Duration kPingEvery = absl::Seconds(2);
constexpr absl::Duration kPingTimeout = absl::Seconds(5);
// Signing out must not keep the operator waiting for a server that hangs.
constexpr absl::Duration kSignOutTimeout = absl::Seconds(3);

Gate gateOf(ConnectionState state)
{
    switch (state) {
    case ConnectionState::Syncing:
    case ConnectionState::Live:
    case ConnectionState::Degraded:
        return Gate::Open;
    case ConnectionState::Connecting:
    case ConnectionState::Authenticating:
    case ConnectionState::Reconnecting:
        return Gate::Waiting;
    default:
        return Gate::Closed;
    }
}

/// Whether the listener would see no difference; lastLive changes with every pulse and is not news.
bool isSame(const ConnectionStatus& left, const ConnectionStatus& right)
{
    return left.state == right.state && left.since == right.since && left.error == right.error &&
           left.roundTrip == right.roundTrip && left.behind == right.behind &&
           left.attempt == right.attempt && left.nextAttempt == right.nextAttempt &&
           left.offered.has_value() == right.offered.has_value() &&
           left.server.has_value() == right.server.has_value() &&
           left.identity.has_value() == right.identity.has_value();
}

} // namespace

ConnectionCore::ConnectionCore(
    ConnectionOptions options,
    std::shared_ptr<EventLoop> loop,
    std::shared_ptr<Link> link,
    const Clock& clock)
    : m_options(std::move(options)),
      m_loop(std::move(loop)),
      m_link(std::move(link)),
      m_clock(clock),
      m_machine(clock, processRandom()),
      m_status(m_machine.status())
{
    m_options.pinnedFingerprint = cleanFingerprint(m_options.pinnedFingerprint);
    m_link->setToken(cleanToken(m_options.token));
}

ConnectionStatus ConnectionCore::status() const
{
    const std::lock_guard lock(m_mutex);
    return m_status;
}

std::string ConnectionCore::acceptedFingerprint() const
{
    const std::lock_guard lock(m_mutex);
    return m_accepted;
}

void ConnectionCore::setListener(std::function<void(const ConnectionStatus&)> listener)
{
    auto next = std::make_shared<Listener>();
    next->call = std::move(listener);
    {
        const std::lock_guard lock(m_mutex);
        next.swap(m_listener);
    }
    if (next) {
        next->gate.close();
    }
}

void ConnectionCore::step(const std::function<void(ConnectionMachine&)>& event)
{
    if (m_isClosed) {
        return;
    }
    event(m_machine);
    updateGate();
    for (const Effect effect : m_machine.takeEffects()) {
        perform(effect);
    }
    publish();
    armTimer();
}

void ConnectionCore::updateGate()
{
    const ConnectionStatus& status = m_machine.status();
    const Gate gate = gateOf(status.state);
    if (gate != Gate::Open) {
        stopPulse();
    }
    absl::Status why = status.error;
    if (status.state == ConnectionState::SignedOut && why.ok()) {
        why = withHint(absl::UnauthenticatedError("not signed in"), "Sign in first.");
    }
    m_link->setGate(gate, std::move(why));
}

void ConnectionCore::perform(Effect effect)
{
    switch (effect) {
    case Effect::Dial:
        dial();
        break;
    case Effect::AskIdentity:
        askIdentity();
        break;
    case Effect::StartPulse:
        startPulse();
        break;
    case Effect::StopCalls:
        m_link->cancelCalls();
        break;
    case Effect::HangUp:
        m_asking.reset();
        m_link->setChannel(nullptr);
        break;
    }
}

void ConnectionCore::publish()
{
    std::shared_ptr<Listener> listener;
    {
        const std::lock_guard lock(m_mutex);
        const bool isNews = !isSame(m_status, m_machine.status());
        m_status = m_machine.status();
        if (isNews) {
            listener = m_listener;
        }
    }
    if (listener && listener->call) {
        listener->gate.deliver([&] { listener->call(m_machine.status()); });
    }
}

void ConnectionCore::armTimer()
{
    const absl::Duration next = m_machine.nextTick();
    if (next >= m_armedFor) {
        return;
    }
    m_armedFor = next;
    m_loop->postAfter(next - m_clock.monotonic(), [core = weak_from_this(), next] {
        const auto self = core.lock();
        if (!self || self->m_armedFor != next) {
            return;
        }
        self->m_armedFor = absl::InfiniteDuration();
        self->step([&](ConnectionMachine& machine) {
            if (self->m_clock.monotonic() >= machine.nextTick()) {
                machine.tick();
            }
        });
    });
}

void ConnectionCore::connect()
{
    const absl::StatusOr<Address> address = checkOptions(m_options);
    step([&](ConnectionMachine& machine) {
        if (address.ok()) {
            m_address = *address;
            machine.connect();
        } else if (machine.status().state == ConnectionState::Disconnected) {
            machine.refuse(address.status());
        }
    });
}

void ConnectionCore::answerTrust(bool trusted)
{
    step([&](ConnectionMachine& machine) {
        const std::optional<Certificate> offered = machine.status().offered;
        if (machine.answerTrust(trusted) && offered) {
            m_options.pinnedFingerprint = offered->fingerprint;
        }
    });
}

void ConnectionCore::dial()
{
    const auto record = std::make_shared<TrustRecord>();
    const TrustPolicy policy{
        .host = m_address->host,
        .caPem = m_options.caPem,
        .pinnedFingerprint = m_options.pinnedFingerprint,
    };
    m_link->setChannel(makeChannel(*m_address, policy, m_options, record));
    m_asking = std::make_shared<CallScope>();
    UnaryCall<v1::GetServerInfoRequest, v1::GetServerInfoResponse>::start(
        m_link,
        m_asking,
        {.isIdempotent = false, .needsSession = false, .timeout = m_options.dialTimeout},
        {},
        invoking(&Link::Stubs::system, &SystemAsync::GetServerInfo),
        [self = shared_from_this(), record, generation = m_link->generation()](
            absl::StatusOr<v1::GetServerInfoResponse> response) {
            if (generation == self->m_link->generation()) {
                self->serverAnswered(*record, std::move(response));
            }
        });
}

void ConnectionCore::serverAnswered(
    const TrustRecord& record, absl::StatusOr<v1::GetServerInfoResponse> response)
{
    const std::optional<TrustDecision> decision = record.get();
    if (decision && decision->verdict == TrustVerdict::Trusted) {
        const std::lock_guard lock(m_mutex);
        m_accepted = decision->offered.fingerprint;
    }
    step([&](ConnectionMachine& machine) {
        if (response.ok()) {
            machine.serverAnswered(system::fromProto(*response));
        } else if (!decision || decision->verdict == TrustVerdict::Trusted) {
            machine.serverAnswered(response.status());
        } else if (decision->verdict == TrustVerdict::Invalid) {
            machine.serverAnswered(decision->why);
        } else {
            machine.certificateRefused(decision->offered, decision->why);
        }
    });
}

void ConnectionCore::askIdentity()
{
    m_asking = std::make_shared<CallScope>();
    const bool hasCredentials =
        !m_link->token().empty() || m_address->isUnix() || !m_options.clientCertificatePem.empty();
    if (!hasCredentials) {
        // Asking would only look like a failed sign-in on the server.
        m_loop->post([self = shared_from_this(), generation = m_link->generation()] {
            if (generation == self->m_link->generation()) {
                self->step([](ConnectionMachine& machine) {
                    machine.identityAnswered(
                        withHint(absl::UnauthenticatedError("not signed in"), "Sign in."));
                });
            }
        });
        return;
    }
    UnaryCall<v1::WhoAmIRequest, v1::WhoAmIResponse>::start(
        m_link,
        m_asking,
        {.isIdempotent = false, .needsSession = false, .timeout = m_options.callTimeout},
        {},
        invoking(&Link::Stubs::access, &AccessAsync::WhoAmI),
        [self = shared_from_this(),
         generation = m_link->generation()](absl::StatusOr<v1::WhoAmIResponse> response) {
            if (generation != self->m_link->generation()) {
                return;
            }
            self->step([&](ConnectionMachine& machine) {
                if (response.ok()) {
                    machine.identityAnswered(access::fromProto(*response));
                } else {
                    machine.identityAnswered(response.status());
                }
            });
        });
}

void ConnectionCore::startPulse()
{
    const auto scope = std::make_shared<CallScope>();
    m_pulse = scope;
    auto context = std::make_shared<grpc::ClientContext>();
    m_link->prepare(*context, absl::InfiniteDuration());
    m_link->track(context);
    scope->attach(context);
    const auto request = std::make_shared<const v1::WatchHealthRequest>();
    StreamReactor<v1::WatchHealthResponse>::start(
        m_link,
        context,
        [request](Link::Stubs& stubs, grpc::ClientContext* call, auto* reactor) {
            stubs.system->async()->WatchHealth(call, request.get(), reactor);
        },
        [self = shared_from_this(), scope](v1::WatchHealthResponse&) {
            if (self->m_pulse != scope) {
                return false;
            }
            self->step([](ConnectionMachine& machine) { machine.pulse(); });
            return self->m_pulse == scope;
        },
        [self = shared_from_this(), scope, request](const grpc::Status& status) {
            if (self->m_pulse == scope) {
                self->step([&](ConnectionMachine& machine) {
                    machine.pulseEnded(translate(status, self->m_link->name()));
                });
            }
        });
    ping();
}

void ConnectionCore::stopPulse()
{
    if (m_pulse) {
        m_pulse->close();
        m_pulse.reset();
    }
}

void ConnectionCore::ping()
{
    const absl::Duration sent = m_clock.monotonic();
    UnaryCall<v1::GetServerInfoRequest, v1::GetServerInfoResponse>::start(
        m_link,
        m_pulse,
        {.isIdempotent = false, .needsSession = false, .timeout = kPingTimeout},
        {},
        invoking(&Link::Stubs::system, &SystemAsync::GetServerInfo),
        [self = shared_from_this(), scope = m_pulse, sent](
            const absl::StatusOr<v1::GetServerInfoResponse>& response) {
            if (self->m_pulse != scope) {
                return;
            }
            if (response.ok()) {
                self->step([&](ConnectionMachine& machine) {
                    machine.roundTripMeasured(self->m_clock.monotonic() - sent);
                });
            }
            self->m_loop->postAfter(kPingEvery, [weak = self->weak_from_this(), scope] {
                const auto core = weak.lock();
                if (core && core->m_pulse == scope) {
                    core->ping();
                }
            });
        });
}

void ConnectionCore::signIn(
    const std::string& name, const std::string& password, OnDone<access::SignedIn> onDone)
{
    bool isStarted = false;
    step([&](ConnectionMachine& machine) { isStarted = machine.signInStarted(); });
    if (!isStarted) {
        onDone(withHint(
            absl::FailedPreconditionError("there is no place for a sign-in now"),
            "Wait until the connection asks for one."));
        return;
    }
    v1::SignInRequest request;
    request.set_name(name);
    request.set_password(password);
    request.set_client(m_options.clientName);
    m_asking = std::make_shared<CallScope>();
    UnaryCall<v1::SignInRequest, v1::SignInResponse>::start(
        m_link,
        m_asking,
        {.isIdempotent = false, .needsSession = false, .timeout = m_options.callTimeout},
        std::move(request),
        invoking(&Link::Stubs::access, &AccessAsync::SignIn),
        [self = shared_from_this(), generation = m_link->generation(), done = std::move(onDone)](
            absl::StatusOr<v1::SignInResponse> response) {
            if (generation == self->m_link->generation()) {
                if (response.ok()) {
                    self->m_link->setToken(cleanToken(response->token()));
                }
                self->step(
                    [&](ConnectionMachine& machine) { machine.signInAnswered(response.status()); });
            }
            if (response.ok()) {
                done(access::fromProto(*response));
            } else {
                done(response.status());
            }
        });
}

void ConnectionCore::signOut()
{
    const auto forget = [self = shared_from_this()] {
        self->m_link->setToken({});
        self->step([](ConnectionMachine& machine) { machine.signedOut(); });
    };
    if (m_link->gate() != Gate::Open) {
        forget();
        return;
    }
    UnaryCall<v1::SignOutRequest, v1::SignOutResponse>::start(
        m_link,
        std::make_shared<CallScope>(),
        {.isIdempotent = false, .needsSession = false, .timeout = kSignOutTimeout},
        {},
        invoking(&Link::Stubs::access, &AccessAsync::SignOut),
        [forget](const absl::StatusOr<v1::SignOutResponse>&) { forget(); });
}

void ConnectionCore::close()
{
    m_isClosed = true;
    stopPulse();
    m_link->onUnauthenticated = nullptr;
    m_link->setChannel(nullptr);
}

} // namespace pilothouse::client
