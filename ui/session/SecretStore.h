// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QString>

#include <functional>
#include <vector>

namespace pilothouse::ui {

/// Keeps session tokens in the system's keychain. At the start a canary is written, read and
/// deleted there; if that does not work within the deadline, secrets stay in memory until the
/// console ends, and `problem` says why, so that nobody waits for a keychain that never answers.
/// On Linux without a session bus the keychain is not asked at all.
/// GUI thread only.
class SecretStore : public QObject
{
    Q_OBJECT

public:
    enum class State { Probing, Keychain, SessionOnly };

    /// `service` names the entries of this program in the keychain.
    explicit SecretStore(QString service, QObject* parent = nullptr);

    /// Starts the probe; also to try again later.
    void probe(int deadlineMs = 4000);
    State state() const { return m_state; }
    /// Why secrets are kept for this session only, as a sentence for the operator; empty otherwise.
    QString problem() const { return m_problem; }

    /// The secret, or an empty text when there is none; called once, on the GUI thread, unless
    /// `context` is gone by then. Waits for the probe.
    void read(const QString& key, QObject* context, std::function<void(const QString&)> onDone);
    void write(const QString& key, const QString& secret);
    void remove(const QString& key);

Q_SIGNALS:
    void stateChanged();

private:
    void writeCanary();
    void readCanary(const QString& expected);
    void settle(State state, const QString& problem);
    void readFromKeychain(
        const QString& key, QObject* context, std::function<void(const QString&)> onDone);

    QString m_service;
    State m_state = State::SessionOnly;
    QString m_problem;
    /// Probe under way; an answer to an earlier one is ignored.
    int m_probe = 0;
    /// Newest value by key, also of what the keychain holds: it answers at once and survives its
    /// loss.
    QHash<QString, QString> m_memory;
    std::vector<std::function<void()>> m_waiting;
};

} // namespace pilothouse::ui
