// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::services {

enum class CheckKind {
    /// Only heartbeats count.
    None,
    Http,
    Tcp,
    Grpc,
};

/// "none", "http", "tcp", "grpc".
std::string_view checkKindName(CheckKind kind);
std::optional<CheckKind> checkKindOf(std::string_view name);

/// How the server finds out whether an instance is well, besides its heartbeats. Zero and empty
/// members of a wish stand for their defaults; see completeSpec.
struct Check
{
    CheckKind kind = CheckKind::None;
    /// HTTP: the path; gRPC: the service's name, "" = the whole server.
    std::string target;
    bool isTls = false;
    absl::Duration interval;
    absl::Duration timeout;
    int unhealthyAfter = 0;
    int healthyAfter = 0;

    friend bool operator==(const Check&, const Check&) = default;
};

/// Names an instance. Ordered by service, then id.
struct InstanceKey
{
    std::string service;
    std::string id;

    /// "checkout/green-1"
    std::string text() const { return service + "/" + id; }
    friend auto operator<=>(const InstanceKey&, const InstanceKey&) = default;
};

/// What a registration says.
struct InstanceSpec
{
    InstanceKey key;
    /// "host:port"
    std::string address;
    std::string version;
    /// "blue", "green" or "".
    std::string colour;
    std::map<std::string, std::string> metadata;
    /// Takes only requests of these tenants; empty: of all.
    std::vector<std::string> tenants;
    int weight = 0;
    /// Path of Prometheus metrics on `address`; "" = not scraped.
    std::string metricsPath;
    /// Without a heartbeat for so long it is unhealthy; zero: heartbeats are not needed.
    absl::Duration ttl;
    Check check;

    friend bool operator==(const InstanceSpec&, const InstanceSpec&) = default;
};

enum class InstanceState {
    /// Nothing has said anything yet.
    Unknown,
    Healthy,
    Unhealthy,
};

/// "unknown", "healthy", "unhealthy".
std::string_view instanceStateName(InstanceState state);

/// What a program says about itself with its heartbeat.
struct Load
{
    std::optional<double> connections;
    std::optional<double> queue;
    /// 1 = one core.
    std::optional<double> cpu;
    std::optional<double> memoryBytes;

    friend bool operator==(const Load&, const Load&) = default;
};

struct CheckResult
{
    absl::Time time = absl::InfinitePast();
    bool hasPassed = false;
    absl::Duration took;
    /// Why it failed.
    std::string message;

    friend bool operator==(const CheckResult&, const CheckResult&) = default;
};

/// What the strategies know of an instance.
struct TrafficView
{
    double inFlight = 0;
    /// Zero: not known.
    absl::Duration responseTime;
    double errorRatio = 0;
    double resolvedPerSecond = 0;
    double score = 0;

    friend bool operator==(const TrafficView&, const TrafficView&) = default;
};

/// An instance as it is shown.
struct Instance
{
    InstanceSpec spec;
    InstanceState state = InstanceState::Unknown;
    std::string problem;
    absl::Time stateTime = absl::InfinitePast();
    bool isDraining = false;
    std::string registeredBy;
    absl::Time registerTime = absl::InfinitePast();
    absl::Time heartbeatTime = absl::InfinitePast();
    Load load;
    /// Newest last.
    std::vector<CheckResult> checks;
    TrafficView traffic;

    friend bool operator==(const Instance&, const Instance&) = default;
};

/// A service as its instances make it.
struct ServiceSummary
{
    std::string name;
    int instances = 0;
    int healthy = 0;
    int unhealthy = 0;
    int draining = 0;
    std::vector<std::string> versions;
    std::vector<std::string> colours;

    friend bool operator==(const ServiceSummary&, const ServiceSummary&) = default;
};

/// Of the instances of one service.
ServiceSummary summaryOf(const std::string& service, const std::vector<const Instance*>& instances);

} // namespace pilothouse::services
