// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/Kind.h"
#include "ui/theme/Theme.h"

#include <QWidget>

#include <vector>

namespace pilothouse::ui {

class FieldForm;

/// One field for each parameter of a kind of job, made from its description.
class ParameterForm : public QWidget
{
    Q_OBJECT

public:
    explicit ParameterForm(const Theme& theme, QWidget* parent = nullptr);

    /// Other parameters, with `values` where there are some and the defaults elsewhere.
    void setParameters(
        const std::vector<jobs::Parameter>& parameters, const jobs::Parameters& values = {});
    /// What was filled in; what is empty or as by default is left out.
    jobs::Parameters values() const;

Q_SIGNALS:
    void edited();

private:
    QWidget* makeField(const jobs::Parameter& parameter, const QString& value);
    static QString valueOf(const QWidget& field);

    const Theme& m_theme;
    FieldForm* m_form = nullptr;
    std::vector<jobs::Parameter> m_parameters;
    std::vector<QWidget*> m_fields;
};

} // namespace pilothouse::ui
