// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace pilothouse::metrics {

/// Log files are a sequence of frames: length, checksum, content. What a crash cut off is
/// recognised.

/// The content as a frame.
std::string frame(std::string_view content);

struct FrameScan
{
    std::size_t frames = 0;
    /// Bytes up to the end of the last good frame.
    std::size_t goodBytes = 0;
    /// Bytes behind it that are not a whole frame.
    std::size_t lostBytes = 0;
};

/// Hands the content of each frame to `take`, up to the first that is cut off or damaged.
FrameScan scanFrames(
    std::string_view file, const std::function<void(std::string_view content)>& take);

} // namespace pilothouse::metrics
