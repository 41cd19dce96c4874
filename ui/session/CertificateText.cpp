// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/CertificateText.h"

#include <QCoreApplication>
#include <QDateTime>

#include <string_view>

namespace pilothouse::ui {

namespace {

constexpr qsizetype kFingerprintBytes = 32;
constexpr qsizetype kWords = 6;
constexpr std::string_view kConsonants = "bdfghjklmnprstvz";
constexpr std::string_view kVowels = "aiou";

QString proquint(unsigned bits)
{
    QString word;
    const auto consonant = [&](unsigned shift) {
        word += QLatin1Char(kConsonants[(bits >> shift) & 0xFU]);
    };
    const auto vowel = [&](unsigned shift) {
        word += QLatin1Char(kVowels[(bits >> shift) & 0x3U]);
    };
    consonant(12);
    vowel(10);
    consonant(6);
    vowel(4);
    consonant(0);
    return word;
}

QString text(const char* source)
{
    return QCoreApplication::translate("CertificateText", source);
}

QString day(absl::Time time)
{
    return QDateTime::fromMSecsSinceEpoch(absl::ToUnixMillis(time), Qt::UTC)
        .toString(QStringLiteral("yyyy-MM-dd"));
}

QString joined(const std::vector<std::string>& parts, const QString& separator)
{
    QStringList list;
    for (const std::string& part : parts) {
        list.append(QString::fromStdString(part));
    }
    return list.join(separator);
}

} // namespace

QString groupedFingerprint(const QString& fingerprint)
{
    QStringList groups;
    for (qsizetype at = 0; at < fingerprint.size(); at += 4) {
        groups.append(fingerprint.mid(at, 4));
    }
    return groups.join(QLatin1Char(' '));
}

QStringList fingerprintWords(const QString& fingerprint)
{
    const QByteArray bytes = QByteArray::fromHex(fingerprint.toLatin1());
    if (bytes.size() != kFingerprintBytes || fingerprint.size() != 2 * kFingerprintBytes) {
        return {};
    }
    QStringList words;
    for (qsizetype word = 0; word < kWords; ++word) {
        const auto high = static_cast<unsigned char>(bytes[2 * word]);
        const auto low = static_cast<unsigned char>(bytes[2 * word + 1]);
        words.append(proquint((static_cast<unsigned>(high) << 8U) | low));
    }
    return words;
}

QString describeCertificate(const client::Certificate& certificate)
{
    const QString fingerprint = QString::fromStdString(certificate.fingerprint);
    return QStringList{
        text("Subject: ") + QString::fromStdString(certificate.subject),
        text("Names: ") + joined(certificate.subjectAlternativeNames, QStringLiteral(", ")),
        text("Issued by: ") + joined(certificate.issuerChain, QStringLiteral(" ← ")),
        text("Valid: ") + day(certificate.notBefore) + QStringLiteral(" – ") +
            day(certificate.notAfter),
        text("Fingerprint (SHA-256): ") + groupedFingerprint(fingerprint),
        text("In words: ") + fingerprintWords(fingerprint).join(QLatin1Char(' ')),
    }
        .join(QLatin1Char('\n'));
}

} // namespace pilothouse::ui
