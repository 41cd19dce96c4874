// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/SecretStore.h"

#include <qt6keychain/keychain.h>

#include <QFile>
#include <QPointer>
#include <QTimer>
#include <QUuid>

namespace pilothouse::ui {

namespace {

const auto kCanary = QStringLiteral("pilothouse-probe");

/// Asking for the keychain without a session bus would start a bus, and on it a keyring that opens
/// a dialog for a password, on a computer where nobody uses one.
bool canReachKeychain()
{
#ifdef Q_OS_LINUX
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return !qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS") ||
           (!runtime.isEmpty() && QFile::exists(runtime + QStringLiteral("/bus")));
#else
    return true;
#endif
}

/// Runs one keychain job; it deletes itself after the answer.
template <typename Job, typename Done>
void run(Job* job, QObject* context, Done onDone)
{
    job->setAutoDelete(true);
    job->setInsecureFallback(false);
    QObject::connect(job, &QKeychain::Job::finished, context, [job, onDone] { onDone(*job); });
    job->start();
}

} // namespace

SecretStore::SecretStore(QString service, QObject* parent)
    : QObject(parent), m_service(std::move(service))
{}

void SecretStore::probe(int deadlineMs)
{
    m_state = State::Probing;
    m_problem.clear();
    ++m_probe;
    if (!canReachKeychain()) {
        settle(
            State::SessionOnly,
            tr("The system's keychain cannot be used: there is no session bus"));
        return;
    }
    Q_EMIT stateChanged();
    QTimer::singleShot(deadlineMs, this, [this, probe = m_probe] {
        if (probe == m_probe && m_state == State::Probing) {
            settle(State::SessionOnly, tr("The system's keychain does not answer"));
        }
    });
    writeCanary();
}

void SecretStore::writeCanary()
{
    const QString canary = QUuid::createUuid().toString();
    auto* job = new QKeychain::WritePasswordJob(m_service);
    job->setKey(kCanary);
    job->setTextData(canary);
    run(job, this, [this, canary, probe = m_probe](const QKeychain::WritePasswordJob& done) {
        if (probe != m_probe) {
            return;
        }
        if (done.error() != QKeychain::NoError) {
            settle(
                State::SessionOnly,
                tr("The system's keychain cannot be used: %1").arg(done.errorString()));
        } else {
            readCanary(canary);
        }
    });
}

void SecretStore::readCanary(const QString& expected)
{
    auto* job = new QKeychain::ReadPasswordJob(m_service);
    job->setKey(kCanary);
    run(job, this, [this, expected, probe = m_probe](const QKeychain::ReadPasswordJob& done) {
        if (probe != m_probe) {
            return;
        }
        const bool isSame = done.error() == QKeychain::NoError && done.textData() == expected;
        auto* cleanUp = new QKeychain::DeletePasswordJob(m_service);
        cleanUp->setKey(kCanary);
        run(cleanUp, this, [](const QKeychain::DeletePasswordJob&) {});
        settle(
            isSame ? State::Keychain : State::SessionOnly,
            isSame ? QString() : tr("The system's keychain does not give back what it was given"));
    });
}

void SecretStore::settle(State state, const QString& problem)
{
    m_state = state;
    m_problem = problem;
    if (state == State::Keychain) {
        // What was kept while the keychain was not usable belongs there now.
        const auto kept = m_memory;
        for (auto entry = kept.begin(); entry != kept.end(); ++entry) {
            write(entry.key(), entry.value());
        }
    }
    Q_EMIT stateChanged();
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto& next : waiting) {
        next();
    }
}

void SecretStore::read(
    const QString& key, QObject* context, std::function<void(const QString&)> onDone)
{
    if (m_memory.contains(key) || m_state == State::SessionOnly) {
        QTimer::singleShot(0, context, [onDone, secret = m_memory.value(key)] { onDone(secret); });
        return;
    }
    if (m_state == State::Probing) {
        m_waiting.push_back([this, key, guard = QPointer<QObject>(context), onDone] {
            if (guard) {
                read(key, guard, onDone);
            }
        });
        return;
    }
    readFromKeychain(key, context, std::move(onDone));
}

void SecretStore::readFromKeychain(
    const QString& key, QObject* context, std::function<void(const QString&)> onDone)
{
    auto* job = new QKeychain::ReadPasswordJob(m_service);
    job->setKey(key);
    run(job,
        this,
        [this, key, guard = QPointer<QObject>(context), onDone = std::move(onDone)](
            const QKeychain::ReadPasswordJob& done) {
            const QString secret = done.error() == QKeychain::NoError ? done.textData() : QString();
            if (!secret.isEmpty()) {
                m_memory.insert(key, secret);
            }
            if (guard) {
                onDone(secret);
            }
        });
}

void SecretStore::write(const QString& key, const QString& secret)
{
    m_memory.insert(key, secret);
    if (m_state != State::Keychain) {
        return;
    }
    auto* job = new QKeychain::WritePasswordJob(m_service);
    job->setKey(key);
    job->setTextData(secret);
    run(job, this, [this](const QKeychain::WritePasswordJob& done) {
        if (done.error() != QKeychain::NoError) {
            settle(
                State::SessionOnly,
                tr("The system's keychain stopped working: %1").arg(done.errorString()));
        }
    });
}

void SecretStore::remove(const QString& key)
{
    m_memory.remove(key);
    if (m_state != State::Keychain) {
        return;
    }
    auto* job = new QKeychain::DeletePasswordJob(m_service);
    job->setKey(key);
    run(job, this, [](const QKeychain::DeletePasswordJob&) {});
}

} // namespace pilothouse::ui
