// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QWidget>

#include <utility>
#include <vector>

class QGridLayout;

namespace pilothouse::ui {

/// Names at the left, values at the right; values can be selected and copied. A value that changed
/// since an earlier state stands beside it, marked by colour, glyph and word.
class FactList : public QWidget
{
    Q_OBJECT

public:
    explicit FactList(const Theme& theme, QWidget* parent = nullptr);

    /// These rows and no others. Made anew only when they differ: text that is being selected must
    /// not go away.
    void setFacts(const std::vector<std::pair<QString, QString>>& facts);
    void add(const QString& name, const QString& value, TypeRole role = TypeRole::Body);
    void clear();
    /// A row with the earlier value; "changed" is written when they differ.
    void addCompared(
        const QString& name,
        const QString& before,
        const QString& now,
        TypeRole role = TypeRole::Body);
    /// Titles of the two value columns.
    void addHeads(const QString& before, const QString& now);
    /// "name: value", a line for each that was added; what was compared is not among them.
    QString text() const;

private:
    QWidget* makeValue(const QString& value, TypeRole role, Color color);

    const Theme& m_theme;
    QGridLayout* m_grid;
    std::vector<std::pair<QString, QString>> m_facts;
    int m_row = 0;
};

} // namespace pilothouse::ui
