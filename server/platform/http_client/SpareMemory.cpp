// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http_client/SpareMemory.h"

#include <utility>

namespace pilothouse::platform {

namespace {

/// More are in use at once only after a stall.
constexpr std::size_t kMostSpares = 8;
/// A text that grew beyond this is freed: one huge page must not be paid for ever.
constexpr std::size_t kMostTextBytes = 1UL << 20;

} // namespace

SpareMemory& SpareMemory::ofThisThread()
{
    thread_local SpareMemory memory;
    return memory;
}

boost::beast::flat_buffer SpareMemory::takeBuffer()
{
    if (m_buffers.empty()) {
        boost::beast::flat_buffer buffer(kBufferBytes);
        buffer.reserve(kBufferBytes);
        return buffer;
    }
    boost::beast::flat_buffer buffer = std::move(m_buffers.back());
    m_buffers.pop_back();
    return buffer;
}

void SpareMemory::give(boost::beast::flat_buffer&& buffer)
{
    if (m_buffers.size() < kMostSpares && buffer.capacity() >= kBufferBytes) {
        buffer.clear();
        m_buffers.push_back(std::move(buffer));
    }
}

std::string SpareMemory::takeText()
{
    if (m_texts.empty()) {
        return {};
    }
    std::string text = std::move(m_texts.back());
    m_texts.pop_back();
    return text;
}

void SpareMemory::give(std::string&& text)
{
    if (m_texts.size() < kMostSpares && text.capacity() <= kMostTextBytes) {
        text.clear();
        m_texts.push_back(std::move(text));
    }
}

} // namespace pilothouse::platform
