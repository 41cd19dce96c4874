// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs of the page, and what they ask for.
#include "shared/client/AuditClient.h"
#include "ui/audit/AuditPage.h"
#include "ui/audit/SaveViewSheet.h"

#include <QFileDialog>

namespace pilothouse::ui {

std::vector<Command> AuditPage::commands()
{
    Command verify;
    verify.id = QStringLiteral("audit.verify");
    verify.title = tr("Verify the audit's hash chain");
    verify.icon = QStringLiteral("shield-check");
    verify.section = QStringLiteral("Actions");
    verify.permission = QStringLiteral("audit.view");
    verify.disabledReason = [this] {
        return m_model.isVerifying() ? tr("It is being verified.") : QString();
    };
    verify.run = [this] { m_model.verify(); };
    Command exporting;
    exporting.id = QStringLiteral("audit.export");
    exporting.title = tr("Export the audit");
    exporting.icon = QStringLiteral("download");
    exporting.shortcut = QKeySequence(Qt::CTRL | Qt::Key_E);
    exporting.section = QStringLiteral("Actions");
    exporting.permission = QStringLiteral("audit.view");
    exporting.disabledReason = [this] {
        return m_model.isExporting() ? tr("An export is under way.") : QString();
    };
    exporting.run = [this] { askForFile(); };
    Command clear;
    clear.id = QStringLiteral("audit.clear");
    clear.title = tr("Clear the audit's filter");
    clear.icon = QStringLiteral("filter");
    clear.section = QStringLiteral("Actions");
    clear.run = [this] { setView({}); };
    Command save;
    save.id = QStringLiteral("audit.save-view");
    save.title = tr("Save this view of the audit");
    save.icon = QStringLiteral("star");
    save.section = QStringLiteral("Actions");
    save.run = [this] { askForViewName(); };
    return {verify, exporting, clear, save};
}

void AuditPage::tell(const QString& text)
{
    ToastMessage message;
    message.severity = Severity::Ok;
    message.text = text;
    Q_EMIT toastRequested(message);
}

void AuditPage::askForViewName()
{
    auto* sheet = new SaveViewSheet(m_context.theme, m_context.settings, view());
    connect(sheet, &SaveViewSheet::saved, this, [this](const QString& name) {
        tell(tr("Saved the view %1").arg(name));
    });
    Q_EMIT sheetRequested(sheet);
}

void AuditPage::askForFile()
{
    auto* dialog = new QFileDialog(this, tr("Export what the filter shows"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const QString csv = tr("CSV (*.csv)");
    const QString lines = tr("JSON lines (*.jsonl)");
    dialog->setNameFilters({csv, lines});
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("audit.csv"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, csv](const QString& chosen) {
        dialog->setDefaultSuffix(chosen == csv ? QStringLiteral("csv") : QStringLiteral("jsonl"));
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        m_model.exportTo(
            file,
            file.endsWith(QStringLiteral(".jsonl")) ? audit::ExportFormat::JsonLines
                                                    : audit::ExportFormat::Csv);
    });
    dialog->open();
}

} // namespace pilothouse::ui
