// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/system/Health.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::config {

struct Server
{
    std::string displayName;
    system::Environment environment = system::Environment::Local;
};

/// An endpoint as "host:port"; port 0 = any free one.
struct Grpc
{
    std::string listen = "127.0.0.1:7443";
    /// PEM files of an own certificate; empty = generated private CA in the data directory.
    std::filesystem::path certificateFile;
    std::filesystem::path keyFile;
    /// CA of client certificates; set = mutual TLS is required.
    std::filesystem::path clientCaFile;
    /// Calls a second that one operator may make on average; twice as many at once.
    int operatorRate = 2000;
};

struct Http
{
    std::string listen = "127.0.0.1:7480";
    /// Off loopback both are required: TLS uses the gRPC certificate.
    bool tls = false;
    std::filesystem::path tokenFile;
    /// Host header values that are accepted besides the loopback names and the listen address.
    std::vector<std::string> allowedHosts;
};

struct Pool
{
    int minimum = 5;
    int maximum = 20;
    absl::Duration acquireTimeout = absl::Seconds(5);
    absl::Duration idleTimeout = absl::Minutes(10);
    absl::Duration lifetime = absl::Minutes(30);
};

struct Database
{
    /// libpq URL or key=value string; empty = private cluster in the data directory. May come from
    /// urlFile instead, because it can hold a password.
    std::string url;
    /// Role that owns the control database's tables, for migrations alone; empty = the one of
    /// `url`. The private cluster has one of its own.
    std::string ownerUrl;
    /// Directory of the PostgreSQL binaries; empty = found.
    std::filesystem::path binaries;
    /// Account that runs the private cluster when the server is root; empty = the first of
    /// "pilothouse", "postgres", "nobody" that exists.
    std::string user;
    Pool pool;
    absl::Duration slowQuery = absl::Milliseconds(10);
};

struct Redis
{
    /// "redis://[:password@]host:port[/db]" or "unix:/path"; empty = private redis-server when
    /// installed.
    std::string url;
    bool enabled = true;
    Pool pool;
};

struct Executors
{
    int dbThreads = 4;
    int dbQueue = 256;
    int ioThreads = 2;
    int ioQueue = 256;
    int jobsThreads = 2;
    int jobsQueue = 64;
};

struct Jobs
{
    /// A server that is silent for so long counts as dead, and its tasks go to others.
    absl::Duration lease = absl::Seconds(5);
};

struct Leader
{
    /// A leader that is silent for so long is replaced.
    absl::Duration lease = absl::Seconds(5);
};

struct ScrapeJob
{
    std::string job;
    absl::Duration interval = absl::Seconds(1);
    absl::Duration timeout = absl::Seconds(1);
    std::string metricsPath = "/metrics";
    std::string scheme = "http";
    /// PEM of the CAs that https targets are checked against; empty = the system's.
    std::filesystem::path caFile;
    /// Bearer token for the targets; from token_file.
    std::string token;
    /// "host:port"
    std::vector<std::string> targets;
    /// Prometheus' file_sd JSON or YAML files; globs allowed; re-read when they change.
    std::vector<std::string> files;
    std::map<std::string, std::string> labels;
    std::int64_t bodyLimitBytes = 32 << 20;
    std::int64_t sampleLimit = 100000;
    std::int64_t labelLimit = 64;
    std::int64_t labelValueLimit = 4096;
};

struct Metrics
{
    absl::Duration retention = absl::Hours(24);
    std::int64_t maxPointsPerSeries = 10000;
    std::int64_t maxSeries = 1000000;
    /// Own, host, process, PostgreSQL and Redis collectors.
    absl::Duration collectInterval = absl::Seconds(1);
    absl::Duration queryTimeout = absl::Seconds(30);
    std::int64_t maxQuerySamples = 50000000;
    std::vector<ScrapeJob> scrape;
};

