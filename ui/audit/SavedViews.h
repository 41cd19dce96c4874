// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/audit/AuditView.h"
#include "ui/settings/Settings.h"

#include <absl/status/status.h>

#include <QString>

#include <vector>

namespace pilothouse::ui {

struct SavedView
{
    QString name;
    AuditView view;

    bool operator==(const SavedView&) const = default;
};

/// The operator's own views of the audit, by name, in the console's settings: the same in every
/// environment. GUI thread only.
class SavedViews
{
public:
    static constexpr std::size_t kMost = 50;
    static constexpr int kLongestName = 60;

    explicit SavedViews(Settings& settings) : m_settings(settings) {}

    /// By name. What cannot be read counts as not saved.
    std::vector<SavedView> all() const;
    /// Replaces the view of that name. INVALID_ARGUMENT without a name, RESOURCE_EXHAUSTED at the
    /// bound.
    absl::Status save(const QString& name, const AuditView& view);
    void remove(const QString& name);

private:
    void write(const std::vector<SavedView>& views);

    Settings& m_settings;
};

} // namespace pilothouse::ui
