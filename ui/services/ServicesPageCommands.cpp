// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs of the page, and what those on an instance do.
#include "shared/client/ServicesClient.h"
#include "ui/scaling/ScalingPanel.h"
#include "ui/services/ServiceCommands.h"
#include "ui/services/ServicesPage.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/CtlLine.h"

#include <QClipboard>
#include <QGuiApplication>

#include <algorithm>
#include <iterator>
#include <utility>

namespace pilothouse::ui {

namespace {

bool isAny(const services::Instance&)
{
    return true;
}

bool isDraining(const services::Instance& instance)
{
    return instance.isDraining;
}

bool takesCalls(const services::Instance& instance)
{
    return !instance.isDraining;
}

} // namespace

QString ServicesPage::reason(
    bool (*allows)(const services::Instance&), const QString& otherwise) const
{
    QString unusable = m_context.session.unusableReason();
    if (!unusable.isEmpty()) {
        return unusable;
    }
    if (m_actions.phase() != PlannedActions::Phase::Idle) {
        return tr("Another action is under way");
    }
    const services::Instance* instance = chosen();
    if (instance == nullptr) {
        return tr("No instance is selected");
    }
    return allows(*instance) ? QString() : otherwise;
}

Command ServicesPage::verb(
    const QString& id,
    const QString& title,
    const QString& icon,
    bool (*allows)(const services::Instance&),
    const QString& otherwise,
    void (ServicesPage::*run)())
{
    Command command;
    command.id = id;
    command.title = title;
    command.icon = icon;
    command.section = CommandRegistry::tr("Actions");
    command.permission = QStringLiteral("services.operate");
    command.disabledReason = [this, allows, otherwise] { return reason(allows, otherwise); };
    command.run = [this, run] { (this->*run)(); };
    return command;
}

std::vector<Command> ServicesPage::commands()
{
    Command copy = verb(
        servicecommand::kCopyAddress,
        tr("Copy address"),
        QStringLiteral("copy"),
        isAny,
        {},
        &ServicesPage::copyAddress);
    copy.permission.clear();
    std::vector<Command> all{
        verb(
            servicecommand::kDrain,
            tr("Drain…"),
            QStringLiteral("unplug"),
            takesCalls,
            tr("The instance is draining already"),
            &ServicesPage::drain),
        verb(
            servicecommand::kReturn,
            tr("Return to traffic…"),
            QStringLiteral("plug"),
            isDraining,
            tr("The instance is not draining"),
            &ServicesPage::returnToTraffic),
        verb(
            servicecommand::kRemove,
            tr("Remove…"),
            QStringLiteral("trash-2"),
            isAny,
            {},
            &ServicesPage::removeInstance),
        std::move(copy)};
    std::ranges::move(m_scaling->commands(), std::back_inserter(all));
    return all;
}

void ServicesPage::drain()
{
    setDraining(true);
}

void ServicesPage::returnToTraffic()
{
    setDraining(false);
}

void ServicesPage::setDraining(bool isDraining)
{
    const services::InstanceKey key = chosen()->spec.key;
    PlannedStep step;
    step.look = {
        isDraining ? tr("Drain instance") : tr("Return to traffic"),
        isDraining ? QStringLiteral("unplug") : QStringLiteral("plug"),
        ctlLine(
            {QStringLiteral("services"),
             isDraining ? QStringLiteral("drain") : QStringLiteral("undrain"),
             QString::fromStdString(key.service),
             QString::fromStdString(key.id)}),
        /*isDanger=*/isDraining};
    step.doneText = (isDraining ? tr("%1 gets no new calls") : tr("%1 gets calls again"))
                        .arg(QString::fromStdString(key.text()));
    step.ask = [&client = m_context.session.services(), key, isDraining](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return client.setInstanceDraining(key, isDraining, request, std::move(onDone));
    };
    m_actions.start(std::move(step));
}

void ServicesPage::removeInstance()
{
    const services::InstanceKey key = chosen()->spec.key;
    PlannedStep step;
    step.look = {
        tr("Remove instance"),
        QStringLiteral("trash-2"),
        ctlLine(
            {QStringLiteral("services"),
             QStringLiteral("deregister"),
             QString::fromStdString(key.service),
             QString::fromStdString(key.id)}),
        /*isDanger=*/true};
    step.doneText = tr("%1 is removed").arg(QString::fromStdString(key.text()));
    step.ask = [&client = m_context.session.services(),
                key](const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return client.removeInstance(key, request, std::move(onDone));
    };
    m_actions.start(std::move(step));
}

void ServicesPage::copyAddress()
{
    const QString address = QString::fromStdString(chosen()->spec.address);
    QGuiApplication::clipboard()->setText(address);
    ToastMessage message;
    message.severity = Severity::Info;
    message.text = tr("Copied");
    message.detail = address;
    Q_EMIT toastRequested(message);
}

} // namespace pilothouse::ui
