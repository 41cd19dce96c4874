// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/access/Operator.h"

#include <pilothouse/v1/access.pb.h>

// Wire messages and domain types of the access capability, both ways.
namespace pilothouse::access {

v1::Operator toProto(const Operator& who);
Operator fromProto(const v1::Operator& who);

v1::SignInResponse toProto(const SignedIn& signedIn);
SignedIn fromProto(const v1::SignInResponse& signedIn);

v1::WhoAmIResponse toProto(const Identity& identity);
Identity fromProto(const v1::WhoAmIResponse& identity);

v1::Session toProto(const Session& session);
Session fromProto(const v1::Session& session);

} // namespace pilothouse::access
