// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/KeepWarmSheet.h"

#include "ui/components/FieldForm.h"
#include "ui/rollouts/RolloutActions.h"
#include "ui/rollouts/RolloutText.h"

#include <QComboBox>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

struct Length
{
    int minutes;
    const char* text;
};
constexpr Length kLengths[] = {
    {10, QT_TRANSLATE_NOOP("KeepWarmSheet", "10 minutes")},
    {30, QT_TRANSLATE_NOOP("KeepWarmSheet", "30 minutes")},
    {60, QT_TRANSLATE_NOOP("KeepWarmSheet", "1 hour")},
    {120, QT_TRANSLATE_NOOP("KeepWarmSheet", "2 hours")},
    {240, QT_TRANSLATE_NOOP("KeepWarmSheet", "4 hours")},
    {480, QT_TRANSLATE_NOOP("KeepWarmSheet", "8 hours")},
    {1440, QT_TRANSLATE_NOOP("KeepWarmSheet", "24 hours")}};
/// An hour: what a release night mostly wants.
constexpr int kUsual = 2;

} // namespace

KeepWarmSheet::KeepWarmSheet(const Theme& theme, Session& session, const rollouts::Rollout& rollout)
    : PlannedSheet(
          theme,
          QStringLiteral("clock"),
          tr("Keep %1 warm for longer").arg(lowerNameOf(rollout.stable))),
      m_session(&session),
      m_rollout(rollout),
      m_length(new QComboBox)
{
    for (const Length& length : kLengths) {
        m_length->addItem(tr(length.text), length.minutes);
    }
    m_length->setCurrentIndex(kUsual);
    auto* fields = new FieldForm(theme, this);
    fields->add(tr("From now"), m_length, tr("Rolling back needs its servers to run for so long."));
    form()->addWidget(fields);
    connect(m_length, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
    finish(tr("Keep warm…"));
}

QWidget* KeepWarmSheet::initialFocus()
{
    return m_length;
}

QString KeepWarmSheet::lacking() const
{
    return m_session ? QString() : tr("Not connected");
}

PlannedStep KeepWarmSheet::step() const
{
    if (!m_session) {
        return {};
    }
    return keepWarmStep(
        m_session->rollouts(), m_rollout, absl::Minutes(m_length->currentData().toInt()));
}

} // namespace pilothouse::ui
