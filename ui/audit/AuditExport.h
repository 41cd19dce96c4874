// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/AuditClient.h"

#include <QObject>
#include <QString>

#include <memory>

namespace pilothouse::ui {

/// One export into a file, which appears under its name only when it is whole. Destroying it ends
/// the export and leaves nothing behind. GUI thread only; the file is written on the client's
/// thread.
class AuditExport : public QObject
{
    Q_OBJECT

public:
    AuditExport(
        client::AuditClient& client,
        const audit::Filter& filter,
        audit::ExportFormat format,
        const QString& file,
        QObject* parent = nullptr);
    ~AuditExport() override;

    const QString& file() const { return m_file; }
    qint64 entries() const;

Q_SIGNALS:
    void advanced();
    /// Once, last. An error's text, or empty.
    void finished(const QString& error);

private:
    struct Target;
    void finish(const absl::Status& status);

    const QString m_file;
    const std::shared_ptr<Target> m_target;
    // Last, so that it is gone before what its callbacks reach.
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
