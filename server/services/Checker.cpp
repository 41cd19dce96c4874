// SPDX-License-Identifier: Apache-2.0
#include "server/services/Checker.h"

#include <functional>
#include <utility>

namespace pilothouse::services {

namespace {

/// A new instance is checked soon, but hundreds that come at once not all in one moment.
constexpr absl::Duration kFirstWithin = absl::Milliseconds(500);

absl::Duration spread(const InstanceKey& key, absl::Duration within)
{
    constexpr std::size_t kSteps = 1000;
    return within * static_cast<double>(std::hash<std::string>()(key.text()) % kSteps) / kSteps;
}

} // namespace

Checker::Checker(
    boost::asio::io_context& io,
    Registry& registry,
    RegistryMetrics& metrics,
    const Clock& clock,
    Options options)
    : m_registry(registry),
      m_metrics(metrics),
      m_clock(clock),
      m_options(std::move(options)),
      m_context{io, m_options.caFile, m_calls}
{}

Checker::~Checker()
{
    stop();
}

void Checker::stop()
{
    m_isStopped = true;
    m_subjects.clear();
    m_due.clear();
    m_calls.wait();
}

void Checker::tick()
{
    if (m_isStopped) {
        return;
    }
    follow();
    const absl::Duration now = m_clock.monotonic();
    absl::Duration lag;
    while (!m_due.empty() && m_due.begin()->first <= now) {
        if (m_running >= m_options.atOnce) {
            lag = now - m_due.begin()->first;
            break;
        }
        const InstanceKey key = m_due.begin()->second;
        m_due.erase(m_due.begin());
        begin(key, m_subjects[key]);
    }
    m_lag.store(absl::ToInt64Nanoseconds(lag));
    m_metrics.checksUnderWay.Set(m_running);
}

/// Takes over who came, went or registered anew.
void Checker::follow()
{
    const std::int64_t generation = m_registry.generation();
    if (std::exchange(m_generation, generation) == generation) {
        return;
    }
    std::map<InstanceKey, Subject> next;
    std::multimap<absl::Duration, InstanceKey> due;
    const absl::Duration now = m_clock.monotonic();
    for (const StoredInstance& stored : m_registry.stored()) {
        const InstanceKey& key = stored.spec.key;
        const Check& check = stored.spec.check;
        if (check.kind == CheckKind::None) {
            continue;
        }
        Subject& subject = next[key];
        const auto before = m_subjects.find(key);
        if (before != m_subjects.end() && before->second.revision == stored.revision) {
            subject = std::move(before->second);
        } else {
            subject.revision = stored.revision;
            subject.interval = check.interval;
            subject.due = now + spread(key, std::min(kFirstWithin, check.interval));
            subject.probe = makeProbe(m_context, stored.spec);
        }
        if (!subject.isRunning) {
            due.emplace(subject.due, key);
        }
    }
    for (const auto& [key, subject] : m_subjects) {
        // What is dropped while it runs does not come back.
        m_running -= subject.isRunning && subject.probe != nullptr ? 1 : 0;
    }
    m_subjects = std::move(next);
    m_due = std::move(due);
}

void Checker::begin(const InstanceKey& key, Subject& subject)
{
    subject.isRunning = true;
    ++m_running;
    subject.probe->run([this,
                        alive = std::weak_ptr<const bool>(m_alive),
                        key,
                        revision = subject.revision,
                        begun = m_clock.monotonic()](const absl::Status& status) {
        if (!alive.expired()) {
            finish(key, revision, begun, status);
        }
    });
}

void Checker::finish(
    const InstanceKey& key, std::int64_t revision, absl::Duration begun, const absl::Status& status)
{
    const auto found = m_subjects.find(key);
    if (found == m_subjects.end() || found->second.revision != revision) {
        return;
    }
    --m_running;
    const absl::Duration now = m_clock.monotonic();
    Subject& subject = found->second;
    subject.isRunning = false;
    // In step with its turn; turns that have passed are left out.
    subject.due = std::max(subject.due + subject.interval, now);
    m_due.emplace(subject.due, key);
    m_registry.checked(
        key, revision, {m_clock.now(), status.ok(), now - begun, std::string(status.message())});
}

} // namespace pilothouse::services
