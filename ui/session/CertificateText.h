// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/Connection.h"

#include <QString>
#include <QStringList>

namespace pilothouse::ui {

/// "9f3a 07c1 …": the fingerprint in groups of four.
QString groupedFingerprint(const QString& fingerprint);

/// Six pronounceable words for the fingerprint, to compare over the telephone: its first 96 bits as
/// proquints (16 bits a word, consonant and vowel in turn: "lusab"). Words of a dictionary would be
/// easier to remember, but six of them hold so few bits that a second certificate with the same
/// words can be made. Empty for a text that is not a SHA-256 in hex.
QStringList fingerprintWords(const QString& fingerprint);

/// Lines "Subject: …", "Names: …", "Issued by: …", "Valid: …", "Fingerprint: …", for the clipboard
/// and for comparing with a later certificate line by line.
QString describeCertificate(const client::Certificate& certificate);

} // namespace pilothouse::ui
