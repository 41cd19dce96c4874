// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/jobs/JobHandler.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse {

/// The one place where the server is wired. Parts are made in the order in which they depend on
/// each other and go in the opposite order.
class Application
{
public:
    using JobHandlers = std::vector<std::shared_ptr<jobs::JobHandler>>;

    /// Everything up and serving, or why not. `extraKinds` of jobs besides those of the product.
    static absl::StatusOr<std::unique_ptr<Application>> start(
        const config::Config& config, JobHandlers extraKinds = {});
    /// Stops: no new calls, streams ended, then stores, then processes.
    ~Application();
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    /// "ready grpc=HOST:PORT http=HOST:PORT socket=PATH"
    std::string readyLine() const;

private:
    struct Parts;
    explicit Application(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace pilothouse
