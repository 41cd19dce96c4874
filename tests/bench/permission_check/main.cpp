// SPDX-License-Identifier: Apache-2.0
// What stands between a call and its capability, in process: hash of the token, caller out of
// memory among 50 000 sessions, permission bit; beside a bare test of a bit and beside the hash
// alone. Rounds alternate, so that other load on the machine meets all; CPU time of this thread.
// There is no database in this program: whatever is measured here cannot call one.
#include "server/access/SessionCache.h"
#include "server/platform/crypto/Random.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Statistics.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

using namespace pilothouse;

namespace {

constexpr int kSessions = 50000;
constexpr int kCallsPerRound = 200000;
constexpr int kRounds = 9;
constexpr double kLimitNanoseconds = 1000;

double cpuNanoseconds()
{
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double measure(const std::function<int()>& round)
{
    const double before = cpuNanoseconds();
    if (round() != kCallsPerRound) {
        std::fprintf(stderr, "a permission was not granted\n");
        std::exit(1);
    }
    return (cpuNanoseconds() - before) / kCallsPerRound;
}

std::vector<std::string> fill(access::SessionCache& cache)
{
    std::vector<std::string> tokens;
    for (int index = 0; index < kSessions; ++index) {
        tokens.push_back(platform::newToken());
        access::StoredSession stored;
        stored.session.id = std::to_string(index);
        stored.session.lastUsedTime = systemClock().now();
        stored.session.expireTime = stored.session.lastUsedTime + absl::Hours(1);
        stored.tokenHash = platform::hashToken(tokens.back());
        stored.operatorId = index % 100;
        stored.who = {"operator", "", {"viewer"}};
        cache.add(stored);
    }
    return tokens;
}

} // namespace

int main()
{
    platform::initCrypto();
    bench::Report report("permission_check");
    const rpc::MethodTable methods(rpc::contractServices());
    access::SessionCache cache(methods, systemClock(), {absl::Hours(1), 0, 0});
    const std::vector<std::string> tokens = fill(cache);
    const std::size_t bit = methods.ruleOf("pilothouse.v1.SystemService.GetHealth").bit;
    const rpc::PermissionSet granted = methods.permissionsOf({"viewer"});
    std::vector<rpc::PermissionSet> sets(1024, granted);

    std::vector<double> whole;
    std::vector<double> bare;
    std::vector<double> check;
    std::vector<double> hash;
    const auto tokenAt = [&](int call) -> const std::string& {
        return tokens[static_cast<std::size_t>(call) * 7919U % tokens.size()];
    };
    const auto caller = cache.find(tokens.front()).value();
    for (int round = 0; round < kRounds; ++round) {
        bare.push_back(measure([&] {
            int allowed = 0;
            for (int call = 0; call < kCallsPerRound; ++call) {
                const volatile std::size_t place = bit;
                allowed += sets[static_cast<std::size_t>(call) % sets.size()].test(place) ? 1 : 0;
            }
            return allowed;
        }));
        check.push_back(measure([&] {
            int allowed = 0;
            for (int call = 0; call < kCallsPerRound; ++call) {
                const volatile std::size_t place = bit;
                allowed += caller->permissions.test(place) ? 1 : 0;
            }
            return allowed;
        }));
        hash.push_back(measure([&] {
            int done = 0;
            for (int call = 0; call < kCallsPerRound; ++call) {
                done += platform::hashToken(tokenAt(call)).empty() ? 0 : 1;
            }
            return done;
        }));
        whole.push_back(measure([&] {
            int allowed = 0;
            for (int call = 0; call < kCallsPerRound; ++call) {
                const auto found = cache.find(tokenAt(call));
                allowed += found.ok() && (*found)->permissions.test(bit) ? 1 : 0;
            }
            return allowed;
        }));
    }
    using bench::median;
    report.fact(
        "permission check", "ns", {"caller's set", median(check)}, {"bare bit test", median(bare)});
    report.fact(
        "find caller and check",
        "ns",
        {"session cache", median(whole)},
        {"hash of the token alone", median(hash)});
    report.figure("find caller and check", "ns", median(whole), bench::atMost(kLimitNanoseconds));
    return report.exitCode();
}
