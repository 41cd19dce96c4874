// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/connections/Reachability.h"
#include "ui/session/ProfileStore.h"

#include <QAbstractListModel>

#include <optional>
#include <vector>

namespace pilothouse::ui {

/// The local workspace first, then the profiles by folder, folder names as lines of their own;
/// filtered by the text of a search.
class ProfileListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { IdRole = Qt::UserRole + 1, IsFolderRole };

    ProfileListModel(ProfileStore& store, Reachability& reachability, QObject* parent = nullptr);

    void setSearch(const QString& text);
    /// Null for a folder line.
    const ConnectionProfile* profile(const QModelIndex& index) const;
    QModelIndex indexOf(const QString& id) const;
    Reachability::Answer reachable(const ConnectionProfile& profile) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Line
    {
        QString folder;
        std::optional<ConnectionProfile> profile;
    };

    void rebuild();
    QString spoken(const ConnectionProfile& profile) const;

    ProfileStore& m_store;
    Reachability& m_reachability;
    QString m_search;
    std::vector<Line> m_lines;
};

/// The server that comes with the console, as a profile.
ConnectionProfile localWorkspaceProfile();

} // namespace pilothouse::ui
