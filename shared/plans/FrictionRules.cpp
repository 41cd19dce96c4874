// SPDX-License-Identifier: Apache-2.0
#include "shared/plans/FrictionRules.h"

#include <array>

namespace pilothouse::plans {

namespace {

using enum Friction;
using system::Environment;

/// In order: local, development and test; staging; production.
using Row = std::array<Friction, 3>;

std::size_t columnOf(Environment environment)
{
    switch (environment) {
    case Environment::Local:
    case Environment::Development:
    case Environment::Test:
        return 0;
    case Environment::Staging:
        return 1;
    case Environment::Production:
        break;
    }
    return 2;
}

/// Rows: reversibility; columns: reach. Every action of the console's table of friction levels
/// finds its place: acknowledge an alert (instant, narrow), roll back (instant, whole), flush a
/// region (easy, narrow) or one with much traffic and suspend a tenant (easy, wide), promote and
/// flush all (easy, whole), a migration without a way down (hard, whole), delete a tenant (never,
/// wide), restore over the live database (never, whole).
constexpr std::array<std::array<Row, 3>, 4> kTable{{
    {{{F0, F0, F1}, {F1, F1, F1}, {F1, F1, F2}}},
    {{{F1, F2, F2}, {F1, F2, F3}, {F2, F2, F3}}},
    {{{F2, F2, F3}, {F2, F2, F3}, {F2, F2, F4}}},
    {{{F2, F3, F4}, {F2, F3, F4}, {F3, F3, F4}}},
}};

} // namespace

Friction frictionOf(Environment environment, Reversibility reversibility, Reach reach)
{
    return kTable.at(static_cast<std::size_t>(reversibility))
        .at(static_cast<std::size_t>(reach))
        .at(columnOf(environment));
}

bool needsLease(Environment environment)
{
    return environment == Environment::Production;
}

} // namespace pilothouse::plans
