// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/console/Hands.h"

#include <QApplication>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTableView>
#include <QTest>

namespace pilothouse::test {

namespace {

QModelIndex indexOf(ui::DataTable& table, const QString& text)
{
    const QAbstractItemModel& model = *table.view().model();
    for (int row = 0; row < model.rowCount(); ++row) {
        for (int column = 0; column < model.columnCount(); ++column) {
            const QModelIndex index = model.index(row, column);
            if (index.data().toString() == text && !table.view().isColumnHidden(column)) {
                return index;
            }
        }
    }
    return {};
}

} // namespace

QAbstractButton* buttonNamed(const QWidget& root, const QString& name)
{
    for (auto* button : root.findChildren<QAbstractButton*>()) {
        const QString called =
            button->accessibleName().isEmpty() ? button->text() : button->accessibleName();
        if (button->isVisible() && called == name) {
            return button;
        }
    }
    return nullptr;
}

bool click(const QWidget& root, const QString& name)
{
    QAbstractButton* button = buttonNamed(root, name);
    if (button == nullptr || !button->isEnabled()) {
        return false;
    }
    QTest::mouseClick(button, Qt::LeftButton);
    return true;
}

bool type(const QWidget& root, const QString& name, const QString& text)
{
    for (auto* field : root.findChildren<QWidget*>()) {
        auto* line = qobject_cast<QLineEdit*>(field);
        auto* lines = qobject_cast<QPlainTextEdit*>(field);
        const bool isOne = (line != nullptr && !line->isReadOnly()) || lines != nullptr;
        if (!isOne || !field->isVisible() || !field->isEnabled() ||
            !field->accessibleName().startsWith(name)) {
            continue;
        }
        field->setFocus();
        line != nullptr ? line->clear() : lines->clear();
        QTest::keyClicks(field, text);
        return true;
    }
    return false;
}

bool tick(const QWidget& root, const QString& line)
{
    for (auto* list : root.findChildren<QListWidget*>()) {
        for (int row = 0; list->isVisible() && row < list->count(); ++row) {
            if (list->item(row)->text().startsWith(line)) {
                list->setFocus();
                list->setCurrentRow(row);
                QTest::keyClick(list, Qt::Key_Space);
                return list->item(row)->checkState() == Qt::Checked;
            }
        }
    }
    return false;
}

bool clickRow(ui::DataTable& table, const QString& text)
{
    const QModelIndex index = indexOf(table, text);
    if (!index.isValid()) {
        return false;
    }
    table.view().scrollTo(index);
    QTest::mouseClick(
        table.view().viewport(), Qt::LeftButton, {}, table.view().visualRect(index).center());
    return true;
}

bool hasRow(ui::DataTable& table, const QString& text)
{
    return indexOf(table, text).isValid();
}

bool clickTab(const QWidget& root, const QString& title)
{
    for (auto* bar : root.findChildren<QTabBar*>()) {
        for (int tab = 0; bar->isVisible() && tab < bar->count(); ++tab) {
            if (bar->tabText(tab).startsWith(title)) {
                QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(tab).center());
                return true;
            }
        }
    }
    return false;
}

bool saveAs(const QString& file)
{
    QFileDialog* dialog = nullptr;
    const bool isOpen = QTest::qWaitFor([&] {
        for (QWidget* window : QApplication::topLevelWidgets()) {
            auto* one = qobject_cast<QFileDialog*>(window);
            dialog = one != nullptr && one->isVisible() ? one : dialog;
        }
        return dialog != nullptr;
    });
    if (!isOpen) {
        return false;
    }
    auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    const auto* buttons = dialog->findChild<QDialogButtonBox*>();
    name->setText(file);
    QTest::mouseClick(buttons->button(QDialogButtonBox::Save), Qt::LeftButton);
    return true;
}

} // namespace pilothouse::test
