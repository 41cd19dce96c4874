// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/ParameterForm.h"

#include "ui/components/FieldForm.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kListHeight = 84;
constexpr int kLongestValue = 4000;

QString placeholderOf(const jobs::Parameter& parameter)
{
    switch (parameter.type) {
    case jobs::ParameterType::Integer:
        return ParameterForm::tr("a whole number");
    case jobs::ParameterType::Number:
        return ParameterForm::tr("a number");
    case jobs::ParameterType::Duration:
        return ParameterForm::tr("90s, 15m, 1h30m or 2d");
    default:
        return parameter.isRequired ? QString() : ParameterForm::tr("optional");
    }
}

} // namespace

ParameterForm::ParameterForm(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
}

QWidget* ParameterForm::makeField(const jobs::Parameter& parameter, const QString& value)
{
    if (parameter.type == jobs::ParameterType::Boolean) {
        auto* box = new QCheckBox(tr("yes"), m_form);
        box->setChecked(value == QLatin1String("true"));
        connect(box, &QCheckBox::toggled, this, &ParameterForm::edited);
        return box;
    }
    if (parameter.type == jobs::ParameterType::List) {
        auto* lines = new QPlainTextEdit(value, m_form);
        lines->setFont(m_theme.font(TypeRole::Mono));
        lines->setPlaceholderText(tr("one a line"));
        lines->setTabChangesFocus(true);
        lines->setFixedHeight(m_theme.px(kListHeight));
        connect(lines, &QPlainTextEdit::textChanged, this, &ParameterForm::edited);
        return lines;
    }
    auto* field = new QLineEdit(value, m_form);
    field->setMaxLength(kLongestValue);
    field->setPlaceholderText(placeholderOf(parameter));
    connect(field, &QLineEdit::textChanged, this, &ParameterForm::edited);
    return field;
}

void ParameterForm::setParameters(
    const std::vector<jobs::Parameter>& parameters, const jobs::Parameters& values)
{
    delete m_form;
    m_form = new FieldForm(m_theme, this);
    m_parameters = parameters;
    m_fields.clear();
    for (const jobs::Parameter& parameter : parameters) {
        const auto given = values.find(parameter.name);
        const std::string& value = given != values.end() ? given->second : parameter.defaultValue;
        QWidget* field = makeField(parameter, QString::fromStdString(value));
        m_fields.push_back(field);
        const QString name = QString::fromStdString(parameter.name);
        m_form->add(
            parameter.isRequired ? tr("%1 (required)").arg(name) : name,
            field,
            QString::fromStdString(parameter.description));
    }
    layout()->addWidget(m_form);
}

QString ParameterForm::valueOf(const QWidget& field)
{
    if (const auto* box = qobject_cast<const QCheckBox*>(&field)) {
        return box->isChecked() ? QStringLiteral("true") : QStringLiteral("false");
    }
    if (const auto* lines = qobject_cast<const QPlainTextEdit*>(&field)) {
        return lines->toPlainText().trimmed();
    }
    const auto* line = qobject_cast<const QLineEdit*>(&field);
    return line != nullptr ? line->text().trimmed() : QString();
}

jobs::Parameters ParameterForm::values() const
{
    jobs::Parameters values;
    for (std::size_t at = 0; at < m_parameters.size(); ++at) {
        const std::string value = valueOf(*m_fields[at]).toStdString();
        const jobs::Parameter& parameter = m_parameters[at];
        const bool isUnset =
            value == parameter.defaultValue || (parameter.type == jobs::ParameterType::Boolean &&
                                                value == "false" && parameter.defaultValue.empty());
        if (!value.empty() && !isUnset) {
            values[parameter.name] = value;
        }
    }
    return values;
}

} // namespace pilothouse::ui
