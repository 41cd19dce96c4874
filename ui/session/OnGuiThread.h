// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/Call.h"

#include <QCoreApplication>
#include <QMetaObject>
#include <QPointer>

#include <functional>
#include <memory>
#include <utility>

namespace pilothouse::ui {

/// Turns a function of the GUI thread into the callback of a call: the answer is posted to the GUI
/// thread and dropped when `context` is gone by then. Call it on the GUI thread.
template <typename T>
client::OnDone<T> onGuiThread(QObject* context, std::function<void(absl::StatusOr<T>)> function)
{
    return [guard = QPointer<QObject>(context),
            shared = std::make_shared<std::function<void(absl::StatusOr<T>)>>(std::move(function))](
               absl::StatusOr<T> answer) {
        QCoreApplication* application = QCoreApplication::instance();
        if (application == nullptr) {
            return;
        }
        QMetaObject::invokeMethod(
            application,
            [guard, shared, answer = std::move(answer)]() mutable {
                if (guard) {
                    (*shared)(std::move(answer));
                }
            },
            Qt::QueuedConnection);
    };
}

/// The same for the end of a stream.
inline client::OnEnd onGuiThread(QObject* context, std::function<void(absl::Status)> function)
{
    return [guard = QPointer<QObject>(context),
            shared = std::make_shared<std::function<void(absl::Status)>>(std::move(function))](
               absl::Status status) {
        QCoreApplication* application = QCoreApplication::instance();
        if (application == nullptr) {
            return;
        }
        QMetaObject::invokeMethod(
            application,
            [guard, shared, status = std::move(status)] {
                if (guard) {
                    (*shared)(status);
                }
            },
            Qt::QueuedConnection);
    };
}

} // namespace pilothouse::ui
