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
    QLineEdit* m_name;
    QLineEdit* m_folder;
    QComboBox* m_environment;
    QLineEdit* m_address;
    QLineEdit* m_user;
    QLineEdit* m_ca;
    QLineEdit* m_certificate;
    QLineEdit* m_key;
    TextLabel* m_pinText;
    QPushButton* m_forgetPin;
};

} // namespace pilothouse::ui
