// SPDX-License-Identifier: Apache-2.0
#include "server/platform/redis/PrivateRedis.h"

#include "server/platform/process/Folders.h"
#include "server/platform/redis/RedisConnection.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <csignal>
#include <unistd.h>

namespace pilothouse::redis {

namespace {

namespace fs = std::filesystem;

constexpr const char* kSocketName = "redis.sock";
/// A cache tier beside the other work of one host; least frequently used keys go first.
constexpr const char* kMaxMemory = "64mb";

platform::Command commandFor(
    const fs::path& program, const fs::path& root, const std::string& socket)
{
    platform::Command command;
    command.program = program;
    // An empty configuration from standard input: a file of the distribution would say other
    // things.
    command.arguments = {
        "--port",
        "0",
        "--unixsocket",
        socket,
        "--unixsocketperm",
        "700",
        "--daemonize",
        "no",
        "--save",
        "",
        "--appendonly",
        "no",
        "--maxmemory",
        kMaxMemory,
        "--maxmemory-policy",
        "allkeys-lfu",
        "--dir",
        root,
        "--loglevel",
        "warning",
        "--databases",
        "1"};
    command.folder = root;
    command.logFile = root / "redis.log";
    command.diesWithParent = true;
    return command;
}

} // namespace

absl::StatusOr<std::unique_ptr<PrivateRedis>> PrivateRedis::start(
    const platform::DataDirectory& directory,
    const fs::path& program,
    const std::string& user,
    platform::Supervisor::Listener onChange)
{
    const fs::path root = directory.path() / "redis";
    PH_ASSIGN_OR_RETURN(const platform::Account account, platform::serviceAccount(user));
    PH_RETURN_IF_ERROR(platform::makePrivateFolder(root, account));
    PH_RETURN_IF_ERROR(platform::checkCanEnter(root, account));
    PH_ASSIGN_OR_RETURN(
        const fs::path folder, platform::makeSocketFolder(root, kSocketName, account));
    auto redis = std::make_unique<PrivateRedis>();
    redis->m_address.socket = folder / kSocketName;
    platform::Supervisor::Options options;
    options.name = "redis";
    options.command = commandFor(program, root, redis->m_address.socket);
    options.command.account = account;
    options.stopSignal = SIGTERM;
    options.isReady = [address = redis->m_address] {
        return access(address.socket.c_str(), F_OK) == 0 && RedisConnection::open(address).ok();
    };
    options.onChange = std::move(onChange);
    redis->m_supervisor = std::make_unique<platform::Supervisor>(std::move(options));
    return redis;
}

} // namespace pilothouse::redis
