// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/Session.h"
#include "ui/settings/Settings.h"
#include "ui/shell/Sheet.h"

#include <QTimer>

#include <optional>

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace pilothouse::ui {

class CommandLine;
class FieldForm;
class MessageBar;
class ParameterForm;

/// Makes a schedule or changes one; says at once when it would run.
class ScheduleSheet : public Sheet
{
    Q_OBJECT

public:
    /// How long typing pauses before the next runs are asked for.
    static constexpr int kPauseMs = 250;
    static constexpr int kPreviewed = 5;

    /// Without `schedule` a new one.
    ScheduleSheet(
        const Theme& theme,
        Session& session,
        Settings& settings,
        std::vector<jobs::Kind> kinds,
        const std::optional<jobs::Schedule>& schedule);

    QWidget* initialFocus() override;
    void confirm() override;

Q_SIGNALS:
    /// The server has it; sent before the sheet closes.
    void saved(const pilothouse::jobs::Schedule& schedule);

private:
    void build();
    void addFields(FieldForm& form);
    jobs::Schedule wanted() const;
    const jobs::Kind* kind() const;
    void choose(const jobs::Parameters& values);
    void refresh();
    void preview();
    void showPreview(const absl::StatusOr<jobs::SchedulePreview>& answer);
    void onAnswer(const absl::StatusOr<jobs::Schedule>& answer);
    QString lacking() const;

    QPointer<Session> m_session;
    Settings& m_settings;
    std::vector<jobs::Kind> m_kinds;
    std::optional<jobs::Schedule> m_before;
    QLineEdit* m_name = nullptr;
    QComboBox* m_kind = nullptr;
    QLineEdit* m_cron = nullptr;
    QLineEdit* m_zone = nullptr;
    QComboBox* m_missed = nullptr;
    QLineEdit* m_jitter = nullptr;
    QLineEdit* m_description = nullptr;
    QCheckBox* m_paused = nullptr;
    ParameterForm* m_parameters = nullptr;
    TextLabel* m_next = nullptr;
    CommandLine* m_command = nullptr;
    MessageBar* m_problem = nullptr;
    QPushButton* m_save = nullptr;
    QString m_cronProblem;
    QTimer m_pause;
    client::CallPtr m_previewCall;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
