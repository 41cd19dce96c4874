// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/JobsClient.h"
#include "ui/components/StateView.h"
#include "ui/session/LiveMailbox.h"

#include <QObject>
#include <QStringList>

#include <optional>

namespace pilothouse::ui {

/// One job as it goes: its tasks, its log, what it left behind. GUI thread only.
class JobDetailModel : public QObject
{
    Q_OBJECT

public:
    /// Log lines to begin with, and those that may wait for a busy GUI.
    static constexpr int kFirstLines = 1000;
    static constexpr std::size_t kMostWaiting = 10'000;
    static constexpr qsizetype kTail = 5;

    explicit JobDetailModel(client::JobsClient& jobs, QObject* parent = nullptr);
    ~JobDetailModel() override;

    /// Another job; the same one again begins anew.
    void open(const QString& id);
    void close();
    const QString& id() const { return m_id; }

    const std::optional<jobs::Job>& job() const { return m_job; }
    const DataState& state() const { return m_state; }
    /// The last lines of the log.
    const QStringList& logTail() const { return m_tail; }
    /// The stream is over: nothing more is heard of this job unless it is opened again.
    bool hasEnded() const { return m_hasEnded; }

    /// `artefactFetched` or `failed` follows.
    void fetch(const QString& artefact);

Q_SIGNALS:
    void changed();
    void logAdded(const std::vector<pilothouse::jobs::LogLine>& lines);
    void artefactFetched(const pilothouse::jobs::ArtefactContent& content);
    void failed(const QString& what, const absl::Status& status);

private:
    void take(std::vector<client::JobUpdate> updates);

    client::JobsClient& m_client;
    QString m_id;
    std::optional<jobs::Job> m_job;
    DataState m_state;
    QStringList m_tail;
    bool m_hasEnded = false;
    std::int64_t m_newestLine = 0;
    std::unique_ptr<LiveMailbox<client::JobUpdate>> m_box;
    client::CallPtr m_watch;
    client::CallPtr m_fetch;
};

} // namespace pilothouse::ui
