// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace pilothouse::rollouts {

/// What one side answered in one interval: how often, and how often with what is counted.
struct Counts
{
    std::int64_t requests = 0;
    std::int64_t events = 0;

    double percent() const
    {
        return requests == 0 ? 0
                             : 100.0 * static_cast<double>(events) / static_cast<double>(requests);
    }
    Counts& operator+=(const Counts& more)
    {
        requests += more.requests;
        events += more.events;
        return *this;
    }

    friend bool operator==(const Counts&, const Counts&) = default;
};

/// Evidence against "in every interval the candidate's rate of events is at least `margin` above
/// the stable side's, whatever the rates are and however they change", or, with alternatives on
/// that side of the border, against "at most `margin` above". It may be looked at as often as
/// wanted: while the hypothesis holds, the chance that it ever reaches 1/α is at most α. Both sides
/// may suffer together (a shared dependency): only their difference counts.
///
/// Each interval gives an e-value, a likelihood ratio of two pairs of rates for the binomial counts
/// of both sides: of an alternative (p₁, q₁) against that (p₀, p₀ + m) of the hypothesis which is
/// nearest to it in relative entropy, weighted by the sizes of the sides (Turner, Ly and Grünwald,
/// "Generic E-variables for exact sequential k-sample tests that allow for optional stopping",
/// Journal of Statistical Planning and Inference 230, 2024). Why its mean is at most 1 under the
/// hypothesis: its logarithm is n_B log A(p) + n_G log B(p + m) with A and B affine, so it is
/// concave in p; nearest means that its derivative is 0 at p₀, where its value is 0; and away from
/// the border, further from the alternative, it only falls. The product over intervals is then a
/// test supermartingale, and Ville's inequality gives the bound at all times at once.
///
/// Which alternative is right is not known and changes (an outage of what both depend on), so
/// several bet, among them one that sits out, and their shares follow their success; a part is
/// always shared anew (the fixed share of Herbster and Warmuth, "Tracking the best expert", Machine
/// Learning 32, 1998). The shares depend on earlier intervals only, so it stays a supermartingale.
class SequentialTest
{
public:
    struct Alternative
    {
        double stable = 0;
        double candidate = 0;
    };

    /// `margin` in [0, 1). Alternatives lie outside of the hypothesis, both rates in (0, 1).
    SequentialTest(double margin, std::vector<Alternative> alternatives);

    /// One interval. Without a request on either side it says nothing.
    void add(const Counts& stable, const Counts& candidate);

    /// Natural logarithm of the evidence now, and of the most that it ever was.
    double logEvidence() const { return m_logEvidence; }
    double logHighest() const { return m_logHighest; }

private:
    double m_margin;
    std::vector<Alternative> m_alternatives;
    /// Of each alternative; the last is of the one that sits out.
    std::vector<double> m_shares;
    double m_logEvidence = 0;
    double m_logHighest = 0;
};

/// A page that was read between two counters of one answer must not make a rate over 1.
Counts sane(const Counts& counts);

/// Logarithm of the e-value of one interval, for this alternative against the hypothesis with
/// `margin`, see SequentialTest. Both sides have had requests.
double logRatioOf(
    const SequentialTest::Alternative& alternative,
    double margin,
    const Counts& stable,
    const Counts& candidate);

/// Where the hypothesis is nearest to the alternative: p₀ of (p₀, p₀ + margin).
double nearestRate(
    const SequentialTest::Alternative& alternative,
    double margin,
    double stableRequests,
    double candidateRequests);

} // namespace pilothouse::rollouts
