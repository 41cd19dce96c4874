// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <vector>

namespace pilothouse::bench {

/// CPU seconds that a process has used so far, ours or another one; 0 when it is gone.
double cpuSeconds(pid_t pid);
/// Of this process, and of the calling thread.
double ownCpuSeconds();
double threadCpuSeconds();

/// Resident megabytes (10^6) of a process.
double residentMegabytes(pid_t pid);
/// The same with pages that several processes share divided among them, so that the figures of a
/// tree can be added up.
double proportionalMegabytes(pid_t pid);

/// Lets tests/support find our programs in the build tree of this benchmark, unless
/// PILOTHOUSE_BIN_DIR says where they are.
void findOwnPrograms();

/// The process and all its descendants.
std::vector<pid_t> processTree(pid_t root);

} // namespace pilothouse::bench