/// An application with two sides, of which one has the traffic.
struct RolloutApplication
{
    std::string name;
    /// "haproxy", "kubernetes" or "argo-rollouts": what carries its traffic.
    std::string driver = "haproxy";
    /// "host:port" where the server's own HAProxy takes the application's traffic, and where the
    /// side without it answers (empty = nowhere); empty = another HAProxy carries the traffic.
    std::string listen;
    std::string previewListen;
    /// What its checks ask for; empty = they only connect.
    std::string healthPath;
    /// Servers of the sides behind it that somebody else runs, "host:port".
    std::vector<std::string> blueServers;
    std::vector<std::string> greenServers;
    /// Processes of a side behind it, and the port of the first one.
    int instances = 2;
    int firstPort = 0;
    /// HAProxy's stats socket at level admin.
    std::filesystem::path haproxySocket;
    /// The map that names the side with the traffic.
    std::filesystem::path mapFile;
    std::string mapKey = "active";
    /// Key for the side without the traffic; empty = the map has none.
    std::string previewKey;
    /// Key for how many requests of a hundred go to the side without the traffic; empty = none do.
    std::string splitKey;
    /// HAProxy's backends, or the values of the selector's key.
    std::string blueBackend = "blue";
    std::string greenBackend = "green";
    /// Empty = the account of the pod that the server runs in.
    std::filesystem::path kubeconfig;
    /// Empty = the kubeconfig's current one.
    std::string kubeContext;
    /// Empty = the context's.
    std::string nameSpace;
    /// The Service with the traffic, and the one for the other side (empty = there is none).
    std::string service;
    std::string previewService;
    /// The Rollout of Argo Rollouts that it is.
    std::string rollout;
    /// Key of the Services' selectors whose value says which side they select.
    std::string selectorKey = "colour";
    /// Deployments that are scaled for a rollout; both or none.
    std::string blueDeployment;
    std::string greenDeployment;
    /// PromQL that counts what a side answered, with $side for its value; see SideQueries.
    std::string responsesQuery;
    std::string serverErrorsQuery;
    std::string clientErrorsQuery;
    /// The same for responses that were too slow; compared with responsesQuery.
    std::string slowResponsesQuery;
    /// Program and arguments of each server of a side that this server runs; both or none.
    std::vector<std::string> blueCommand;
    std::vector<std::string> greenCommand;
    /// Account of these programs; empty = the server's own, or an unprivileged one.
    std::string runAs;
    int serversNeeded = 1;
    /// Servers of a candidate that must be up before its promotion, in percent of those that are up
    /// of the other side; 0 = they are no gate.
    int capacityPercent = 100;
    bool compare = true;
    bool compareClientErrors = false;
    int marginBasisPoints = 50;
    absl::Duration compareLeast = absl::Seconds(10);
    absl::Duration compareMost = absl::Minutes(10);
    absl::Duration keepWarm = absl::Minutes(10);
    absl::Duration drainMost = absl::Seconds(30);
    /// Requests of a hundred that the new side gets before its promotion, step by step.
    std::vector<int> trafficSteps;
    /// Requests of a hundred that stay on the old side while it is kept warm.
    int holdBackPercent = 0;
    /// Of what turns out worse after its promotion.
    bool automaticRollback = false;
    bool requireApproval = false;

    bool hasOwnHaproxy() const { return !listen.empty(); }
    /// Of those that so many processes of both sides get.
    int lastPort(int ofInstances) const { return firstPort + 2 * ofInstances - 1; }
};

/// When promotions are allowed or denied, see shared/rollouts/ChangeWindow.h.
struct ChangeWindow
{
    /// "allow" or "deny".
    std::string kind = "allow";
    std::string schedule;
    absl::Duration duration = absl::Hours(8);
    std::string timeZone = "UTC";
    /// Empty: all.
    std::vector<std::string> applications;
    std::string description;
};

/// A condition on metrics, see shared/rollouts/Analysis.h.
struct AnalysisMetric
{
    std::string name;
    /// "before" or "after" the promotion.
    std::string stage = "before";
    std::string query;
    std::string successCondition;
    std::string failureCondition;
    absl::Duration initialDelay = absl::ZeroDuration();
    absl::Duration interval = absl::Seconds(10);
    int count = 5;
    int failureLimit = 0;
    int inconclusiveLimit = 0;
    int consecutiveErrorLimit = 4;
    bool isDryRun = false;
    /// Empty: all.
    std::vector<std::string> applications;
};

struct Rollouts
{
    std::vector<RolloutApplication> applications;
    std::vector<AnalysisMetric> analyses;
    std::vector<ChangeWindow> windows;
};

