// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QLineEdit>
#include <QWidget>

#include <optional>

namespace pilothouse::ui {

class Button;
class TextLabel;

/// The line edit of ExpressionField: underlines from the place of an error on.
class ExpressionEdit : public QLineEdit
{
    Q_OBJECT

public:
    ExpressionEdit(const Theme& theme, QWidget* parent);
    void setErrorAt(std::optional<qsizetype> position);
    std::optional<qsizetype> errorAt() const { return m_errorAt; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    std::optional<qsizetype> m_errorAt;
};

/// Where a PromQL expression is written: Enter or the button draws it; what the server has against
/// it stands below, and the place is underlined.
class ExpressionField : public QWidget
{
    Q_OBJECT

public:
    ExpressionField(const Theme& theme, QWidget* parent);

    QString expression() const;
    void setExpression(const QString& expression);
    /// Empty message: no error.
    void setError(const QString& message);
    ExpressionEdit& edit() { return *m_edit; }

Q_SIGNALS:
    void submitted(const QString& expression);

private:
    void submit();

    ExpressionEdit* m_edit;
    Button* m_draw;
    TextLabel* m_error;
};

} // namespace pilothouse::ui
