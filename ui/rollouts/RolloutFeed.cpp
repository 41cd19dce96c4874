// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/RolloutFeed.h"

#include "ui/session/OnGuiThread.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

bool allowTheSame(const rollouts::Application& one, const rollouts::Application& other)
{
    const auto generation = [](const rollouts::Application& application) {
        return application.rollout ? application.rollout->generation : 0;
    };
    const auto id = [](const rollouts::Application& application) {
        return application.rollout ? application.rollout->id : std::string();
    };
    return one.name == other.name && one.active == other.active && id(one) == id(other) &&
           generation(one) == generation(other) && one.gates == other.gates;
}

} // namespace

RolloutFeed::RolloutFeed(client::RolloutsClient& rollouts, const Clock& clock, QObject* parent)
    : QObject(parent), m_rollouts(rollouts), m_clock(clock)
{}

void RolloutFeed::open()
{
    using Message = std::vector<rollouts::Application>;
    m_error = absl::OkStatus();
    // Each message is everything: the newest is enough for a GUI that was busy.
    m_box = std::make_unique<LiveMailbox<Message>>(
        1, [this](std::vector<Message> messages) { take(std::move(messages.back())); });
    m_call = m_rollouts.watchApplications(
        {}, m_box->sink(), onGuiThread(this, [this](absl::Status status) {
            if (!status.ok() && !absl::IsCancelled(status)) {
                m_error = std::move(status);
                Q_EMIT changed();
            }
        }));
}

void RolloutFeed::close()
{
    m_call.reset();
    m_box.reset();
}

const rollouts::Application* RolloutFeed::find(const QString& name) const
{
    const auto found =
        std::ranges::find(m_applications, name.toStdString(), &rollouts::Application::name);
    return found == m_applications.end() ? nullptr : &*found;
}

void RolloutFeed::take(std::vector<rollouts::Application> applications)
{
    const bool areSame =
        m_isKnown && std::ranges::equal(m_applications, applications, allowTheSame);
    m_applications = std::move(applications);
    m_isKnown = true;
    m_error = absl::OkStatus();
    absl::Time newest = absl::InfinitePast();
    for (const rollouts::Application& one : m_applications) {
        if (one.observation) {
            newest = std::max(newest, one.observation->time);
        }
    }
    m_ahead = newest == absl::InfinitePast() ? absl::ZeroDuration() : newest - m_clock.now();
    Q_EMIT changed();
    if (!areSame) {
        Q_EMIT verbsChanged();
    }
}

} // namespace pilothouse::ui
