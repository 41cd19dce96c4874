// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/StallGuard.h"

#include <ctime>

namespace pilothouse::test {

namespace {

double threadCpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

} // namespace

bool GuardedApplication::notify(QObject* receiver, QEvent* event)
{
    // Only the outermost delivery counts: what it sends on is part of it.
    if (m_depth > 0 || receiver == m_exempt) {
        return QApplication::notify(receiver, event);
    }
    // The receiver may be gone afterwards.
    QString who = QString::fromLatin1(receiver->metaObject()->className()) +
                  QStringLiteral(", event ") + QString::number(event->type());
    if (!receiver->objectName().isEmpty()) {
        who += QStringLiteral(" of ") + receiver->objectName();
    }
    ++m_depth;
    const double before = threadCpuMs();
    const bool result = QApplication::notify(receiver, event);
    const double spent = threadCpuMs() - before;
    --m_depth;
    if (spent > m_worstMs) {
        m_worstMs = spent;
        m_worstEvent = who;
    }
    if (spent > kStallLimitMs && QTest::currentTestFunction() != nullptr) {
        const QString text = QStringLiteral("the GUI stalled: %1 ms of CPU in %2, at most %3")
                                 .arg(spent, 0, 'f', 1)
                                 .arg(who)
                                 .arg(kStallLimitMs);
        QTest::qFail(qPrintable(text), __FILE__, __LINE__);
    }
    return result;
}

void GuardedApplication::restart()
{
    m_worstMs = 0;
    m_worstEvent.clear();
}

GuardedApplication& GuardedApplication::instance()
{
    auto* application = dynamic_cast<GuardedApplication*>(QCoreApplication::instance());
    Q_ASSERT(application != nullptr);
    return *application;
}

bool StallGuard::passed(double limitMs) const
{
    return GuardedApplication::instance().worstMs() <= limitMs;
}

QString StallGuard::report() const
{
    const GuardedApplication& application = GuardedApplication::instance();
    return QStringLiteral("%1 ms of CPU in %2")
        .arg(application.worstMs(), 0, 'f', 1)
        .arg(application.worstEvent());
}

} // namespace pilothouse::test
