// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/EntryFeed.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/Stream.h"

#include <pilothouse/v1/audit.pb.h>

#include <memory>
#include <string>

namespace pilothouse::audit {

/// A verification that somebody waits for: sends how far it is, then the verdict. It ends when
/// nobody listens any more.
class VerifySource final : public rpc::Source<v1::VerifyChainResponse>
{
public:
    struct Parts
    {
        postgres::Database& database;
        /// Hears the verdict too, for the badge of all who watch.
        EntryFeed& feed;
        platform::Executor& executor;
    };

    VerifySource(
        const Parts& parts,
        std::int64_t knownSequence,
        std::string knownHash,
        rpc::Waker waker,
        std::shared_ptr<void> slot);
    ~VerifySource() override;

    bool next(v1::VerifyChainResponse& response) override;

private:
    class Walker;
    std::shared_ptr<Walker> m_walker;
};

} // namespace pilothouse::audit
