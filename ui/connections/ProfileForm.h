// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/ConnectionProfile.h"
#include "ui/theme/Theme.h"

#include <QWidget>

class QComboBox;
class QGridLayout;
class QLineEdit;
class QPushButton;

namespace pilothouse::ui {

class TextLabel;

/// The fields of one profile. It holds no rule but what a field may contain; what is wrong is said
/// at once beside the buttons.
class ProfileForm : public QWidget
{
    Q_OBJECT

public:
    explicit ProfileForm(const Theme& theme, QWidget* parent = nullptr);

    void setProfile(const ConnectionProfile& profile);
    /// As typed.
    ConnectionProfile profile() const;
    bool isChanged() const { return profile() != m_profile; }
    /// What is wrong with the fields; empty when they can be used.
    QString problem() const;
    void focusName();

Q_SIGNALS:
    void edited();

private:
    QLineEdit* addField(QGridLayout& grid, const QString& label, const QString& placeholder);
    QLineEdit* addFileField(QGridLayout& grid, const QString& label, const QString& filter);
    void addEnvironment(QGridLayout& grid);
    void addPin(QGridLayout& grid);
    void refreshPin();

    const Theme& m_theme;
    ConnectionProfile m_profile;
    QString m_pin;
    int m_row = 0;
    QLineEdit* m_name = nullptr;
    QLineEdit* m_folder = nullptr;
    QComboBox* m_environment = nullptr;
    QLineEdit* m_address = nullptr;
    QLineEdit* m_user = nullptr;
    QLineEdit* m_ca = nullptr;
    QLineEdit* m_certificate = nullptr;
    QLineEdit* m_key = nullptr;
    TextLabel* m_pinText = nullptr;
    QPushButton* m_forgetPin = nullptr;
};

} // namespace pilothouse::ui
