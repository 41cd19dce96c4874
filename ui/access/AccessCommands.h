// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// Ids of the page's commands, and the permission that most of them need.
namespace pilothouse::ui::accesscommand {

inline const QString kManage = QStringLiteral("access.manage");

inline const QString kAddOperator = QStringLiteral("access.add-operator");
inline const QString kEditOperator = QStringLiteral("access.edit-operator");
inline const QString kDisableOperator = QStringLiteral("access.disable-operator");
inline const QString kEnableOperator = QStringLiteral("access.enable-operator");
inline const QString kResetPassword = QStringLiteral("access.reset-password");
inline const QString kUnlockOperator = QStringLiteral("access.unlock-operator");
inline const QString kEndOperatorSessions = QStringLiteral("access.end-operator-sessions");
inline const QString kDeleteOperator = QStringLiteral("access.delete-operator");
inline const QString kAddRole = QStringLiteral("access.add-role");
inline const QString kEditRole = QStringLiteral("access.edit-role");
inline const QString kDeleteRole = QStringLiteral("access.delete-role");
inline const QString kAddToken = QStringLiteral("access.add-token");
inline const QString kRevokeToken = QStringLiteral("access.revoke-token");
inline const QString kChangePassword = QStringLiteral("access.change-password");
inline const QString kEndSession = QStringLiteral("access.end-session");
inline const QString kEndAllSessions = QStringLiteral("access.end-all-sessions");
inline const QString kApprove = QStringLiteral("access.approve");
inline const QString kReject = QStringLiteral("access.reject");
inline const QString kWithdraw = QStringLiteral("access.withdraw");

} // namespace pilothouse::ui::accesscommand
