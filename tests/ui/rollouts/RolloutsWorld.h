// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/RolloutsClient.h"
#include "tests/support/shell/ShellFixture.h"

#include <absl/time/time.h>

#include <QString>
#include <QStringList>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::ui {

class RolloutWatch;
class RolloutsPage;
struct MarkedLine;

} // namespace pilothouse::ui

namespace pilothouse::test {

/// When the samples are looked at: what the clock of the world says.
inline const absl::Time kRolloutsNow = absl::FromUnixSeconds(1'795'271'400);

/// Rollout 17, of version 2.4.0 onto green, in this step.
rollouts::Rollout makeRollout(rollouts::Step step, const std::string& application = "checkout");
/// Behind HAProxy, with that rollout and with both sides up.
rollouts::Application makeApplication(rollouts::Step step, const std::string& name = "checkout");
/// With what can be configured besides.
rollouts::Application withEverythingConfigured(rollouts::Application one);
/// Something in a cluster, of which nothing is counted.
rollouts::Application inCluster(rollouts::Application one, const std::string& driver);
/// What an action answers: its plan.
client::RolloutOutcome makeOutcome(plans::Friction friction, const std::string& title);
/// The same rollout with its events.
client::RolloutReceipt makeReceipt(rollouts::Step step);

/// "passed: Candidate is ready", a line each.
QStringList textsOf(const std::vector<ui::MarkedLine>& lines);

/// The page of rollouts and a RolloutWatch in a window, on a fake connection.
class RolloutsWorld : public ShellFixture
{
public:
    RolloutsWorld();
    ~RolloutsWorld();

    FakeRolloutsClient& client() { return connection->rolloutsClient; }

    void open(const QString& object = {});
    /// Null: another page is shown.
    ui::RolloutsPage* page() const;
    void push(const std::vector<rollouts::Application>& applications);
    /// The page on one application in this step.
    void openIn(rollouts::Step step);
    void run(const QString& id);
    /// Points of both sides over half an hour, as the server would send them.
    void feedChart();
    /// The query has no series.
    void feedNothing();

    ui::RolloutWatch* watch = nullptr;
    std::shared_ptr<ui::Session> session;
};

} // namespace pilothouse::test
