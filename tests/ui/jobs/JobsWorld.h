// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/jobs/Job.h"
#include "shared/jobs/Kind.h"
#include "shared/jobs/Schedule.h"
#include "tests/support/shell/ShellFixture.h"
#include "ui/jobs/JobActivity.h"
#include "ui/jobs/JobsPage.h"

#include <absl/time/time.h>

#include <QString>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::ui {
class DataTable;
}

namespace pilothouse::test {

/// What the clock of a JobsWorld says.
inline constexpr absl::Time kNow = absl::FromUnixSeconds(1'795'271'400);

/// With plain blanks for the thin ones.
QString spaced(QString text);

/// A "metrics.baseline" of dana's that was made so long ago and is what its state says.
jobs::Job makeJob(
    const std::string& id, jobs::JobState state, absl::Duration age = absl::Minutes(3));
/// The same with three tasks and two artefacts, as when one job is asked for.
jobs::Job withTasks(jobs::Job whole);
/// "metrics.baseline", with a parameter of most types.
jobs::Kind makeKind();
/// Nightly at 02:30 in Berlin; its last run failed.
jobs::Schedule makeSchedule(const std::string& name, bool paused = false);

/// A window with the jobs page and the strip on a fake server, dana signed in.
class JobsWorld : public ShellFixture
{
public:
    JobsWorld();
    ~JobsWorld();

    FakeJobsClient& client() { return connection->jobsClient; }
    /// Connects anew as the operator dana with these permissions.
    void signIn(std::vector<std::string> permissions);
    /// The jobs page, with one kind of job.
    ui::JobsPage* open();
    ui::JobsPage* page() const;
    /// To the page and the strip.
    void push(std::vector<jobs::Job> jobs, bool snapshot);
    ui::DataTable* table() const;
    /// By what a screen reader calls it: the order of children is not the order of making.
    template <typename T>
    T* named(const char* name) const
    {
        for (T* widget : window->findChildren<T*>()) {
            if (widget->accessibleName() == QLatin1String(name)) {
                return widget;
            }
        }
        return nullptr;
    }

    ui::JobActivity* activity = nullptr;
    std::shared_ptr<ui::Session> session;
};

} // namespace pilothouse::test
