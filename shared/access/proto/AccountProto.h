// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/access/Account.h"

#include <pilothouse/v1/access.pb.h>

// Wire messages and domain types of operators, roles and tokens, both ways.
namespace pilothouse::access {

v1::OperatorAccount toProto(const Account& account);
Account fromProto(const v1::OperatorAccount& account);

v1::Role toProto(const Role& role);
Role fromProto(const v1::Role& role);

v1::Permission toProto(const Permission& permission);
Permission fromProto(const v1::Permission& permission);

v1::Token toProto(const Token& token);
Token fromProto(const v1::Token& token);

v1::OperatorSession toProto(const OperatorSession& session);
OperatorSession fromProto(const v1::OperatorSession& session);

} // namespace pilothouse::access
