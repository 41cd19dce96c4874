// SPDX-License-Identifier: Apache-2.0
// The access page on a real server: an operator from the sheet to the sign-in and to the end.
#include "tests/support/Programs.h"
#include "tests/support/shell/LiveShell.h"
#include "tests/support/shell/PageSpecs.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/access/AccessCommands.h"
#include "ui/access/AccessPage.h"
#include "ui/access/AccessPart.h"
#include "ui/access/CheckList.h"

#include <QFile>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = LiveShell::kPatienceMs;
const QString kName = QStringLiteral("nina");
const QString kPassword = QStringLiteral("a long enough password");

PageSpec spec()
{
    return pageSpec<AccessPage>(
        QStringLiteral("access"),
        QStringLiteral("Access"),
        QStringLiteral("users"),
        NavGroup::Trust);
}

} // namespace

class AccessLiveTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<TestServer>();
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        // What the command line keeps of its sign-in.
        qputenv("XDG_CONFIG_HOME", m_server->folder().toLocal8Bit());
        m_shell = std::make_unique<LiveShell>(spec());
        QVERIFY(m_shell->connectTo(*m_server));
        m_shell->openPage();
        QTRY_VERIFY_WITH_TIMEOUT(!page().model().roles().empty(), kPatience);
    }

    void cleanupTestCase()
    {
        m_shell.reset();
        QVERIFY(m_server->stop(30000));
    }

    void anOperatorIsAdded()
    {
        QVERIFY(m_shell->run(accesscommand::kAddOperator));
        QTRY_VERIFY(m_shell->field(QStringLiteral("Name")) != nullptr);
        m_shell->field(QStringLiteral("Name"))->setText(kName);
        m_shell->field(QStringLiteral("Password"))->setText(kPassword);
        m_shell->field(QStringLiteral("Password again"))->setText(kPassword);
        auto* roles = m_shell->sheet()->findChild<CheckList*>();
        for (int row = 0; row < roles->count(); ++row) {
            if (roles->item(row)->text().startsWith(QStringLiteral("viewer"))) {
                roles->item(row)->setCheckState(Qt::Checked);
            }
        }
        QCOMPARE(roles->checked(), QStringList{QStringLiteral("viewer")});
        QVERIFY(m_shell->confirmUntil([this] { return account() != nullptr; }));
        QCOMPARE(account()->who.roles, std::vector<std::string>{"viewer"});
        QVERIFY(inkOf(picture(*m_shell->window, QStringLiteral("access-live"))) > 0.03);
    }

    void theySignInAndAreSeen()
    {
        const auto signedIn = signIn();
        QVERIFY2(signedIn.exitCode == 0, qPrintable(signedIn.err));
        QTRY_VERIFY_WITH_TIMEOUT(sessionsOf() == 1, kPatience);
    }

    /// Disabled from the page: the session ends with it, and nobody signs in any more.
    void theyAreDisabled()
    {
        page().part(QStringLiteral("operators")).select(kName);
        QVERIFY(m_shell->run(accesscommand::kDisableOperator));
        QVERIFY(m_shell->confirmUntil(
            [this] { return account() != nullptr && account()->isDisabled; }));
        QTRY_VERIFY_WITH_TIMEOUT(sessionsOf() == 0, kPatience);
        QVERIFY(signIn().exitCode != 0);
    }

    void theyAreDeleted()
    {
        QVERIFY(m_shell->run(accesscommand::kDeleteOperator));
        QVERIFY(m_shell->confirmUntil([this] { return account() == nullptr; }));
    }

private:
    AccessPage& page() const { return *m_shell->pageAs<AccessPage>(); }
    const access::Account* account() const { return page().model().findOperator(kName); }
    int sessionsOf() const
    {
        page().refresh();
        int count = 0;
        for (const access::OperatorSession& one : page().model().sessions()) {
            count += one.operatorName == kName.toStdString() ? 1 : 0;
        }
        return count;
    }
    ProgramResult signIn()
    {
        const QString file = m_server->folder() + QStringLiteral("/password");
        QFile password(file);
        if (password.open(QIODevice::WriteOnly)) {
            password.write(kPassword.toUtf8() + '\n');
        }
        password.close();
        return runProgram(
            QStringLiteral("pilothousectl"),
            {QStringLiteral("--server"),
             m_server->grpcAddress(),
             QStringLiteral("--ca"),
             m_server->dataDir() + QStringLiteral("/tls/ca.pem"),
             QStringLiteral("login"),
             QStringLiteral("--user"),
             kName,
             QStringLiteral("--password-file"),
             file},
            kPatience);
    }

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<LiveShell> m_shell;
};

PILOTHOUSE_UI_TEST_MAIN(AccessLiveTest)
#include "tst_access_live.moc"
