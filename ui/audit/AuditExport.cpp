// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/AuditExport.h"

#include "shared/base/StatusHelpers.h"
#include "ui/session/OnGuiThread.h"

#include <QPointer>
#include <QSaveFile>

#include <atomic>

namespace pilothouse::ui {

/// Written by the client's thread until the call has ended, then by ours.
struct AuditExport::Target
{
    explicit Target(const QString& name) : file(name) {}

    QSaveFile file;
    std::atomic<bool> failed{false};
    std::atomic<qint64> entries{0};
    /// A wake-up of the GUI is under way.
    std::atomic<bool> isTold{false};
};

AuditExport::AuditExport(
    client::AuditClient& client,
    const audit::Filter& filter,
    audit::ExportFormat format,
    const QString& file,
    QObject* parent)
    : QObject(parent), m_file(file), m_target(std::make_shared<Target>(file))
{
    if (!m_target->file.open(QIODevice::WriteOnly)) {
        QMetaObject::invokeMethod(
            this,
            [this] { finish(absl::InternalError(m_target->file.errorString().toStdString())); },
            Qt::QueuedConnection);
        return;
    }
    // An audit is for its owner's eyes.
    m_target->file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    m_call = client.exportEntries(
        filter,
        format,
        [target = m_target,
         guard = QPointer<AuditExport>(this)](const client::AuditExportPiece& piece) {
            const auto size = static_cast<qint64>(piece.data.size());
            if (target->file.write(piece.data.data(), size) != size) {
                target->failed.store(true);
            }
            target->entries.fetch_add(piece.entries);
            QCoreApplication* application = QCoreApplication::instance();
            if (application != nullptr && !target->isTold.exchange(true)) {
                QMetaObject::invokeMethod(
                    application,
                    [target, guard] {
                        target->isTold.store(false);
                        if (guard) {
                            Q_EMIT guard->advanced();
                        }
                    },
                    Qt::QueuedConnection);
            }
        },
        onGuiThread<client::Nothing>(this, [this](const absl::StatusOr<client::Nothing>& answer) {
            finish(answer.status());
        }));
}

AuditExport::~AuditExport() = default;

qint64 AuditExport::entries() const
{
    return m_target->entries.load();
}

void AuditExport::finish(const absl::Status& status)
{
    QString error;
    if (!status.ok()) {
        error = QString::fromStdString(describe(status));
    } else if (m_target->failed.load() || !m_target->file.commit()) {
        error = m_target->file.errorString();
    }
    if (!error.isEmpty()) {
        m_target->file.cancelWriting();
    }
    Q_EMIT finished(error);
}

} // namespace pilothouse::ui
