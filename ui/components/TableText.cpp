// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/TableText.h"

#include <QAbstractItemModel>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace pilothouse::ui {

namespace {

QString field(const QString& text, TableFormat format)
{
    QString result = text;
    if (format == TableFormat::Tsv) {
        result.replace(QLatin1Char('\t'), QLatin1Char(' '))
            .replace(QLatin1Char('\n'), QLatin1Char(' '));
    } else if (format == TableFormat::Markdown) {
        result.replace(QLatin1Char('|'), QLatin1String("\\|"))
            .replace(QLatin1Char('\n'), QLatin1Char(' '));
    } else if (
        result.contains(QLatin1Char(',')) || result.contains(QLatin1Char('"')) ||
        result.contains(QLatin1Char('\n'))) {
        result.replace(QLatin1Char('"'), QLatin1String("\"\""));
        result = QLatin1Char('"') + result + QLatin1Char('"');
    }
    return result;
}

QString line(const QStringList& fields, TableFormat format)
{
    QStringList escaped;
    for (const QString& text : fields) {
        escaped << field(text, format);
    }
    switch (format) {
    case TableFormat::Tsv:
        return escaped.join(QLatin1Char('\t')) + QLatin1Char('\n');
    case TableFormat::Markdown:
        return QStringLiteral("| ") + escaped.join(QStringLiteral(" | ")) + QStringLiteral(" |\n");
    default:
        return escaped.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
}

} // namespace

QString tableText(
    const QAbstractItemModel& model,
    const QList<int>& rows,
    const QList<int>& columns,
    TableFormat format)
{
    QStringList titles;
    for (const int column : columns) {
        titles << model.headerData(column, Qt::Horizontal).toString();
    }
    if (format == TableFormat::Json) {
        QJsonArray array;
        for (const int row : rows) {
            QJsonObject object;
            for (qsizetype at = 0; at < columns.size(); ++at) {
                object.insert(titles[at], model.index(row, columns[at]).data().toString());
            }
            array.append(object);
        }
        return QString::fromUtf8(QJsonDocument(array).toJson());
    }
    QString text = line(titles, format);
    if (format == TableFormat::Markdown) {
        text += line(QStringList(columns.size(), QStringLiteral("---")), format);
    }
    for (const int row : rows) {
        QStringList fields;
        for (const int column : columns) {
            fields << model.index(row, column).data().toString();
        }
        text += line(fields, format);
    }
    return text;
}

} // namespace pilothouse::ui
