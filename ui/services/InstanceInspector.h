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
    TextLabel* m_title;
    TextLabel* m_subtitle;
    StatusChip* m_chip;
    MessageBar* m_note;
    DataTable* m_checks;
    TextLabel* m_noChecks;
    FactList* m_facts;
};

} // namespace pilothouse::ui
