// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/Account.h"
#include "shared/plans/Safety.h"
#include "ui/access/RecordPane.h"
#include "ui/components/TableModel.h"
#include "ui/settings/Settings.h"

namespace pilothouse::ui {

QString joined(const std::vector<std::string>& words);

/// "Active", "Disabled", "Locked", with how bad it is.
QString stateWord(const access::Account& account, absl::Time now);
Severity stateSeverity(const access::Account& account, absl::Time now);

std::vector<TableColumn> operatorColumns();
TableRow operatorRow(const access::Account& account, absl::Time now, TimeDisplay display);
Record operatorRecord(const access::Account& account, absl::Time now, TimeDisplay display);

std::vector<TableColumn> roleColumns();
TableRow roleRow(const access::Role& role);
Record roleRecord(const access::Role& role);

std::vector<TableColumn> tokenColumns();
TableRow tokenRow(const access::Token& token, absl::Time now, TimeDisplay display);
Record tokenRecord(const access::Token& token, absl::Time now, TimeDisplay display);

std::vector<TableColumn> sessionColumns();
TableRow sessionRow(const access::OperatorSession& session, absl::Time now, TimeDisplay display);
Record sessionRecord(const access::OperatorSession& session, TimeDisplay display);

std::vector<TableColumn> approvalColumns();
TableRow approvalRow(const plans::Approval& approval, absl::Time now, TimeDisplay display);
/// `me`: whose own request reads differently.
Record approvalRecord(
    const plans::Approval& approval, const std::string& me, absl::Time now, TimeDisplay display);

} // namespace pilothouse::ui
