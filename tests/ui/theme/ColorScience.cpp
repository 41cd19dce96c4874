// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/theme/ColorScience.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace pilothouse::test {

namespace {

using Triple = std::array<double, 3>;

constexpr double kTo7 = 6103515625.0; // 25^7

Triple linear(const QColor& color)
{
    const auto one = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return {one(color.redF()), one(color.greenF()), one(color.blueF())};
}

double luminance(const QColor& color)
{
    const Triple rgb = linear(color);
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
}

Triple seen(const Triple& rgb, Vision vision)
{
    static constexpr std::array<std::array<Triple, 3>, 3> kMatrices{
        {{{{0.152286, 1.052583, -0.204868},
           {0.114503, 0.786281, 0.099216},
           {-0.003882, -0.048116, 1.051998}}},
         {{{0.367322, 0.860646, -0.227968},
           {0.280085, 0.672501, 0.047413},
           {-0.011820, 0.042940, 0.968881}}},
         {{{1.255528, -0.076749, -0.178779},
           {-0.078411, 0.930809, 0.147602},
           {0.004733, 0.691367, 0.303900}}}}};
    if (vision == Vision::Normal) {
        return rgb;
    }
    const auto& matrix = kMatrices[static_cast<std::size_t>(vision) - 1];
    Triple result{};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            result[row] += matrix[row][column] * rgb[column];
        }
    }
    return result;
}

Triple lab(Triple rgb)
{
    for (double& channel : rgb) {
        channel = std::clamp(channel, 0.0, 1.0);
    }
    const auto curve = [](double t) {
        return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116.0;
    };
    const double x = curve((0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.95047);
    const double y = curve(0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]);
    const double z = curve((0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double degrees(double radians)
{
    return radians * 180 / std::numbers::pi;
}
double radians(double degrees)
{
    return degrees * std::numbers::pi / 180;
}

double hueOf(double a, double b)
{
    if (a == 0 && b == 0) {
        return 0;
    }
    const double hue = degrees(std::atan2(b, a));
    return hue < 0 ? hue + 360 : hue;
}

double meanHue(double first, double second, bool gray)
{
    if (gray) {
        return first + second;
    }
    if (std::abs(first - second) <= 180) {
        return (first + second) / 2;
    }
    return (first + second + (first + second < 360 ? 360 : -360)) / 2;
}

/// Sharma, Wu, Dalal 2005.
double ciede2000(const Triple& one, const Triple& two)
{
    const double meanC = (std::hypot(one[1], one[2]) + std::hypot(two[1], two[2])) / 2;
    const double c7 = std::pow(meanC, 7);
    const double g = 0.5 * (1 - std::sqrt(c7 / (c7 + kTo7)));
    const double a1 = (1 + g) * one[1];
    const double a2 = (1 + g) * two[1];
    const double c1 = std::hypot(a1, one[2]);
    const double c2 = std::hypot(a2, two[2]);
    const double h1 = hueOf(a1, one[2]);
    const double h2 = hueOf(a2, two[2]);
    const bool gray = c1 * c2 == 0;
    double dh = gray ? 0 : h2 - h1;
    if (dh > 180) {
        dh -= 360;
    } else if (dh < -180) {
        dh += 360;
    }
    const double dL = two[0] - one[0];
    const double dC = c2 - c1;
    const double dH = 2 * std::sqrt(c1 * c2) * std::sin(radians(dh) / 2);
    const double meanL = (one[0] + two[0]) / 2;
    const double meanCp = (c1 + c2) / 2;
    const double hue = meanHue(h1, h2, gray);
    const double t = 1 - 0.17 * std::cos(radians(hue - 30)) + 0.24 * std::cos(radians(2 * hue)) +
                     0.32 * std::cos(radians(3 * hue + 6)) - 0.2 * std::cos(radians(4 * hue - 63));
    const double l50 = (meanL - 50) * (meanL - 50);
    const double sl = 1 + 0.015 * l50 / std::sqrt(20 + l50);
    const double sc = 1 + 0.045 * meanCp;
    const double sh = 1 + 0.015 * meanCp * t;
    const double cp7 = std::pow(meanCp, 7);
    const double turn = (hue - 275) / 25;
    const double rt =
        -2 * std::sqrt(cp7 / (cp7 + kTo7)) * std::sin(radians(60 * std::exp(-turn * turn)));
    return std::sqrt(
        dL / sl * (dL / sl) + dC / sc * (dC / sc) + dH / sh * (dH / sh) +
        rt * (dC / sc) * (dH / sh));
}

} // namespace

double contrast(const QColor& first, const QColor& second)
{
    const double one = luminance(first);
    const double two = luminance(second);
    return (std::max(one, two) + 0.05) / (std::min(one, two) + 0.05);
}

double difference(const QColor& first, const QColor& second, Vision vision)
{
    return ciede2000(lab(seen(linear(first), vision)), lab(seen(linear(second), vision)));
}

} // namespace pilothouse::test
