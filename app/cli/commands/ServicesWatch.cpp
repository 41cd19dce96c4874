// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/ServicesWatch.h"

#include "app/cli/commands/ServicesOutput.h"
#include "app/cli/connect/StreamInbox.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/ServicesClient.h"

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
    // Not folded: a reader that is slow makes the stream wait, and the server folds what it missed.
    StreamInbox<client::InstancesUpdate> inbox(session);
    inbox.open([&](auto onMessage, auto onEnd) {
        return session.services().watchInstances(service, std::move(onMessage), std::move(onEnd));
    });
    Lines lines;
    for (int number = 0; (count == 0 || number < count) && !printer.isBroken(); ++number) {
        PH_ASSIGN_OR_RETURN(const auto update, inbox.take());
        if (!update) {
            break;
        }
        if (printer.isJson()) {
            printJson(printer, *update);
        } else {
            lines.show(printer, *update);
        }
    }
    return absl::OkStatus();
}

} // namespace pilothouse::cli
