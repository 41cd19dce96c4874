// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <csignal>

namespace pilothouse {

/// SIGTERM and SIGINT as something to wait for. Made before the first thread, so that every thread
/// inherits the block and the signals wait here. SIGPIPE is ignored: a peer that goes away is an
/// error code.
class StopSignals
{
public:
    StopSignals();
    /// Blocks; answers the signal.
    int wait();
    /// From now on another signal, unless it comes within a second, or the end of `limit` ends the
    /// process at once with exit code 1.
    void exitAtNextOrAfter(absl::Duration limit);

private:
    sigset_t m_set;
};

} // namespace pilothouse
