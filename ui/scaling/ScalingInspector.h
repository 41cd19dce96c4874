// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/scaling/ScalingViewModel.h"
#include "ui/shell/Page.h"

namespace pilothouse::ui {

class DataTable;
class FactList;
class MessageBar;
class StatusChip;
class TextLabel;

/// The selected policy: what it says now and why, how it is set, what it decided, and the verbs on
/// it.
class ScalingInspector : public QWidget
{
    Q_OBJECT

public:
    ScalingInspector(const PageContext& context, ScalingViewModel& model, QWidget* parent);

    void setPolicy(const scaling::PolicyState& state);
    void showHistory();

private:
    void build();

    PageContext m_context;
    ScalingViewModel& m_model;
    TextLabel* m_title = nullptr;
    TextLabel* m_subtitle = nullptr;
    StatusChip* m_chip = nullptr;
    MessageBar* m_note = nullptr;
    TextLabel* m_numbers = nullptr;
    TextLabel* m_why = nullptr;
    FactList* m_facts = nullptr;
    DataTable* m_history = nullptr;
};

} // namespace pilothouse::ui
