// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/extraction/Pages.h"

#include <array>
#include <cmath>
#include <random>

#include <fmt/format.h>

namespace pilothouse::demo {

namespace {

constexpr std::array<const char*, 24> kWords{
    "harbour", "pilot",  "tide",    "vessel", "channel", "beacon",  "chart",   "signal",
    "cargo",   "anchor", "current", "quay",   "lookout", "compass", "weather", "passage",
    "draught", "berth",  "tug",     "crew",   "bridge",  "bearing", "depth",   "mooring"};

using Random = std::mt19937;

int below(Random& random, int limit)
{
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
}

std::string sentence(Random& random, int words)
{
    std::string out;
    for (int word = 0; word < words; ++word) {
        out += word == 0 ? "The " : " ";
        out += kWords[static_cast<std::size_t>(below(random, static_cast<int>(kWords.size())))];
    }
    return out + ".";
}

void appendTable(std::string& html, Random& random)
{
    html += "<table><tr><th>Berth</th><th>Depth &amp; draught</th><th>Vessel</th></tr>";
    for (int row = 0; row < 30; ++row) {
        html += fmt::format(
            "<tr><td>{}</td><td>{}.{} m</td><td>{}</td></tr>",
            row,
            below(random, 20),
            below(random, 10),
            sentence(random, 3));
    }
    html += "</table>";
}

} // namespace

Page makePage(int number)
{
    Random random(static_cast<Random::result_type>(number)); // NOLINT: the same page every time
    const bool rich = number % 5 == 0;
    const bool large = number % 50 == 7;
    Page page;
    page.html = fmt::format(
        "<!doctype html><html><head><title>Harbour notice {}</title></head><body>", number);
    const int sections = large ? 160 : 4 + below(random, 24);
    for (int section = 0; section < sections; ++section) {
        page.html += fmt::format("<h2>Notice {}.{}</h2>", number, section);
        for (int paragraph = 0; paragraph < 3; ++paragraph) {
            page.html += "<p>" + sentence(random, 12 + below(random, 30)) + " <a href=\"/pages/" +
                         std::to_string(below(random, kPageCount)) + "\">more</a></p>";
        }
        if (rich && section % 4 == 0) {
            appendTable(page.html, random);
        }
    }
    if (rich) {
        page.html += "<form action=\"/search\"><input name=\"q\"></form>"
                     "<script>window.tide = 1 < 2;</script>";
    }
    page.html += "</body></html>";
    // Most pages come in some tens of milliseconds, a few take much longer, as on any real site.
    std::lognormal_distribution<double> delay(std::log(25.0), 0.7);
    page.delay = std::chrono::microseconds(static_cast<std::int64_t>(1000 * delay(random)));
    return page;
}

} // namespace pilothouse::demo
