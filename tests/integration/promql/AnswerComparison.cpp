// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/promql/AnswerComparison.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace pilothouse::test {

namespace {

using metrics::Labels;
using Points = std::vector<std::pair<double, double>>;

Labels labelsOf(const QJsonObject& metric)
{
    std::vector<Labels::Pair> pairs;
    for (auto label = metric.begin(); label != metric.end(); ++label) {
        pairs.emplace_back(label.key().toStdString(), label.value().toString().toStdString());
    }
    return Labels(std::move(pairs));
}

double numberOf(const QString& text)
{
    if (text == QLatin1String("+Inf")) {
        return INFINITY;
    }
    if (text == QLatin1String("-Inf")) {
        return -INFINITY;
    }
    return text == QLatin1String("NaN") ? NAN : text.toDouble();
}

std::pair<double, double> pointOf(const QJsonArray& pair)
{
    return {pair.at(0).toDouble(), numberOf(pair.at(1).toString())};
}

bool isSame(double left, double right)
{
    if (std::isnan(left) || std::isnan(right)) {
        return std::isnan(left) && std::isnan(right);
    }
    return left == right ||
           std::abs(left - right) <= 1e-9 * std::max(std::abs(left), std::abs(right));
}

QString describe(const Labels& labels, double time, double ours, double theirs)
{
    return QStringLiteral("%1 at %2: ours %3, theirs %4")
        .arg(QString::fromStdString(labels.toString()))
        .arg(time, 0, 'f', 3)
        .arg(ours, 0, 'g', 17)
        .arg(theirs, 0, 'g', 17);
}

QString comparePoints(const Labels& labels, const Points& ours, const Points& theirs)
{
    for (std::size_t index = 0; index < std::min(ours.size(), theirs.size()); ++index) {
        if (std::abs(ours[index].first - theirs[index].first) > 0.0005) {
            return QStringLiteral("%1: times differ")
                .arg(QString::fromStdString(labels.toString()));
        }
        if (!isSame(ours[index].second, theirs[index].second)) {
            return describe(labels, ours[index].first, ours[index].second, theirs[index].second);
        }
    }
    return ours.size() == theirs.size() ? QString()
                                        : QStringLiteral("%1: ours %2 points, theirs %3")
                                              .arg(QString::fromStdString(labels.toString()))
                                              .arg(ours.size())
                                              .arg(theirs.size());
}

QString compareSeries(const std::map<Labels, Points>& ours, const std::map<Labels, Points>& theirs)
{
    for (const auto& [labels, points] : theirs) {
        const auto found = ours.find(labels);
        if (found == ours.end()) {
            return QStringLiteral("missing %1").arg(QString::fromStdString(labels.toString()));
        }
        QString difference = comparePoints(labels, found->second, points);
        if (!difference.isEmpty()) {
            return difference;
        }
    }
    for (const auto& [labels, points] : ours) {
        if (!theirs.contains(labels)) {
            return QStringLiteral("surplus %1").arg(QString::fromStdString(labels.toString()));
        }
    }
    return {};
}

QString compareOrder(const metrics::Vector& ours, const QJsonArray& theirs)
{
    for (std::size_t index = 0; index < ours.size(); ++index) {
        const double value =
            pointOf(theirs.at(static_cast<int>(index)).toObject()["value"].toArray()).second;
        if (!isSame(ours[index].sample.value, value)) {
            return QStringLiteral("order differs at %1").arg(index);
        }
    }
    return {};
}

Points pointsOf(const QJsonArray& pairs)
{
    Points points;
    for (const auto& pair : pairs) {
        points.push_back(pointOf(pair.toArray()));
    }
    return points;
}

} // namespace

QString compareAnswers(const metrics::QueryResult& ours, const QJsonObject& theirs, Order order)
{
    const QString type = theirs["resultType"].toString();
    const QJsonArray result = theirs["result"].toArray();
    std::map<Labels, Points> ourSeries;
    std::map<Labels, Points> theirSeries;
    if (const auto* scalar = std::get_if<metrics::Sample>(&ours.value)) {
        if (type != QLatin1String("scalar")) {
            return QStringLiteral("ours is a scalar, theirs a %1").arg(type);
        }
        ourSeries[{}] = {{static_cast<double>(scalar->time) / 1000, scalar->value}};
        theirSeries[{}] = {pointOf(result)};
        return compareSeries(ourSeries, theirSeries);
    }
    if (const auto* text = std::get_if<std::string>(&ours.value)) {
        return type == QLatin1String("string") && result.at(1).toString().toStdString() == *text
                   ? QString()
                   : QStringLiteral("strings differ");
    }
    if (const auto* vector = std::get_if<metrics::Vector>(&ours.value)) {
        if (type != QLatin1String("vector")) {
            return QStringLiteral("ours is a vector, theirs a %1").arg(type);
        }
        for (const auto& sample : *vector) {
            ourSeries[sample.labels] = {
                {static_cast<double>(sample.sample.time) / 1000, sample.sample.value}};
        }
        for (const auto& element : result) {
            theirSeries[labelsOf(element.toObject()["metric"].toObject())] = {
                pointOf(element.toObject()["value"].toArray())};
        }
        const QString difference = compareSeries(ourSeries, theirSeries);
        return difference.isEmpty() && order == Order::Counts ? compareOrder(*vector, result)
                                                              : difference;
    }
    if (type != QLatin1String("matrix")) {
        return QStringLiteral("ours is a matrix, theirs a %1").arg(type);
    }
    for (const auto& series : std::get<metrics::Matrix>(ours.value)) {
        Points& points = ourSeries[series.labels];
        for (std::size_t index = 0; index < series.times.size(); ++index) {
            points.emplace_back(
                static_cast<double>(series.times[index]) / 1000, series.values[index]);
        }
    }
    for (const auto& element : result) {
        theirSeries[labelsOf(element.toObject()["metric"].toObject())] =
            pointsOf(element.toObject()["values"].toArray());
    }
    return compareSeries(ourSeries, theirSeries);
}

} // namespace pilothouse::test
