// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QString>

namespace pilothouse::ui {

/// Tries once whether something listens at an address, without saying anything to it. Only asked
/// while the connection manager is open. GUI thread only.
class Reachability : public QObject
{
    Q_OBJECT

public:
    enum class Answer { Unknown, Asking, Reachable, Unreachable };
    static constexpr int kDeadlineMs = 3000;

    using QObject::QObject;

    void ask(const QString& address);
    Answer answer(const QString& address) const;

Q_SIGNALS:
    void changed(const QString& address);

private:
    void askTcp(const QString& address);
    void askSocket(const QString& address);
    void settle(const QString& address, Answer answer);

    QHash<QString, Answer> m_answers;
};

} // namespace pilothouse::ui
