// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace pilothouse::platform {

/// The memory of answers, handed from one to the next by all clients on a thread. A page takes a
/// hundred kilobytes for a millisecond: hundreds of connections that wait most of the time need not
/// hold that each, and the allocator need not find it again for every page.
class SpareMemory
{
public:
    /// As much as Beast reads at once.
    static constexpr std::size_t kBufferBytes = 64UL * 1024;

    static SpareMemory& ofThisThread();

    /// Empty, with room for kBufferBytes, which is also the most that it will hold.
    boost::beast::flat_buffer takeBuffer();
    void give(boost::beast::flat_buffer&& buffer);

    /// Empty, with whatever room it has.
    std::string takeText();
    void give(std::string&& text);

private:
    std::vector<boost::beast::flat_buffer> m_buffers;
    std::vector<std::string> m_texts;
};

} // namespace pilothouse::platform
