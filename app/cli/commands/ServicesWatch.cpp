// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/ServicesWatch.h"

#include "app/cli/commands/ServicesOutput.h"
#include "app/cli/connect/StreamMailbox.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <map>

namespace pilothouse::cli {

namespace {

void printJson(Printer& printer, const client::InstancesUpdate& update)
{
    Json instances = Json::array();
    for (const auto& instance : update.instances) {
        instances.push_back(instanceJson(instance));
    }
    Json removed = Json::array();
    for (const auto& key : update.removed) {
        removed.push_back({{"service", key.service}, {"id", key.id}});
    }
    const Json json{
        {"snapshot", update.snapshot},
        {"time", jsonTime(update.serverTime)},
        {"instances", std::move(instances)},
        {"removed", std::move(removed)}};
    printer.line(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Lines for what an operator wants to know; measurements alone are no news.
class Lines
{
public:
    void show(Printer& printer, const client::InstancesUpdate& update)
    {
        if (update.snapshot) {
            m_shown.clear();
        }
        const std::string time =
            absl::FormatTime("%H:%M:%S", update.serverTime, absl::UTCTimeZone());
        for (const auto& instance : update.instances) {
            std::string line = instanceLine(instance);
            std::string& shown = m_shown[instance.spec.key];
            if (shown != line) {
                printer.line(fmt::format("{}  {}", time, line));
                shown = std::move(line);
            }
        }
        for (const auto& key : update.removed) {
            if (m_shown.erase(key) > 0) {
                printer.line(fmt::format("{}  {}  removed", time, key.text()));
            }
        }
    }

private:
    std::map<services::InstanceKey, std::string> m_shown;
};

} // namespace

absl::Status watchInstances(
    Printer& printer, ServerSession& session, const std::string& service, int count)
{
    StreamMailbox<client::InstancesUpdate> mailbox;
    client::CallPtr stream = session.services().watchInstances(
        service,
        [&](client::InstancesUpdate update) { mailbox.put(std::move(update)); },
        [&](const absl::Status& status) { mailbox.end(status); });
    Lines lines;
    absl::Status result;
    for (int number = 0; (count == 0 || number < count) && !printer.isBroken(); ++number) {
        const auto update = mailbox.take();
        if (!update.ok()) {
            result = update.status();
            break;
        }
        if (printer.isJson()) {
            printJson(printer, *update);
        } else {
            lines.show(printer, *update);
        }
    }
    mailbox.close();
    stream.reset();
    return result;
}

} // namespace pilothouse::cli
