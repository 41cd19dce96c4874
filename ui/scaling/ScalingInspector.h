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
    TextLabel* m_title;
    TextLabel* m_subtitle;
    StatusChip* m_chip;
    MessageBar* m_note;
    TextLabel* m_numbers;
    TextLabel* m_why;
    FactList* m_facts;
    DataTable* m_history;
};

} // namespace pilothouse::ui
