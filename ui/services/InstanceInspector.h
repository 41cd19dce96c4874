// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/services/Instance.h"
#include "ui/shell/Page.h"

namespace pilothouse::ui {

class DataTable;
class FactList;
class MessageBar;
class StatusChip;
class TextLabel;

/// The selected instance: its state and why, its last checks, what it registered with, and the
/// verbs on it.
class InstanceInspector : public QWidget
{
    Q_OBJECT

public:
    InstanceInspector(const PageContext& context, QWidget* parent);

    void setInstance(const services::Instance& instance);

private:
    void build();

    PageContext m_context;
    TextLabel* m_title = nullptr;
    TextLabel* m_subtitle = nullptr;
    StatusChip* m_chip = nullptr;
    MessageBar* m_note = nullptr;
    DataTable* m_checks = nullptr;
    TextLabel* m_noChecks = nullptr;
    FactList* m_facts = nullptr;
};

} // namespace pilothouse::ui
