// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/Session.h"
#include "ui/theme/Theme.h"

#include <QWidget>

namespace pilothouse::ui {

class TextLabel;

/// Versions of console and server, and the licences of what is inside.
class AboutSection : public QWidget
{
    Q_OBJECT

public:
    AboutSection(const Theme& theme, Session& session, QWidget* parent = nullptr);

private:
    QString versions() const;

    Session& m_session;
    TextLabel* m_versions;
};

} // namespace pilothouse::ui
