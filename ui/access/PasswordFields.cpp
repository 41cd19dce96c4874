// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/PasswordFields.h"

#include "ui/components/FieldForm.h"

#include <QCoreApplication>
#include <QLineEdit>

namespace pilothouse::ui {

QLineEdit* addPasswordField(FieldForm& form, const QString& name, const QString& meaning)
{
    QLineEdit* field = form.addText(name, {}, meaning);
    field->setEchoMode(QLineEdit::Password);
    field->setInputMethodHints(
        Qt::ImhSensitiveData | Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase);
    return field;
}

QString passwordProblem(const QString& password, const QString& again)
{
    if (password.isEmpty()) {
        return QCoreApplication::translate("Access", "A password is needed");
    }
    return password == again
               ? QString()
               : QCoreApplication::translate("Access", "The two passwords are not the same");
}

} // namespace pilothouse::ui
