// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/scaling/Policy.h"

#include <absl/time/time.h>

#include <deque>
#include <string>

namespace pilothouse::scaling {

/// What was recommended and done lately: what stabilisation and rate policies look at. Times only
/// grow.
class History
{
public:
    /// What metrics asked for, at one moment or since and until when it was asked for.
    void noteAsked(absl::Time time, int instances) { noteAsked(time, time, instances); }
    void noteAsked(absl::Time since, absl::Time until, int instances);
    /// Instances were added or taken away.
    void noteScaled(absl::Time time, int before, int after);
    /// Forgets what no policy can look at any more.
    void forget(absl::Time now);

    bool hasAsked(absl::Time since) const;

    /// What the windows leave of `asked`, and why, when it is something else.
    struct Held
    {
        int instances = 0;
        std::string why;
    };
    Held stabilised(const Policy& policy, int current, int asked, absl::Time now) const;
    /// What the rate policies leave of it.
    Held limited(const Policy& policy, int current, int wanted, absl::Time now) const;

private:
    struct Asked
    {
        absl::Time since;
        absl::Time until;
        int instances = 0;
    };
    struct Scaled
    {
        absl::Time time;
        int change = 0;
    };
    int addedIn(absl::Duration period, absl::Time now) const;
    int removedIn(absl::Duration period, absl::Time now) const;

    std::deque<Asked> m_asked;
    std::deque<Scaled> m_scaled;
};

} // namespace pilothouse::scaling
