// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QLineEdit;

namespace pilothouse::ui {

class FieldForm;

/// A field that shows dots and that no input method remembers.
QLineEdit* addPasswordField(FieldForm& form, const QString& name, const QString& meaning);

/// What is wrong with a new password typed twice, as far as the console can tell; the server has
/// the last word. Empty when nothing is.
QString passwordProblem(const QString& password, const QString& again);

} // namespace pilothouse::ui
