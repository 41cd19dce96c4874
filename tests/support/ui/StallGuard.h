// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QApplication>
#include <QString>
#include <QtTest>

namespace pilothouse::test {

/// What one event may cost the GUI thread, in milliseconds of its CPU time. Instrumented programs
/// are a few times slower.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr double kStallLimitMs = 250;
#else
inline constexpr double kStallLimitMs = 50;
#endif

/// An application that measures the CPU time of its thread for every event it delivers. An event
/// over the limit fails the test function in which it happens, with the receiver's class: no UI
/// test needs to ask for it.
class GuardedApplication : public QApplication
{
public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override;

    /// Forgets what was measured.
    void restart();
    /// Events of this receiver are not measured: it makes the load. Null: none.
    void exempt(const QObject* receiver) { m_exempt = receiver; }
    /// The longest event since, in milliseconds of CPU, and who got it ("QTimer, event 1").
    double worstMs() const { return m_worstMs; }
    QString worstEvent() const { return m_worstEvent; }

    static GuardedApplication& instance();

private:
    const QObject* m_exempt = nullptr;
    int m_depth = 0;
    double m_worstMs = 0;
    QString m_worstEvent;
};

/// Measures from its making on; `check` fails the test when any event took longer than `limitMs`.
class StallGuard
{
public:
    StallGuard() { GuardedApplication::instance().restart(); }
    bool passed(double limitMs = kStallLimitMs) const;
    QString report() const;
};

/// The main function of a UI test: a guarded application, then the test object.
template <typename Test>
int runUiTest(int argc, char** argv)
{
    GuardedApplication application(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace pilothouse::test

#define PILOTHOUSE_UI_TEST_MAIN(Test)                                                              \
    int main(int argc, char** argv)                                                                \
    {                                                                                              \
        return pilothouse::test::runUiTest<Test>(argc, argv);                                      \
    }
