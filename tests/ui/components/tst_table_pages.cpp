// SPDX-License-Identifier: Apache-2.0
// Tables whose rows the server keeps, and what their menu does by keyboard.
#include "tests/support/ui/StallGuard.h"
#include "ui/components/DataTable.h"
#include "ui/components/SaveFile.h"

#include <QFile>
#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>

using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

std::vector<TableRow> rowsTo(int count)
{
    std::vector<TableRow> rows;
    for (int number = 0; number < count; ++number) {
        rows.push_back(
            {QString::number(number),
             {{QStringLiteral("tenant %1").arg(number), {}, {}, {}, {}},
              {QString::number(count - number), count - number, {}, {}, {}}}});
    }
    return rows;
}

} // namespace

class TablePagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_table.reset(); }

    void theNextPageIsAskedForOnceBeforeTheEnd();
    void orderAndFilterAreTheServers();
    void nothingFoundByTheServerIsSaid();
    void menuSortsMovesAndHidesByKeyboard();
    void whatIsSavedIsWholeOrNotThere();

private:
    QAction* menuAction(const QString& title);

    Theme m_theme;
    std::unique_ptr<DataTable> m_table;
};

void TablePagesTest::init()
{
    m_theme.applyTo(GuardedApplication::instance());
    m_table = std::make_unique<DataTable>(
        m_theme,
        QStringLiteral("Tenants"),
        std::vector<TableColumn>{
            {QStringLiteral("name"), QStringLiteral("Name"), 0},
            {QStringLiteral("users"), QStringLiteral("Users"), 100, true}});
    m_table->resize(500, 300);
    m_table->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_table.get()));
}

QAction* TablePagesTest::menuAction(const QString& title)
{
    // As the Menu key does it.
    Q_EMIT m_table->view().customContextMenuRequested(QPoint(4, 4));
    const QList<QMenu*> menus = m_table->findChildren<QMenu*>();
    for (const QMenu* menu : menus) {
        for (QAction* action : menu->actions()) {
            if (action->text() == title) {
                return action;
            }
        }
    }
    return nullptr;
}

void TablePagesTest::theNextPageIsAskedForOnceBeforeTheEnd()
{
    m_table->setServerSide(true);
    m_table->setTotal(12'408);
    const QSignalSpy wanted(m_table.get(), &DataTable::moreWanted);
    m_table->setRows(rowsTo(100));
    m_table->setMore(true);
    QCOMPARE(wanted.size(), 0);
    QScrollBar* bar = m_table->view().verticalScrollBar();
    QTRY_VERIFY(bar->maximum() > 50);
    bar->setValue(bar->maximum() / 2);
    QCOMPARE(wanted.size(), 0);
    bar->setValue(bar->maximum() - 3);
    bar->setValue(bar->maximum());
    QCOMPARE(wanted.size(), 1);
    const int reading = bar->value();
    m_table->setRows(rowsTo(200));
    QCOMPARE(bar->value(), reading);
    m_table->setMore(false);
    bar->setValue(bar->maximum());
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(
        m_table->countText().replace(QChar(0x2009), QLatin1Char(' ')),
        QStringLiteral("200 of 12 408"));
}

void TablePagesTest::orderAndFilterAreTheServers()
{
    m_table->setServerSide(true);
    m_table->setRows(rowsTo(10));
    const QSignalSpy sorted(m_table.get(), &DataTable::sortChanged);
    const QSignalSpy filtered(m_table.get(), &DataTable::filterChanged);
    m_table->sortBy(QStringLiteral("users"), Qt::AscendingOrder);
    QCOMPARE(sorted.size(), 1);
    QCOMPARE(sorted[0][0].toString(), QStringLiteral("users"));
    m_table->setFilter(QStringLiteral("name:7"));
    QCOMPARE(filtered.size(), 1);
    // Rows stay as the server gave them.
    QCOMPARE(m_table->view().model()->rowCount(), 10);
    QCOMPARE(m_table->view().model()->index(0, 0).data().toString(), QStringLiteral("tenant 0"));
    m_table->setFilter(QStringLiteral("name:7"));
    QCOMPARE(filtered.size(), 1);
}

void TablePagesTest::nothingFoundByTheServerIsSaid()
{
    m_table->setServerSide(true);
    m_table->setFilter(QStringLiteral("nobody"));
    m_table->setRows({});
    QVERIFY(!m_table->view().isVisible());
    m_table->setFilter({});
    m_table->setRows(rowsTo(1));
    QVERIFY(m_table->view().isVisible());
}

void TablePagesTest::menuSortsMovesAndHidesByKeyboard()
{
    m_table->setRows(rowsTo(3));
    m_table->view().setCurrentIndex(m_table->view().model()->index(0, 1));
    menuAction(QStringLiteral("Users, ascending"))->trigger();
    QCOMPARE(m_table->view().model()->index(0, 0).data().toString(), QStringLiteral("tenant 2"));
    menuAction(QStringLiteral("Move the current column left"))->trigger();
    QCOMPARE(m_table->view().horizontalHeader()->visualIndex(1), 0);
    menuAction(QStringLiteral("Name"))->trigger();
    QVERIFY(!m_table->isColumnShown(QStringLiteral("name")));
}

void TablePagesTest::whatIsSavedIsWholeOrNotThere()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("tenants.csv"));
    QVERIFY(writeWhole(file, "name,users\n").ok());
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QCOMPARE(written.readAll(), QByteArray("name,users\n"));
    const absl::Status refused =
        writeWhole(folder.filePath(QStringLiteral("missing/tenants.csv")), "x");
    QVERIFY(!refused.ok());
}

PILOTHOUSE_UI_TEST_MAIN(TablePagesTest)
#include "tst_table_pages.moc"
