// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/ProfileListModel.h"

#include "ui/shell/EnvironmentLook.h"

#include <algorithm>

namespace pilothouse::ui {

ConnectionProfile localWorkspaceProfile()
{
    ConnectionProfile profile;
    profile.id = QStringLiteral("local-workspace");
    profile.name = ProfileListModel::tr("Local workspace");
    profile.environment = system::Environment::Local;
    profile.isLocalWorkspace = true;
    return profile;
}

ProfileListModel::ProfileListModel(ProfileStore& store, Reachability& reachability, QObject* parent)
    : QAbstractListModel(parent), m_store(store), m_reachability(reachability)
{
    connect(&m_store, &ProfileStore::changed, this, &ProfileListModel::rebuild);
    connect(&m_reachability, &Reachability::changed, this, [this] {
        if (!m_lines.empty()) {
            Q_EMIT dataChanged(index(0), index(rowCount() - 1));
        }
    });
    rebuild();
}

void ProfileListModel::setSearch(const QString& text)
{
    m_search = text.trimmed();
    rebuild();
}

void ProfileListModel::rebuild()
{
    std::vector<ConnectionProfile> found{localWorkspaceProfile()};
    found.insert(found.end(), m_store.profiles().begin(), m_store.profiles().end());
    std::erase_if(found, [this](const ConnectionProfile& profile) {
        return !profile.name.contains(m_search, Qt::CaseInsensitive) &&
               !profile.address.contains(m_search, Qt::CaseInsensitive) &&
               !profile.folder.contains(m_search, Qt::CaseInsensitive) &&
               !lookOf(profile.environment).word.contains(m_search, Qt::CaseInsensitive);
    });
    std::stable_sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
        return left.folder.compare(right.folder, Qt::CaseInsensitive) < 0;
    });
    beginResetModel();
    m_lines.clear();
    QString folder;
    for (ConnectionProfile& profile : found) {
        if (profile.folder.compare(folder, Qt::CaseInsensitive) != 0) {
            folder = profile.folder;
            m_lines.push_back({folder, std::nullopt});
        }
        m_lines.push_back({folder, std::move(profile)});
    }
    endResetModel();
}

const ConnectionProfile* ProfileListModel::profile(const QModelIndex& index) const
{
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || row >= m_lines.size() || !m_lines[row].profile) {
        return nullptr;
    }
    return &*m_lines[row].profile;
}

QModelIndex ProfileListModel::indexOf(const QString& id) const
{
    for (int row = 0; row < rowCount(); ++row) {
        const ConnectionProfile* candidate = profile(index(row));
        if (candidate != nullptr && candidate->id == id) {
            return index(row);
        }
    }
    return {};
}

Reachability::Answer ProfileListModel::reachable(const ConnectionProfile& profile) const
{
    return m_reachability.answer(profile.address);
}

int ProfileListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

QVariant ProfileListModel::data(const QModelIndex& index, int role) const
{
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || row >= m_lines.size()) {
        return {};
    }
    const Line& line = m_lines[row];
    switch (role) {
    case Qt::DisplayRole:
        return line.profile ? line.profile->name : line.folder;
    case Qt::AccessibleTextRole:
        return line.profile ? spoken(*line.profile) : tr("Folder %1").arg(line.folder);
    case Qt::ToolTipRole:
        return line.profile ? spoken(*line.profile) : QString();
    case IdRole:
        return line.profile ? line.profile->id : QString();
    case IsFolderRole:
        return !line.profile.has_value();
    default:
        return {};
    }
}

QString ProfileListModel::spoken(const ConnectionProfile& profile) const
{
    QStringList parts{
        profile.name,
        lookOf(profile.environment).word,
        profile.isLocalWorkspace ? tr("the server on this computer") : profile.address};
    switch (reachable(profile)) {
    case Reachability::Answer::Reachable:
        parts << tr("reachable");
        break;
    case Reachability::Answer::Unreachable:
        parts << tr("not reachable");
        break;
    case Reachability::Answer::Asking:
    case Reachability::Answer::Unknown:
        break;
    }
    if (profile.isManaged) {
        parts << tr("set by your organisation");
    }
    if (profile.lastUsed.isValid()) {
        parts << tr("last used %1")
                     .arg(profile.lastUsed.toLocalTime().toString(
                         QStringLiteral("yyyy-MM-dd HH:mm")));
    }
    return parts.join(QStringLiteral(", "));
}

Qt::ItemFlags ProfileListModel::flags(const QModelIndex& index) const
{
    return profile(index) != nullptr ? Qt::ItemIsSelectable | Qt::ItemIsEnabled : Qt::NoItemFlags;
}

} // namespace pilothouse::ui
