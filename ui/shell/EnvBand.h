// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/Clock.h"
#include "ui/session/Session.h"
#include "ui/settings/Settings.h"
#include "ui/shell/ConnectionText.h"
#include "ui/theme/Theme.h"

#include <QTimer>
#include <QWidget>

#include <optional>

namespace pilothouse::ui {

class BandButton;

/// Whether the operator can change things here, as the band shows it.
struct BandLock
{
    /// Lucide icon.
    QString icon;
    /// "Read-only", "Writes unlocked".
    QString word;
    /// "Ctrl+L", "12 m 5 s left".
    QString text;
    QString toolTip = {};
    /// Set off from the band: it ends soon.
    bool isUrgent = false;

    bool operator==(const BandLock&) const = default;
};

/// The way back from a promotion, while the old side is kept warm.
struct BandRollBack
{
    /// "Roll back checkout"
    QString word;
    /// "9 m 12 s"
    QString text;
    QString toolTip = {};
    /// It ends soon.
    bool isUrgent = false;

    bool operator==(const BandRollBack&) const = default;
};

/// The first row of every window, never covered: which environment this is, which server, why it is
/// believed, and whether what is shown is live. GUI thread only.
class EnvBand : public QWidget
{
    Q_OBJECT

public:
    EnvBand(const Theme& theme, Settings& settings, const Clock& clock, QWidget* parent = nullptr);

    /// Null: no connection chosen. The session outlives its stay here.
    void setSession(Session* session);
    /// Without a session: a profile under way ("Starting the local server…"), or nothing.
    void setOpening(const std::optional<ConnectionProfile>& profile, const QString& progress = {});

    /// Nothing: writes are not locked here, or it is not known.
    void setLock(const std::optional<BandLock>& lock);
    const std::optional<BandLock>& lock() const { return m_lock; }

    /// Nothing: there is nothing to roll back.
    void setRollBack(const std::optional<BandRollBack>& rollBack);
    const std::optional<BandRollBack>& rollBack() const { return m_rollBack; }

    system::Environment environment() const;
    /// Whether an environment is known at all; without one the band is neutral.
    bool hasEnvironment() const { return m_session != nullptr || m_opening.has_value(); }
    /// "PROD · eu-prod-1", for the window title.
    QString titleText() const;
    const ConnectionText& connectionText() const { return m_text; }
    void focusFirst();

    QSize sizeHint() const override;

Q_SIGNALS:
    void connectionsRequested();
    void actionRequested(pilothouse::ui::ConnectionAction action);
    /// Lock or unlock.
    void lockRequested();
    void rollBackRequested();
    /// Environment or name changed: frame and title follow.
    void environmentChanged();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    void refreshPlace();
    void refreshState();
    void refreshLock();
    void refreshRollBack();
    void announce(const ConnectionText& before);

    const Theme& m_theme;
    Settings& m_settings;
    const Clock& m_clock;
    Session* m_session = nullptr;
    std::optional<ConnectionProfile> m_opening;
    QString m_progress;
    ConnectionText m_text;
    QString m_title;
    std::optional<BandLock> m_lock;
    std::optional<BandRollBack> m_rollBack;
    BandButton* m_place;
    BandButton* m_lockButton;
    BandButton* m_rollBackButton;
    BandButton* m_state;
    BandButton* m_action;
    QTimer m_tick;
};

} // namespace pilothouse::ui