struct Services
{
    /// For Resolve calls that name none; see shared/services/Balancing.h.
    std::string strategy = "power-of-two";
    int maxInstances = 10000;
    /// An instance that is unhealthy for so long is removed.
    absl::Duration removeAfter = absl::Hours(1);
    int concurrentChecks = 64;
    /// PEM of the CAs that checks over TLS believe; empty = the system's.
    std::filesystem::path caFile;
    /// Of instances that show metrics.
    absl::Duration scrapeInterval = absl::Seconds(1);
};

/// How many instances a service should have, see shared/scaling/Policy.h.
struct ScalingPolicy
{
    std::string name;
    std::string title;
    /// "recommend" or "act".
    std::string mode = "recommend";
    int minimum = 1;
    int maximum = 10;
    double tolerance = 0.1;
    /// PromQL for the instances that are ready; empty with what is counted by itself.
    std::string readyQuery;
    /// As in RolloutApplication.
    std::filesystem::path kubeconfig;
    std::string kubeContext;
    std::string nameSpace;
    /// What is counted and scaled; both empty = nothing is.
    std::string deployment;
    /// The application of rollouts whose servers this server starts.
    std::string application;
    absl::Duration upStabilisation = absl::ZeroDuration();
    /// "100% / 15s" or "4 / 15s".
    std::vector<std::string> upRates = {"100% / 15s", "4 / 15s"};
    /// "max", "min" or "disabled".
    std::string upSelect = "max";
    absl::Duration downStabilisation = absl::Seconds(300);
    std::vector<std::string> downRates = {"100% / 15s"};
    std::string downSelect = "max";
};

/// One of those that a policy goes by.
struct ScalingMetric
{
    /// Name of the policy.
    std::string policy;
    std::string name;
    std::string expression;
    /// 0 = not given.
    double target = 0;
    std::string unit;
    /// "average", "each" or "total".
    std::string measures = "average";
};

struct Scaling
{
    /// Between two looks at a policy.
    absl::Duration interval = absl::Seconds(15);
    std::vector<ScalingPolicy> policies;
    std::vector<ScalingMetric> metrics;
};

struct Access
{
    absl::Duration sessionLifetime = absl::Hours(12);
    absl::Duration sessionIdle = absl::Hours(2);
    /// Failed sign-ins in a row after which an account is locked, and for how long.
    int lockAfter = 8;
    absl::Duration lockFor = absl::Minutes(5);
    /// The longest life of a personal token.
    absl::Duration tokenLifetime = absl::Hours(24 * 90);
    /// How long a plan that was shown can be confirmed.
    absl::Duration planLifetime = absl::Minutes(15);
    /// How long a write lease holds.
    absl::Duration leaseLifetime = absl::Minutes(15);
    /// From the request of an approval until its use.
    absl::Duration approvalLifetime = absl::Hours(1);
};

struct Audit
{
    /// Entries are kept for at least this long; their days' seals for ever.
    absl::Duration retention = absl::Hours(24 * 365);
};

struct Log
{
    /// "debug", "info", "warning", "error"
    std::string level = "info";
    /// "text" or "json"
    std::string format = "text";
};

/// The whole configuration. Every key is documented in resources/config/pilothouse.toml.
struct Config
{
    std::filesystem::path dataDir;
    Server server;
    Grpc grpc;
    Http http;
    Database database;
    Redis redis;
    Executors executors;
    Jobs jobs;
    Leader leader;
    Metrics metrics;
    Access access;
    Audit audit;
    Log log;
    Rollouts rollouts;
    Services services;
    Scaling scaling;
};

/// Reads a TOML file over the defaults. An unknown key, a wrong type or an impossible value is
/// INVALID_ARGUMENT with file, line, key and what was expected.
absl::StatusOr<Config> loadConfig(const std::filesystem::path& file);
/// The same for text, named `file` in messages.
absl::StatusOr<Config> parseConfig(const std::string& text, const std::string& file);

/// The commented sample file: every key with its documentation and default. The same text stands in
/// resources/config/pilothouse.toml.
std::string sampleConfig();

/// Where the server keeps its data when neither the file nor the command line says.
std::filesystem::path defaultDataDir();

} // namespace pilothouse::config
