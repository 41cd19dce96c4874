// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/SavedViews.h"

#include <fmt/format.h>

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace pilothouse::ui {

namespace {

const auto kKey = QStringLiteral("audit-views");

} // namespace

std::vector<SavedView> SavedViews::all() const
{
    std::vector<SavedView> views;
    const QJsonObject stored = QJsonDocument::fromJson(m_settings.layout(kKey)).object();
    for (auto one = stored.begin(); one != stored.end() && views.size() < kMost; ++one) {
        views.push_back({one.key(), auditViewOf(one.value().toString())});
    }
    return views; // an object's keys are in order
}

absl::Status SavedViews::save(const QString& name, const AuditView& view)
{
    const QString trimmed = name.trimmed();
    if (trimmed.isEmpty() || trimmed.size() > kLongestName) {
        return absl::InvalidArgumentError(
            fmt::format("a view has a name of 1 to {} characters", kLongestName));
    }
    std::vector<SavedView> views = all();
    const auto found = std::ranges::find(views, trimmed, &SavedView::name);
    if (found != views.end()) {
        found->view = view;
    } else if (views.size() == kMost) {
        return absl::ResourceExhaustedError(
            fmt::format("there are {} views; remove one first", kMost));
    } else {
        views.push_back({trimmed, view});
    }
    write(views);
    return absl::OkStatus();
}

void SavedViews::remove(const QString& name)
{
    std::vector<SavedView> views = all();
    std::erase_if(views, [&name](const SavedView& one) { return one.name == name; });
    write(views);
}

void SavedViews::write(const std::vector<SavedView>& views)
{
    QJsonObject stored;
    for (const SavedView& one : views) {
        stored.insert(one.name, auditViewText(one.view));
    }
    m_settings.setLayout(
        kKey, views.empty() ? QByteArray() : QJsonDocument(stored).toJson(QJsonDocument::Compact));
}

} // namespace pilothouse::ui
