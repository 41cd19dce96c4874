// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/connections/ConnectionTest.h"
#include "ui/connections/ProfileListModel.h"
#include "ui/connections/Reachability.h"
#include "ui/session/SessionOpener.h"
#include "ui/theme/Theme.h"

#include <QWidget>

class QLineEdit;
class QListView;
class QPushButton;
class QStackedWidget;

namespace pilothouse::ui {

class MessageBar;
class ProfileForm;
class TextLabel;

/// All servers that this console knows: choose one, change one, try one, take them along. Also the
/// first thing that a new operator sees, where the local workspace is one press away.
class ConnectionManager : public QWidget
{
    Q_OBJECT

public:
    ConnectionManager(const Theme& theme, SessionOpener& opener, QWidget* parent = nullptr);

    /// A sentence above the list that stays: why a profile file or the keychain cannot be used.
    void setNotice(Severity severity, const QString& text);
    void select(const QString& profileId);
    /// Whether there is a page to go back to.
    void setCanLeave(bool canLeave);

Q_SIGNALS:
    void connectRequested(const pilothouse::ui::ConnectionProfile& profile);
    void leaveRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* buildList();
    QWidget* buildForm();
    QWidget* buildWelcome();
    QPushButton* makeButton(const QString& text, const QString& icon);
    void onSelected();
    void onEdited();
    void startNew();
    void connectTo(const ConnectionProfile& profile);
    bool saveForm();
    void test();
    void duplicate();
    void removeProfile();
    void exportProfiles();
    void importProfiles();
    void say(const absl::Status& status, const QString& success);

    const Theme& m_theme;
    SessionOpener& m_opener;
    Reachability m_reachability;
    ConnectionTest m_test;
    ProfileListModel* m_model;
    MessageBar* m_notice;
    MessageBar* m_result;
    QLineEdit* m_search = nullptr;
    QListView* m_list = nullptr;
    QStackedWidget* m_right;
    ProfileForm* m_form = nullptr;
    TextLabel* m_formTitle = nullptr;
    TextLabel* m_problem = nullptr;
    QPushButton* m_leave;
    QPushButton* m_connect = nullptr;
    QPushButton* m_save = nullptr;
    QPushButton* m_testButton = nullptr;
    QPushButton* m_duplicate = nullptr;
    QPushButton* m_remove = nullptr;
};

} // namespace pilothouse::ui
