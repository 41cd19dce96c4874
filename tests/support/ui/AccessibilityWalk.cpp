// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/AccessibilityWalk.h"

#include <QAccessible>

namespace pilothouse::test {

namespace {

void walk(QAccessibleInterface* node, const QString& path, QStringList& found)
{
    if (node == nullptr || !node->isValid() || node->state().invisible) {
        return;
    }
    const QObject* object = node->object();
    const QString here = path + QLatin1Char('/') +
                         (object != nullptr ? QString::fromLatin1(object->metaObject()->className())
                                            : QStringLiteral("item"));
    // Items of views are named by their text; an empty cell is not a place of its own.
    if (object != nullptr && node->state().focusable &&
        node->text(QAccessible::Name).trimmed().isEmpty()) {
        found << here + QStringLiteral(", role ") + QString::number(node->role());
    }
    const auto* table = node->tableInterface();
    if (table != nullptr) {
        return;
    }
    for (int child = 0; child < node->childCount(); ++child) {
        walk(node->child(child), here, found);
    }
}

} // namespace

QStringList unnamedFocusable(QWidget& root)
{
    QStringList found;
    walk(QAccessible::queryAccessibleInterface(&root), {}, found);
    return found;
}

} // namespace pilothouse::test
