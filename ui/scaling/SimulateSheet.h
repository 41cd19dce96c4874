// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/ScalingClient.h"
#include "ui/session/Session.h"
#include "ui/settings/Settings.h"
#include "ui/shell/Sheet.h"

#include <QPointer>

#include <map>

class QComboBox;
class QLineEdit;

namespace pilothouse::ui {

class CommandLine;
class DataTable;
class MessageBar;
class TextLabel;

/// What a policy would have done over recorded metrics, with other numbers if wanted. Changes
/// nothing; stays open for the next try.
class SimulateSheet : public Sheet
{
    Q_OBJECT

public:
    SimulateSheet(
        const Theme& theme,
        Session& session,
        const Settings& settings,
        const Clock& clock,
        const scaling::Policy& policy);

    QWidget* initialFocus() override;
    void confirm() override;

    /// What came of the last simulation; empty while there is none.
    QString result() const;

private:
    void build();
    void refresh();
    QString lacking() const;
    client::ScalingQuestion question() const;
    QString ctlText() const;
    void onAnswer(const absl::StatusOr<client::ScalingSimulation>& answer);

    QPointer<Session> m_session;
    const Settings& m_settings;
    const Clock& m_clock;
    const scaling::Policy m_policy;
    QComboBox* m_span;
    QLineEdit* m_least = nullptr;
    QLineEdit* m_most = nullptr;
    QLineEdit* m_down = nullptr;
    /// By the metric's name.
    std::map<std::string, QLineEdit*> m_targets;
    CommandLine* m_command;
    MessageBar* m_problem;
    TextLabel* m_summary;
    DataTable* m_changes;
    QPushButton* m_run = nullptr;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
