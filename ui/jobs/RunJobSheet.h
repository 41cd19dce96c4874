// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/Session.h"
#include "ui/shell/Sheet.h"

class QComboBox;

namespace pilothouse::ui {

class CommandLine;
class MessageBar;
class ParameterForm;

/// Chooses a kind of job, asks for its parameters and queues it.
class RunJobSheet : public Sheet
{
    Q_OBJECT

public:
    RunJobSheet(
        const Theme& theme,
        Session& session,
        std::vector<jobs::Kind> kinds,
        const QString& kind = {},
        const jobs::Parameters& values = {});

    QWidget* initialFocus() override;
    void confirm() override;

Q_SIGNALS:
    /// The server has it; sent before the sheet closes.
    void started(const pilothouse::jobs::Job& job);

private:
    const jobs::Kind* kind() const;
    void choose(const jobs::Parameters& values);
    void refresh();
    void onAnswer(const absl::StatusOr<jobs::Job>& answer);

    QPointer<Session> m_session;
    std::vector<jobs::Kind> m_kinds;
    /// The same however often it is sent, so that a lost answer does not make two jobs.
    std::string m_requestId;
    QComboBox* m_kind;
    TextLabel* m_description;
    ParameterForm* m_form;
    CommandLine* m_command;
    MessageBar* m_problem;
    QPushButton* m_run = nullptr;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
