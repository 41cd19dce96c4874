// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/GatesCard.h"

#include "shared/rollouts/Steps.h"
#include "ui/components/Format.h"
#include "ui/components/TextLabel.h"
#include "ui/rollouts/MarkedList.h"

#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

/// The server looks four times a second.
constexpr absl::Duration kJustNow = absl::Seconds(2);

QString whyNoGates(const rollouts::Application& application)
{
    if (!application.rollout || rollouts::hasEnded(application.rollout->step)) {
        return GatesCard::tr("No rollout is open. Checks run while one waits for its promotion.");
    }
    return rollouts::isBeforeSwitch(application.rollout->step)
               ? GatesCard::tr("The server has not looked yet.")
               : GatesCard::tr("The promotion is decided; nothing is checked any more.");
}

} // namespace

GatesCard::GatesCard(const Theme& theme, QWidget* parent)
    : Card(theme, tr("Pre-flight checks"), parent),
      m_list(new MarkedList(theme, this)),
      m_note(new TextLabel(theme, TypeRole::Label, {}, this))
{
    m_note->setWordWrap(true);
    body()->addWidget(m_list);
    body()->addWidget(m_note);
    body()->addStretch(1);
}

void GatesCard::setApplication(const rollouts::Application& application, absl::Time now)
{
    std::vector<rollouts::Gate> shown = application.gates;
    // After the promotion there are conditions that are measured on.
    if (shown.empty() && application.analysis) {
        shown.push_back(rollouts::analysisGate(*application.analysis));
    }
    m_list->setLines(gateLines(shown));
    m_list->setVisible(!shown.empty());
    m_note->setText(shown.empty() ? whyNoGates(application) : QString());
    m_note->setVisible(shown.empty());
    QString fact = gatesFact(application.gates);
    if (!fact.isEmpty() && application.observation) {
        const absl::Duration age = now - application.observation->time;
        fact += age < kJustNow ? tr(" · just now")
                               : tr(" · %1 ago").arg(formatAge(absl::ToDoubleSeconds(age)));
    }
    setFact(fact);
}

} // namespace pilothouse::ui
