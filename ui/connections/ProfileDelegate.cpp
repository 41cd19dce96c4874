// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/ProfileDelegate.h"

#include "ui/connections/EnvironmentChip.h"
#include "ui/connections/ProfileListModel.h"

#include <QPainter>

namespace pilothouse::ui {

namespace {

constexpr int kRow = 58;
constexpr int kFolder = 32;
constexpr int kIcon = 15;

} // namespace

ProfileDelegate::ProfileDelegate(const Theme& theme, const ProfileListModel& model, QObject* parent)
    : QStyledItemDelegate(parent), m_theme(theme), m_model(model)
{}

QSize ProfileDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool isFolder = index.data(ProfileListModel::IsFolderRole).toBool();
    return {option.rect.width(), m_theme.px(isFolder ? kFolder : kRow)};
}

void ProfileDelegate::paintFolder(QPainter& painter, const QRect& rect, const QString& name) const
{
    painter.setFont(m_theme.font(TypeRole::Caption));
    painter.setPen(m_theme.color(Color::TextSecondary));
    painter.drawText(
        rect.adjusted(m_theme.px(space::kM), m_theme.px(space::kS), 0, 0),
        Qt::AlignVCenter,
        name.toUpper());
}

void ProfileDelegate::paintMark(
    QPainter& painter, const QRect& line, const QModelIndex& index) const
{
    const ConnectionProfile& profile = *m_model.profile(index);
    const int side = m_theme.px(kIcon);
    QRect place(line.right() - side, line.center().y() - side / 2 + 1, side, side);
    const auto draw = [&](const QString& icon, Color color) {
        painter.drawPixmap(
            place, m_theme.pixmap(icon, color, kIcon, painter.device()->devicePixelRatioF()));
        place.moveLeft(place.left() - side - m_theme.px(space::kS));
    };
    if (m_model.reachable(profile) == Reachability::Answer::Reachable) {
        draw(QStringLiteral("circle-check"), Color::Ok);
    } else if (m_model.reachable(profile) == Reachability::Answer::Unreachable) {
        draw(QStringLiteral("unplug"), Color::TextSecondary);
    }
    if (profile.isManaged) {
        draw(QStringLiteral("building-2"), Color::TextSecondary);
    }
    if (profile.isLocalWorkspace) {
        draw(QStringLiteral("monitor"), Color::TextSecondary);
    }
}

void ProfileDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const ConnectionProfile* profile = m_model.profile(index);
    if (profile == nullptr) {
        paintFolder(*painter, option.rect, index.data().toString());
        painter->restore();
        return;
    }
    const QRect row = option.rect.adjusted(2, 1, -2, -1);
    const int radius = m_theme.px(space::kRadiusControl);
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.color(Color::Selection));
        painter->drawRoundedRect(row, radius, radius);
    }
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter->setPen(QPen(m_theme.color(Color::Focus), 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(row.adjusted(1, 1, -1, -1), radius, radius);
    }
    const QRect inner = row.adjusted(
        m_theme.px(space::kM),
        m_theme.px(space::kXs + 2),
        -m_theme.px(space::kM),
        -m_theme.px(space::kXs + 2));
    const QRect first(inner.left(), inner.top(), inner.width(), inner.height() / 2);
    const QRect second(
        inner.left(), first.bottom() + 1, inner.width(), inner.height() - first.height());
    painter->setFont(m_theme.font(TypeRole::BodyStrong));
    painter->setPen(m_theme.color(Color::TextPrimary));
    const int marks = 3 * m_theme.px(kIcon + space::kS);
    painter->drawText(
        first,
        Qt::AlignVCenter,
        painter->fontMetrics().elidedText(profile->name, Qt::ElideRight, first.width() - marks));
    paintMark(*painter, first, index);
    const int chip = drawEnvironmentChip(*painter, m_theme, second, profile->environment);
    painter->setFont(m_theme.font(TypeRole::Label));
    painter->setPen(m_theme.color(Color::TextSecondary));
    const QRect rest = second.adjusted(chip + m_theme.px(space::kS), 0, 0, 0);
    const QString address = profile->isLocalWorkspace
                                ? ProfileListModel::tr("the server on this computer")
                                : profile->address;
    painter->drawText(
        rest,
        Qt::AlignVCenter,
        painter->fontMetrics().elidedText(address, Qt::ElideMiddle, rest.width()));
    painter->restore();
}

} // namespace pilothouse::ui
