// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QWidget>

class QGridLayout;
class QLineEdit;

namespace pilothouse::ui {

/// Names at the left, fields at the right, and under a field what it means where its name does not
/// say it.
class FieldForm : public QWidget
{
    Q_OBJECT

public:
    explicit FieldForm(const Theme& theme, QWidget* parent = nullptr);

    /// Takes the field, and makes `name` its accessible name.
    void add(const QString& name, QWidget* field, const QString& meaning = {});
    QLineEdit* addText(
        const QString& name, const QString& placeholder, const QString& meaning = {});

Q_SIGNALS:
    /// Text of a field made by `addText` changed.
    void edited();

private:
    const Theme& m_theme;
    QGridLayout* m_grid;
    int m_row = 0;
};

} // namespace pilothouse::ui
