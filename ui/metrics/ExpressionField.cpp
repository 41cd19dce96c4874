// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/ExpressionField.h"

#include "ui/components/Button.h"
#include "ui/components/TextLabel.h"
#include "ui/metrics/PromText.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace pilothouse::ui {

ExpressionEdit::ExpressionEdit(const Theme& theme, QWidget* parent)
    : QLineEdit(parent), m_theme(theme)
{}

void ExpressionEdit::setErrorAt(std::optional<qsizetype> position)
{
    m_errorAt = position;
    update();
}

void ExpressionEdit::paintEvent(QPaintEvent* event)
{
    QLineEdit::paintEvent(event);
    if (!m_errorAt) {
        return;
    }
    // QLineEdit tells where its cursor is, which gives the text's origin however far it is
    // scrolled.
    const QFontMetrics metrics(font());
    const int origin =
        cursorRect().center().x() - metrics.horizontalAdvance(text().left(cursorPosition()));
    const qsizetype at = std::clamp<qsizetype>(*m_errorAt, 0, text().size());
    const int left = origin + metrics.horizontalAdvance(text().left(at));
    const int wide = std::max(metrics.horizontalAdvance(text().mid(at, 1)), m_theme.px(7));
    const int y = height() / 2 + metrics.ascent() / 2 + 3;
    QPainter painter(this);
    painter.setClipRect(rect().adjusted(4, 2, -4, -2));
    painter.fillRect(QRect(left, y, wide, 2), m_theme.color(Color::Error));
}

ExpressionField::ExpressionField(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_edit(new ExpressionEdit(theme, this)),
      m_draw(
          new Button(theme, ButtonKind::Primary, tr("Draw"), QStringLiteral("chart-line"), this)),
      m_error(new TextLabel(theme, TypeRole::Label, Color::ErrorText, {}, this))
{
    m_edit->setPlaceholderText(tr("PromQL, for example rate(http_requests_total[5m])"));
    m_edit->setAccessibleName(tr("PromQL expression"));
    m_error->setWordWrap(true);
    m_error->hide();
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.px(space::kS));
    row->addWidget(m_edit, 1);
    row->addWidget(m_draw);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme.px(space::kXs));
    layout->addLayout(row);
    layout->addWidget(m_error);
    const auto restyle = [this, &theme] { m_edit->setFont(theme.font(TypeRole::Mono)); };
    restyle();
    connect(&theme, &Theme::changed, this, restyle);
    connect(m_edit, &QLineEdit::returnPressed, this, &ExpressionField::submit);
    connect(m_draw, &QPushButton::clicked, this, &ExpressionField::submit);
    connect(m_edit, &QLineEdit::textEdited, this, [this] { setError({}); });
}

QString ExpressionField::expression() const
{
    return m_edit->text().trimmed();
}

void ExpressionField::setExpression(const QString& expression)
{
    m_edit->setText(expression);
    setError({});
}

void ExpressionField::setError(const QString& message)
{
    m_error->setText(message);
    m_error->setVisible(!message.isEmpty());
    m_edit->setAccessibleDescription(message);
    m_edit->setErrorAt(message.isEmpty() ? std::nullopt : errorPosition(message, m_edit->text()));
}

void ExpressionField::submit()
{
    if (!expression().isEmpty()) {
        Q_EMIT submitted(expression());
    }
}

} // namespace pilothouse::ui
