// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QScrollArea;
class QWidget;

namespace pilothouse::ui {

/// Scrolls what is too high for its place, and is otherwise not seen: no frame, no background, no
/// stop of the Tab key. It owns the content, which is as wide as it.
QScrollArea* plainScroll(QWidget* content, QWidget* parent = nullptr);

} // namespace pilothouse::ui
