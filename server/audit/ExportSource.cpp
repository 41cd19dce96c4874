// SPDX-License-Identifier: Apache-2.0
#include "server/audit/ExportSource.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>

namespace pilothouse::audit {

namespace {

using postgres::Transaction;
using Message = v1::ExportEntriesResponse;

/// Bytes of one message: enough to make the cost of a message small.
constexpr std::size_t kMessage = 256 << 10;
/// What one read aims at, and where it ends in any case.
constexpr std::size_t kPieceAim = 2 << 20;
constexpr std::size_t kPieceLimit = 8 << 20;
/// Entries that one read looks at.
constexpr std::int64_t kFirstPiece = 2000;
constexpr std::int64_t kSmallestPiece = 100;
constexpr std::int64_t kLargestPiece = 50000;
/// Another piece is read while fewer messages wait: more than those of one, so that reading and
/// sending go on at the same time.
constexpr std::size_t kAhead = 12;
constexpr absl::Duration kExportLimit = absl::Seconds(60);

} // namespace

class ExportSource::Reader : public std::enable_shared_from_this<ExportSource::Reader>
{
public:
    Reader(const Parts& parts, Request request, rpc::Waker waker)
        : m_parts(parts),
          m_request(std::move(request)),
          m_waker(std::move(waker)),
          m_lines(m_request.format)
    {}

    bool take(Message& response)
    {
        std::unique_lock lock(m_mutex);
        const bool isReady = !m_ready.empty();
        if (isReady) {
            response = std::move(m_ready.front());
            m_ready.pop_front();
        }
        if (m_ready.size() < kAhead && !m_isReading && !m_isDone) {
            m_isReading = true;
            lock.unlock();
            submit();
            return isReady;
        }
        if (!isReady && m_isDone) {
            lock.unlock();
            m_waker.end(absl::OkStatus());
        }
        return isReady;
    }

    void stop() { m_isStopped.store(true); }

private:
    void submit()
    {
        const absl::Status status =
            m_parts.executor.submit([reader = shared_from_this()] { reader->read(); });
        if (!status.ok()) {
            m_waker.end(status);
        }
    }

    /// On the executor, one at a time.
    void read()
    {
        if (m_isStopped.load()) {
            return;
        }
        const absl::Status status = m_isBegun ? absl::OkStatus() : begin();
        if (!status.ok()) {
            m_waker.end(status);
            return;
        }
        std::deque<Message> messages;
        if (const absl::Status piece = readPiece(messages); !piece.ok()) {
            m_waker.end(piece);
            return;
        }
        {
            const std::lock_guard lock(m_mutex);
            std::ranges::move(messages, std::back_inserter(m_ready));
            m_isDone = m_range.isEmpty();
            m_isReading = false;
        }
        m_waker.wake();
    }

    absl::Status begin()
    {
        PH_RETURN_IF_ERROR(m_parts.log.record(m_request.entry, absl::Now() + kExportLimit));
        PH_ASSIGN_OR_RETURN(
            m_range,
            m_parts.database.transact(
                [&](Transaction& transaction) {
                    return m_store.rangeOf(transaction, m_request.filter);
                },
                absl::Now() + kExportLimit,
                postgres::Database::Mode::ReadOnly));
        m_range.first = std::max(m_range.first, m_request.after + 1);
        m_isBegun = true;
        return absl::OkStatus();
    }

    absl::Status readPiece(std::deque<Message>& messages)
    {
        if (m_request.after == 0 && !m_hasHeader) {
            messages.emplace_back().set_data(m_lines.header());
        }
        m_hasHeader = true;
        if (m_range.isEmpty()) {
            return absl::OkStatus();
        }
        Range piece = {m_range.first, std::min(m_range.last, m_range.first + m_step - 1)};
        std::size_t bytes = 0;
        bool isBad = false;
        PH_RETURN_IF_ERROR(m_parts.database.transact(
            [&](Transaction& transaction) -> absl::Status {
                PH_ASSIGN_OR_RETURN(
                    const std::int64_t end, m_store.endOfDay(transaction, piece.first));
                piece.last = std::min(piece.last, end);
                return m_store.copy(
                    transaction, m_request.filter, piece, [&](std::string_view line) {
                        bytes += line.size();
                        isBad = isBad || !add(line, messages);
                        if (bytes >= kPieceLimit) {
                            piece.last = sequenceOf(line);
                        }
                        return bytes < kPieceLimit && !m_isStopped.load();
                    });
            },
            absl::Now() + kExportLimit,
            postgres::Database::Mode::ReadOnly));
        if (isBad) {
            return absl::InternalError("an audit entry could not be read from the database");
        }
        if (messages.empty()) {
            messages.emplace_back(); // nothing matched: says how far it is
        }
        messages.back().set_last_sequence(piece.last);
        m_range.first = piece.last + 1;
        const auto aim = static_cast<std::int64_t>(
            static_cast<double>(m_step) * static_cast<double>(kPieceAim) /
            static_cast<double>(std::max<std::size_t>(bytes, 1)));
        m_step = std::clamp(std::min(aim, m_step * 4), kSmallestPiece, kLargestPiece);
        return absl::OkStatus();
    }

    bool add(std::string_view line, std::deque<Message>& messages) const
    {
        if (messages.empty() || messages.back().data().size() >= kMessage) {
            messages.emplace_back().mutable_data()->reserve(kMessage + line.size() * 2);
        }
        Message& message = messages.back();
        message.set_entries(message.entries() + 1);
        message.set_last_sequence(sequenceOf(line));
        return m_lines.append(line, *message.mutable_data());
    }

    const Parts m_parts;
    const Request m_request;
    const rpc::Waker m_waker;
    const ExportLines m_lines;
    const EntryStore m_store{};
    std::atomic<bool> m_isStopped{false};

    // Of whoever reads.
    Range m_range;
    std::int64_t m_step = kFirstPiece;
    bool m_isBegun = false;
    bool m_hasHeader = false;

    std::mutex m_mutex;
    std::deque<Message> m_ready;
    bool m_isReading = false;
    bool m_isDone = false;
};

ExportSource::ExportSource(
    const Parts& parts, Request request, rpc::Waker waker, std::shared_ptr<void> slot)
    : m_reader(std::make_shared<Reader>(parts, std::move(request), std::move(waker))),
      m_slot(std::move(slot))
{}

ExportSource::~ExportSource()
{
    m_reader->stop();
}

bool ExportSource::next(Message& response)
{
    return m_reader->take(response);
}

} // namespace pilothouse::audit
