// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/components/DataTable.h"

#include <QAbstractButton>
#include <QString>
#include <QWidget>

namespace pilothouse::test {

/// What an operator does with the mouse and the keyboard, by the names that a screen reader reads.
/// Each answers false when there is no such thing to be seen, or it does nothing now.

QAbstractButton* buttonNamed(const QWidget& root, const QString& name);
bool click(const QWidget& root, const QString& name);
/// Replaces what the field holds, sign by sign. The name of the field may go on after `name`.
bool type(const QWidget& root, const QString& name, const QString& text);
/// Chooses the line of a check list that begins so, and ticks it with the space bar.
bool tick(const QWidget& root, const QString& line);
/// The row in which some column says `text`.
bool clickRow(ui::DataTable& table, const QString& text);
bool hasRow(ui::DataTable& table, const QString& text);
/// The tab whose title begins so.
bool clickTab(const QWidget& root, const QString& title);
/// Names the file in the dialog that is open, and saves.
bool saveAs(const QString& file);

} // namespace pilothouse::test
