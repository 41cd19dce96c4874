// SPDX-License-Identifier: Apache-2.0
#include "shared/base/Utf8.h"

#include <QTest>

#include <string>

using namespace pilothouse;

class TestUtf8 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void characters_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("length");
        QTest::addColumn<uint>("code");
        QTest::newRow("nothing") << QByteArray() << 0 << 0U;
        QTest::newRow("NUL") << QByteArray("\0", 1) << 1 << 0U;
        QTest::newRow("one byte") << QByteArray("az") << 1 << 0x61U;
        QTest::newRow("two bytes") << QByteArray("\xC3\xBCx") << 2 << 0xFCU;
        QTest::newRow("least of two") << QByteArray("\xC2\x80") << 2 << 0x80U;
        QTest::newRow("three bytes") << QByteArray("\xE4\xB8\xAD") << 3 << 0x4E2DU;
        QTest::newRow("least of three") << QByteArray("\xE0\xA0\x80") << 3 << 0x800U;
        QTest::newRow("before the surrogates") << QByteArray("\xED\x9F\xBF") << 3 << 0xD7FFU;
        QTest::newRow("behind the surrogates") << QByteArray("\xEE\x80\x80") << 3 << 0xE000U;
        QTest::newRow("four bytes") << QByteArray("\xF0\x9F\x9A\xA2") << 4 << 0x1F6A2U;
        QTest::newRow("least of four") << QByteArray("\xF0\x90\x80\x80") << 4 << 0x10000U;
        QTest::newRow("greatest") << QByteArray("\xF4\x8F\xBF\xBF") << 4 << 0x10FFFFU;
        QTest::newRow("beyond the greatest") << QByteArray("\xF4\x90\x80\x80") << 0 << 0U;
        QTest::newRow("no lead") << QByteArray("\xF5\x80\x80\x80") << 0 << 0U;
        QTest::newRow("continuation first") << QByteArray("\x80x") << 0 << 0U;
        QTest::newRow("overlong of two") << QByteArray("\xC1\xBF") << 0 << 0U;
        QTest::newRow("overlong of three") << QByteArray("\xE0\x9F\xBF") << 0 << 0U;
        QTest::newRow("overlong of four") << QByteArray("\xF0\x8F\xBF\xBF") << 0 << 0U;
        QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << 0 << 0U;
        QTest::newRow("cut short") << QByteArray("\xE4\xB8") << 0 << 0U;
        QTest::newRow("broken off") << QByteArray("\xE4\xB8z") << 0 << 0U;
    }

    void characters()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, length);
        QFETCH(uint, code);
        const std::string bytes = text.toStdString();
        const Utf8Character found = characterAt(bytes);
        QCOMPARE(static_cast<int>(found.length), length);
        QCOMPARE(static_cast<uint>(found.code), code);
        if (!bytes.empty()) {
            const std::string before = "ü" + bytes.substr(0, found.length);
            QVERIFY(isValidUtf8(before));
            QCOMPARE(isValidUtf8("ü" + bytes), length != 0);
        }
    }

    void cuts_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("limit");
        QTest::addColumn<QByteArray>("kept");
        QTest::newRow("shorter") << QByteArray("abc") << 4 << QByteArray("abc");
        QTest::newRow("exact") << QByteArray("aü") << 3 << QByteArray("aü");
        QTest::newRow("between") << QByteArray("aüb") << 3 << QByteArray("aü");
        QTest::newRow("inside") << QByteArray("aüb") << 2 << QByteArray("a");
        QTest::newRow("first inside") << QByteArray("中") << 2 << QByteArray("");
        QTest::newRow("nothing") << QByteArray("abc") << 0 << QByteArray("");
    }

    void cuts()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, limit);
        QFETCH(QByteArray, kept);
        const std::string bytes = text.toStdString();
        const std::string_view cut = cutUtf8(bytes, static_cast<std::size_t>(limit));
        QCOMPARE(QByteArray(cut.data(), static_cast<int>(cut.size())), kept);
    }
};

QTEST_APPLESS_MAIN(TestUtf8)
#include "tst_utf8.moc"
