// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/JobDetailModel.h"

#include "ui/components/FailedState.h"
#include "ui/session/OnGuiThread.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// The newest state of the job, and every log line up to what a log view holds.
bool foldUpdates(std::vector<client::JobUpdate>& pending, client::JobUpdate& incoming)
{
    if (pending.empty()) {
        return false;
    }
    client::JobUpdate& last = pending.back();
    last.job = std::move(incoming.job);
    std::ranges::move(incoming.log, std::back_inserter(last.log));
    if (last.log.size() > JobDetailModel::kMostWaiting) {
        const auto extra =
            static_cast<std::ptrdiff_t>(last.log.size() - JobDetailModel::kMostWaiting);
        last.log.erase(last.log.begin(), last.log.begin() + extra);
    }
    return true;
}

} // namespace

JobDetailModel::JobDetailModel(client::JobsClient& jobs, QObject* parent)
    : QObject(parent), m_client(jobs)
{}

JobDetailModel::~JobDetailModel() = default;

void JobDetailModel::open(const QString& id)
{
    close();
    m_id = id;
    m_state = {};
    // A box of its own for each job, so that what is under way of another one is not shown here.
    m_box = std::make_unique<LiveMailbox<client::JobUpdate>>(
        1,
        [this](std::vector<client::JobUpdate> updates) { take(std::move(updates)); },
        foldUpdates);
    m_watch = m_client.watchJob(
        id.toStdString(),
        kFirstLines,
        m_box->sink(),
        onGuiThread(this, [this, id](absl::Status status) {
            if (id != m_id) {
                return;
            }
            m_hasEnded = true;
            if (!status.ok() && !absl::IsCancelled(status)) {
                m_state = failedState(status);
            }
            Q_EMIT changed();
        }));
    Q_EMIT changed();
}

void JobDetailModel::close()
{
    m_watch.reset();
    m_fetch.reset();
    m_box.reset();
    m_id.clear();
    m_job.reset();
    m_tail.clear();
    m_newestLine = 0;
    m_hasEnded = false;
}

void JobDetailModel::take(std::vector<client::JobUpdate> updates)
{
    std::vector<jobs::LogLine> added;
    for (client::JobUpdate& update : updates) {
        m_job = std::move(update.job);
        for (jobs::LogLine& line : update.log) {
            // A stream that resumed may repeat the last lines.
            if (line.sequence > m_newestLine) {
                m_newestLine = line.sequence;
                added.push_back(std::move(line));
            }
        }
    }
    const std::size_t tail = std::min<std::size_t>(added.size(), static_cast<std::size_t>(kTail));
    for (std::size_t at = added.size() - tail; at < added.size(); ++at) {
        m_tail << QString::fromStdString(added[at].text);
    }
    while (m_tail.size() > kTail) {
        m_tail.removeFirst();
    }
    m_state = DataState::live();
    Q_EMIT changed();
    if (!added.empty()) {
        Q_EMIT logAdded(added);
    }
}

void JobDetailModel::fetch(const QString& artefact)
{
    m_fetch = m_client.getArtefact(
        m_id.toStdString(),
        artefact.toStdString(),
        onGuiThread<jobs::ArtefactContent>(
            this, [this, artefact](const absl::StatusOr<jobs::ArtefactContent>& answer) {
                m_fetch.reset();
                if (answer.ok()) {
                    Q_EMIT artefactFetched(*answer);
                } else {
                    Q_EMIT failed(artefact, answer.status());
                }
            }));
}

} // namespace pilothouse::ui
