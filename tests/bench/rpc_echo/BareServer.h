// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pilothouse::bench {

/// Serves GetHealth with always the same answer until standard input ends; nothing stands between
/// the call and the answer. Prints "ready HOST:PORT". Returns the exit code.
int runBareServer(
    const std::string& certificateFile, const std::string& keyFile, const std::string& answerFile);

} // namespace pilothouse::bench
