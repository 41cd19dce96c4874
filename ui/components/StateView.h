// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QTimer>
#include <QWidget>

class QStackedLayout;

namespace pilothouse::ui {

class Button;
class StateMessage;
class Skeleton;
class StaleOverlay;

/// What a data component has to show.
struct DataState
{
    enum class Kind { Loading, Live, Empty, FilteredEmpty, Error, Forbidden };

    Kind kind = Kind::Loading;
    /// One sentence. Error: what happened. Forbidden: which role would allow it.
    QString message;
    /// Error: what to do.
    QString hint;
    /// Text of the one action ("Clear filter", "Retry"); empty for none.
    QString action;

    bool operator==(const DataState&) const = default;

    static DataState live() { return {Kind::Live, {}, {}, {}}; }
};

/// Shows its content, or in its place why there is none: a skeleton when loading takes longer than
/// 150 ms, else one sentence with one action. Old content stays visible, faded, under "as of …".
class StateView : public QWidget
{
    Q_OBJECT

public:
    static constexpr int kSkeletonAfterMs = 150;

    /// Takes the content.
    StateView(const Theme& theme, QWidget* content, QWidget* parent = nullptr);

    void setState(const DataState& state);
    const DataState& state() const { return m_state; }
    /// "as of 14:29:58"; empty when the content is current.
    void setStaleNote(const QString& note);

Q_SIGNALS:
    /// The action of the state was chosen.
    void actionTriggered();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void showSkeleton();
    void showStale();

    QStackedLayout* m_stack;
    QWidget* m_content;
    StateMessage* m_message;
    Skeleton* m_skeleton;
    StaleOverlay* m_stale;
    QTimer m_patience;
    DataState m_state;
};

/// Grey bars in the place of what is being loaded; does not move.
class Skeleton : public QWidget
{
    Q_OBJECT

public:
    Skeleton(const Theme& theme, QWidget* parent);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
};

/// Fades what lies under it to 60 % and says as of when it is, in a line of its own at the bottom.
/// Lets clicks through.
class StaleOverlay : public QWidget
{
    Q_OBJECT

public:
    StaleOverlay(const Theme& theme, QWidget* parent);
    void setNote(const QString& note);
    const QString& note() const { return m_note; }
    /// What the note takes at the bottom.
    int noteHeight() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QString m_note;
};

} // namespace pilothouse::ui
