// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/CommandGrid.h"

#include "ui/components/Button.h"
#include "ui/shell/CommandRegistry.h"

#include <QGridLayout>

namespace pilothouse::ui {

namespace {

constexpr int kButtonsInARow = 2;

} // namespace

QGridLayout* commandGrid(const PageContext& context, const QStringList& ids, QWidget* parent)
{
    auto* grid = new QGridLayout;
    grid->setSpacing(context.theme.px(space::kS));
    if (context.commands == nullptr) {
        return grid;
    }
    int at = 0;
    for (const QString& id : ids) {
        auto* button = new Button(context.theme, ButtonKind::Secondary, {}, {}, parent);
        context.commands->bind(*button, id);
        grid->addWidget(button, at / kButtonsInARow, at % kButtonsInARow);
        ++at;
    }
    return grid;
}

} // namespace pilothouse::ui
