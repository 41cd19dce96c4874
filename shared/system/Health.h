// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::system {

/// Worst last, so that the overall state is the maximum; Absent (not configured) counts as healthy.
enum class HealthState { Absent, Healthy, Degraded, Unhealthy };

std::string_view healthStateName(HealthState state);

struct ComponentHealth
{
    std::string name;
    HealthState state = HealthState::Absent;
    absl::Duration responseTime;
    absl::Time lastCheck = absl::InfinitePast();
    /// What is wrong and what to do; empty when healthy.
    std::string message;
    absl::Time since = absl::InfinitePast();
};

struct Health
{
    HealthState overall = HealthState::Healthy;
    std::vector<ComponentHealth> components;
    absl::Time time = absl::InfinitePast();
};

HealthState worstOf(const std::vector<ComponentHealth>& components);

enum class Environment { Local, Development, Test, Staging, Production };

std::string_view environmentName(Environment environment);

/// The API that this build speaks. A console and a server with different majors refuse each other.
inline constexpr int kApiMajor = 1;
inline constexpr int kApiMinor = 0;

struct ServerInfo
{
    std::string version;
    int apiMajor = 0;
    int apiMinor = 0;
    std::string minimumConsoleVersion;
    std::string serverId;
    std::string displayName;
    Environment environment = Environment::Local;
    absl::Time startTime = absl::InfinitePast();
    absl::Time serverTime = absl::InfinitePast();
    bool needsInit = false;
};

struct PoolStatus
{
    std::string name;
    int minimum = 0;
    int maximum = 0;
    int idle = 0;
    int inUse = 0;
    int waiting = 0;
    absl::Duration acquireP95;
    std::int64_t acquired = 0;
    std::int64_t timeouts = 0;
};

struct ExecutorStatus
{
    std::string name;
    int threads = 0;
    int active = 0;
    int queued = 0;
    int capacity = 0;
    std::int64_t completed = 0;
    std::int64_t rejected = 0;
};

enum class BreakerState { Closed, Open, HalfOpen };

struct BreakerStatus
{
    std::string name;
    BreakerState state = BreakerState::Closed;
    double failureRatio = 0;
    std::int64_t callsInWindow = 0;
    absl::Time openedAt = absl::InfinitePast();
};

/// Which of the servers on the database does what only one may do.
struct LeaderStatus
{
    /// Empty: nobody at the moment.
    std::string host;
    std::string serverId;
    /// Grows with every new leader.
    std::int64_t fence = 0;
    bool isThisServer = false;
};

struct Resources
{
    std::vector<PoolStatus> pools;
    std::vector<ExecutorStatus> executors;
    std::vector<BreakerStatus> breakers;
    LeaderStatus leader;
};

} // namespace pilothouse::system
