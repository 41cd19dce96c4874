// SPDX-License-Identifier: Apache-2.0
#include "shared/access/proto/AccessProto.h"

#include "shared/base/proto/TimeProto.h"

namespace pilothouse::access {

using pilothouse::fromProto;

v1::Operator toProto(const Operator& who)
{
    v1::Operator result;
    result.set_name(who.name);
    result.set_display_name(who.displayName);
    for (const auto& role : who.roles) {
        result.add_roles(role);
    }
    return result;
}

Operator fromProto(const v1::Operator& who)
{
    return {
        .name = who.name(),
        .displayName = who.display_name(),
        .roles = {who.roles().begin(), who.roles().end()},
    };
}

v1::SignInResponse toProto(const SignedIn& signedIn)
{
    v1::SignInResponse result;
    result.set_token(signedIn.token);
    setTime(result, &v1::SignInResponse::mutable_expire_time, signedIn.expireTime);
    *result.mutable_operator_() = toProto(signedIn.who);
    return result;
}

SignedIn fromProto(const v1::SignInResponse& signedIn)
{
    SignedIn result;
    result.token = signedIn.token();
    if (signedIn.has_expire_time()) {
        result.expireTime = fromProto(signedIn.expire_time());
    }
    result.who = fromProto(signedIn.operator_());
    return result;
}

v1::WhoAmIResponse toProto(const Identity& identity)
{
    v1::WhoAmIResponse result;
    *result.mutable_operator_() = toProto(identity.who);
    for (const auto& permission : identity.permissions) {
        result.add_permissions(permission);
    }
    result.set_authentication(identity.authentication);
    setTime(result, &v1::WhoAmIResponse::mutable_expire_time, identity.expireTime);
    return result;
}

Identity fromProto(const v1::WhoAmIResponse& identity)
{
    Identity result;
    result.who = fromProto(identity.operator_());
    result.permissions.assign(identity.permissions().begin(), identity.permissions().end());
    result.authentication = identity.authentication();
    if (identity.has_expire_time()) {
        result.expireTime = fromProto(identity.expire_time());
    }
    return result;
}

v1::Session toProto(const Session& session)
{
    v1::Session result;
    result.set_id(session.id);
    result.set_client(session.client);
    result.set_address(session.address);
    setTime(result, &v1::Session::mutable_create_time, session.createTime);
    setTime(result, &v1::Session::mutable_last_used_time, session.lastUsedTime);
    setTime(result, &v1::Session::mutable_expire_time, session.expireTime);
    result.set_current(session.current);
    return result;
}

Session fromProto(const v1::Session& session)
{
    Session result;
    result.id = session.id();
    result.client = session.client();
    result.address = session.address();
    if (session.has_create_time()) {
        result.createTime = fromProto(session.create_time());
    }
    if (session.has_last_used_time()) {
        result.lastUsedTime = fromProto(session.last_used_time());
    }
    if (session.has_expire_time()) {
        result.expireTime = fromProto(session.expire_time());
    }
    result.current = session.current();
    return result;
}

} // namespace pilothouse::access
