// SPDX-License-Identifier: Apache-2.0
#include "server/audit/VerifySource.h"

#include "server/audit/ChainWalk.h"
#include "shared/audit/proto/AuditProto.h"

#include <atomic>
#include <mutex>

namespace pilothouse::audit {

class VerifySource::Walker
{
public:
    Walker(
        const Parts& parts,
        std::int64_t knownSequence,
        std::string knownHash,
        rpc::Waker waker,
        std::shared_ptr<void> slot)
        : m_parts(parts),
          m_walk(parts.database, knownSequence, std::move(knownHash)),
          m_waker(std::move(waker)),
          m_slot(std::move(slot))
    {}

    /// On the executor.
    void run()
    {
        const auto verdict = m_walk.advance([this](const ChainProgress& progress) {
            tell(progress);
            return !m_isStopped.load();
        });
        if (!verdict.ok()) {
            m_waker.end(verdict.status());
            return;
        }
        m_parts.feed.setStatus(*verdict);
        ChainProgress last;
        last.checkedEntries =
            verdict->state == ChainState::Intact ? verdict->entries : verdict->verifiedSequence;
        last.totalEntries = verdict->entries;
        last.verdict = *verdict;
        tell(last);
    }

    bool take(v1::VerifyChainResponse& response)
    {
        std::unique_lock lock(m_mutex);
        if (m_isTold) {
            const bool isOver = m_progress.verdict.has_value();
            lock.unlock();
            if (isOver) {
                m_waker.end(absl::OkStatus());
            }
            return false;
        }
        response = toProto(m_progress);
        m_isTold = true;
        return true;
    }

    void refuse(const absl::Status& status) const { m_waker.end(status); }
    void stop() { m_isStopped.store(true); }

private:
    void tell(const ChainProgress& progress)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_progress = progress;
            m_isTold = false;
        }
        m_waker.wake();
    }

    const Parts m_parts;
    ChainWalk m_walk;
    const rpc::Waker m_waker;
    const std::shared_ptr<void> m_slot;
    std::atomic<bool> m_isStopped{false};
    std::mutex m_mutex;
    ChainProgress m_progress;
    bool m_isTold = true;
};

VerifySource::VerifySource(
    const Parts& parts,
    std::int64_t knownSequence,
    std::string knownHash,
    rpc::Waker waker,
    std::shared_ptr<void> slot)
    : m_walker(std::make_shared<Walker>(
          parts, knownSequence, std::move(knownHash), std::move(waker), std::move(slot)))
{
    if (const absl::Status status = parts.executor.submit([walker = m_walker] { walker->run(); });
        !status.ok()) {
        m_walker->refuse(status);
    }
}

VerifySource::~VerifySource()
{
    m_walker->stop();
}

bool VerifySource::next(v1::VerifyChainResponse& response)
{
    return m_walker->take(response);
}

} // namespace pilothouse::audit
