// SPDX-License-Identifier: Apache-2.0
// How often the comparison of both sides is wrong, and how soon it decides: 10 000 simulated
// rollouts a row (or as many as the argument says). Beside it, on the same kind of data, what an
// absolute threshold does: five minutes, each with at least 99.5 % good answers.
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Statistics.h"
#include "tests/support/rollout_simulation/Simulation.h"

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

using namespace pilothouse;
using test::SimulatedSides;

namespace {

struct Outcome
{
    double promoted = 0;
    double aborted = 0;
    double medianSeconds = 0;
};

Outcome run(const SimulatedSides& sides, int trials, std::mt19937_64& random)
{
    Outcome outcome;
    std::vector<double> seconds;
    for (int trial = 0; trial < trials; ++trial) {
        const test::SimulatedVerdict result = test::simulate(sides, random);
        outcome.promoted += result.verdict == rollouts::Verdict::Promote ? 1 : 0;
        outcome.aborted += result.verdict == rollouts::Verdict::Abort ? 1 : 0;
        seconds.push_back(result.seconds);
    }
    outcome.promoted *= 100.0 / trials;
    outcome.aborted *= 100.0 / trials;
    outcome.medianSeconds = bench::median(seconds);
    return outcome;
}

/// Share of good candidates that the threshold aborts while both sides suffer together.
double thresholdAborts(int trials, std::mt19937_64& random)
{
    constexpr int kMinutes = 5;
    constexpr int kPerMinute = 60;
    constexpr double kGood = 0.995;
    std::uniform_real_distribution<> uniform;
    int aborted = 0;
    for (int trial = 0; trial < trials; ++trial) {
        bool isBad = false;
        int left = 0;
        double outage = 0;
        for (int minute = 0; minute < kMinutes; ++minute) {
            int requests = 0;
            int bad = 0;
            for (int second = 0; second < kPerMinute; ++second) {
                left = left > 0 ? left - 1 : 0;
                if (left == 0) {
                    outage = 0;
                    if (uniform(random) < 0.02) {
                        left = 1 + static_cast<int>(uniform(random) * 5);
                        outage = 0.02 + 0.18 * uniform(random);
                    }
                }
                const int now = std::poisson_distribution<int>(200)(random);
                requests += now;
                bad += std::binomial_distribution<int>(now, 0.001 + outage)(random);
            }
            isBad = isBad || bad > (1 - kGood) * requests;
        }
        aborted += isBad ? 1 : 0;
    }
    return 100.0 * aborted / trials;
}

} // namespace

int main(int argc, char** argv)
{
    const int trials = argc > 1 ? std::atoi(argv[1]) : 10000;
    std::mt19937_64 random(2026);
    bench::Report report("rollout_analysis");
    SimulatedSides sides;
    const Outcome good = run(sides, trials, random);
    report.figure(
        "good candidate, 200 rps a side: median decision",
        "s",
        good.medianSeconds,
        bench::atMost(25));
    report.figure("good candidate: aborted", "%", good.aborted, bench::atMost(0.1));
    report.fact("good candidate: promoted", "%", good.promoted);
    sides.hasOutages = true;
    const Outcome outages = run(sides, trials, random);
    report.ratio(
        "good candidate, shared outages: aborted",
        "%",
        {"paired test", outages.aborted},
        {"threshold 99.5 %", thresholdAborts(trials / 10, random)},
        bench::atMost(0.01));
    report.figure(
        "good candidate, shared outages: aborted", "%", outages.aborted, bench::atMost(0.1));
    report.fact("good candidate, shared outages: promoted", "%", outages.promoted);
    report.fact("good candidate, shared outages: median decision", "s", outages.medianSeconds);
    for (const bool hasOutages : {false, true}) {
        sides.hasOutages = hasOutages;
        sides.worse = 0.005;
        const Outcome worse = run(sides, trials, random);
        const std::string what = hasOutages ? "+0.5 points, shared outages" : "+0.5 points";
        report.figure(what + ": promoted", "%", worse.promoted, bench::atMost(0.1));
        report.fact(what + ": aborted", "%", worse.aborted);
        report.fact(what + ": median decision", "s", worse.medianSeconds);
    }
    sides = {};
    sides.worse = 0.05;
    const Outcome bad = run(sides, trials / 10, random);
    report.figure("+5 points: promoted", "%", bad.promoted, bench::atMost(0.1));
    report.fact("+5 points: median decision", "s", bad.medianSeconds);
    return report.exitCode();
}
