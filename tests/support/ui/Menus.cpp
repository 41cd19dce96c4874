// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/Menus.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QTest>

namespace pilothouse::test {

namespace {

constexpr int kPatienceMs = 5000;

QString nameOf(const QAction& action)
{
    return action.text().section(QLatin1Char('\t'), 0, 0).remove(QLatin1Char('&'));
}

QAction* entryOf(const QMenu& menu, const QString& name)
{
    for (QAction* action : menu.actions()) {
        if (!action->isSeparator() && nameOf(*action) == name) {
            return action;
        }
    }
    return nullptr;
}

bool opens(const QMenu* menu)
{
    return QTest::qWaitFor([menu] { return openMenu() == menu; }, kPatienceMs);
}

bool choose(const QStringList& path, bool (*choosesEntry)(QMenu&, QAction&))
{
    for (const QString& name : path) {
        QMenu* menu = openMenu();
        QAction* entry = menu == nullptr ? nullptr : entryOf(*menu, name);
        if (entry == nullptr || !entry->isEnabled() || !choosesEntry(*menu, *entry) ||
            (entry->menu() != nullptr && !opens(entry->menu()))) {
            return false;
        }
    }
    return true;
}

} // namespace

QMenu* openMenu()
{
    return qobject_cast<QMenu*>(QApplication::activePopupWidget());
}

QStringList menuEntries()
{
    QStringList names;
    if (const QMenu* menu = openMenu()) {
        for (const QAction* action : menu->actions()) {
            if (!action->isSeparator()) {
                names << nameOf(*action);
            }
        }
    }
    return names;
}

bool isTicked(const QString& entry)
{
    const QMenu* menu = openMenu();
    const QAction* action = menu == nullptr ? nullptr : entryOf(*menu, entry);
    return action != nullptr && action->isChecked();
}

bool clickMenu(const QStringList& path)
{
    return choose(path, [](QMenu& menu, QAction& entry) {
        QTest::mouseClick(&menu, Qt::LeftButton, {}, menu.actionGeometry(&entry).center());
        return true;
    });
}

bool keyMenu(const QStringList& path)
{
    return choose(path, [](QMenu& menu, QAction& entry) {
        for (qsizetype at = 0; menu.activeAction() != &entry; ++at) {
            if (at > menu.actions().size()) {
                return false;
            }
            QTest::keyClick(&menu, Qt::Key_Down);
        }
        QTest::keyClick(&menu, entry.menu() != nullptr ? Qt::Key_Right : Qt::Key_Return);
        return true;
    });
}

QMenu* openContextMenu(QWidget& widget)
{
    const QPoint middle = widget.rect().center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, middle, widget.mapToGlobal(middle));
    QApplication::sendEvent(&widget, &event);
    return openMenu();
}

} // namespace pilothouse::test
