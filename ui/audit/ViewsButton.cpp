// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/ViewsButton.h"

#include <QMenu>

namespace pilothouse::ui {

namespace {

/// An ampersand of a name is not a key.
QString menuText(QString name)
{
    return name.replace(QLatin1Char('&'), QStringLiteral("&&"));
}

} // namespace

ViewsButton::ViewsButton(const Theme& theme, Settings& settings, QWidget* parent)
    : Button(theme, ButtonKind::Secondary, tr("Views"), QStringLiteral("star"), parent),
      m_views(settings)
{
    setToolTip(tr("Filters that you have saved"));
    connect(this, &QPushButton::clicked, this, &ViewsButton::openMenu);
}

QMenu* ViewsButton::openMenu()
{
    const std::vector<SavedView> views = m_views.all();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const SavedView& one : views) {
        menu->addAction(menuText(one.name), this, [this, view = one.view] { Q_EMIT chosen(view); });
    }
    menu->addSeparator();
    menu->addAction(tr("Save this view…"), this, &ViewsButton::saveWanted);
    menu->addAction(tr("Copy as command"), this, &ViewsButton::copyCommandWanted);
    if (!views.empty()) {
        QMenu* remove = menu->addMenu(tr("Remove view"));
        for (const SavedView& one : views) {
            remove->addAction(
                menuText(one.name), this, [this, name = one.name] { m_views.remove(name); });
        }
    }
    menu->popup(mapToGlobal(QPoint(0, height())));
    return menu;
}

} // namespace pilothouse::ui
