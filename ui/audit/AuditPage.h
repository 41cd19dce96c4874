// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/audit/AuditView.h"
#include "ui/audit/AuditViewModel.h"
#include "ui/components/NarrowColumns.h"
#include "ui/shell/PageRegistry.h"

#include <optional>

namespace pilothouse::ui {

class AuditFilterBar;
class AuditInspector;
class Button;
class DataTable;
class MessageBar;
class StatusChip;
class TextLabel;
class ViewsButton;

/// The page of AuditViewModel: filter above, entries below, the chain's badge between.
class AuditPage : public Page
{
    Q_OBJECT

public:
    AuditPage(const PageContext& context, QWidget* parent = nullptr);
    ~AuditPage() override;

    std::vector<Command> commands() override;
    QString object() const override;
    void openObject(const QString& object) override;
    void setShown(bool shown) override;
    void refresh() override;
    QString filter() const override;
    void setFilter(const QString& filter) override;
    bool focusFilter() override;
    QWidget* initialFocus() override;
    QWidget* inspector() override;
    int overlayTop() const override;
    QByteArray saveLayout() const override;
    void restoreLayout(const QByteArray& layout) override;

    AuditViewModel& viewModel() { return m_model; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* buildStatus();
    void bind();
    void showEntries();
    void showRows();
    void showChain();
    void showSelection();
    std::optional<PagePlace> placeOf(const QString& target) const;
    void showExport();
    void showFreshness();
    void filterChanged();
    void narrow(const audit::Filter& filter);
    AuditView view() const;
    void setView(const AuditView& view);
    void tell(const QString& text);
    void askForViewName();
    void selectRow();
    void askForFile();
    bool isUtc() const;

    PageContext m_context;
    AuditViewModel m_model;
    AuditFilterBar* m_filter = nullptr;
    DataTable* m_table = nullptr;
    StatusChip* m_badge = nullptr;
    MessageBar* m_break = nullptr;
    TextLabel* m_verifyText = nullptr;
    TextLabel* m_count = nullptr;
    TextLabel* m_exportText = nullptr;
    ViewsButton* m_views = nullptr;
    Button* m_verify = nullptr;
    Button* m_export = nullptr;
    AuditInspector* m_inspector = nullptr;
    std::optional<NarrowColumns> m_narrow;
    /// What the table holds: which listing, in which time, from which entry to which.
    int m_shownListing = -1;
    bool m_isShownInUtc = true;
    std::int64_t m_shownNewest = 0;
    std::int64_t m_shownOldest = 0;
};

} // namespace pilothouse::ui
