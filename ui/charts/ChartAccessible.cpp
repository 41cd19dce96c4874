// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartAccessible.h"

#include "ui/charts/ChartCanvas.h"

#include <QAccessibleWidget>

#include <mutex>

namespace pilothouse::ui {

namespace {

class CanvasInterface : public QAccessibleWidget
{
public:
    explicit CanvasInterface(ChartCanvas* canvas) : QAccessibleWidget(canvas, QAccessible::Chart) {}

    QString text(QAccessible::Text kind) const override
    {
        const auto* canvas = static_cast<const ChartCanvas*>(widget());
        return kind == QAccessible::Description ? canvas->description()
                                                : QAccessibleWidget::text(kind);
    }
};

QAccessibleInterface* makeInterface(const QString&, QObject* object)
{
    auto* canvas = qobject_cast<ChartCanvas*>(object);
    return canvas != nullptr ? new CanvasInterface(canvas) : nullptr; // Qt takes ownership
}

} // namespace

void installChartAccessibility()
{
    static std::once_flag once;
    std::call_once(once, [] { QAccessible::installFactory(makeInterface); });
}

} // namespace pilothouse::ui
