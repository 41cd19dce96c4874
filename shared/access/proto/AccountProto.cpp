// SPDX-License-Identifier: Apache-2.0
#include "shared/access/proto/AccountProto.h"

#include "shared/access/proto/AccessProto.h"
#include "shared/base/proto/TimeProto.h"

namespace pilothouse::access {

using pilothouse::fromProto;

v1::OperatorAccount toProto(const Account& account)
{
    using Message = v1::OperatorAccount;
    Message result;
    *result.mutable_operator_() = toProto(account.who);
    result.set_disabled(account.isDisabled);
    setTime(result, &Message::mutable_disable_time, account.disableTime);
    setTime(result, &Message::mutable_create_time, account.createTime);
    setTime(result, &Message::mutable_password_change_time, account.passwordChangeTime);
    setTime(result, &Message::mutable_last_seen_time, account.lastSeenTime);
    setTime(result, &Message::mutable_locked_until_time, account.lockedUntil);
    result.set_sessions(account.sessions);
    result.set_tokens(account.tokens);
    result.set_etag(account.etag);
    return result;
}

Account fromProto(const v1::OperatorAccount& account)
{
    Account result;
    result.who = fromProto(account.operator_());
    result.isDisabled = account.disabled();
    if (account.has_disable_time()) {
        result.disableTime = fromProto(account.disable_time());
    }
    if (account.has_create_time()) {
        result.createTime = fromProto(account.create_time());
    }
    if (account.has_password_change_time()) {
        result.passwordChangeTime = fromProto(account.password_change_time());
    }
    if (account.has_last_seen_time()) {
        result.lastSeenTime = fromProto(account.last_seen_time());
    }
    if (account.has_locked_until_time()) {
        result.lockedUntil = fromProto(account.locked_until_time());
    }
    result.sessions = account.sessions();
    result.tokens = account.tokens();
    result.etag = account.etag();
    return result;
}

v1::Role toProto(const Role& role)
{
    v1::Role result;
    result.set_name(role.name);
    result.set_description(role.description);
    result.mutable_permissions()->Assign(role.permissions.begin(), role.permissions.end());
    result.set_built_in(role.isBuiltIn);
    result.set_operators(role.operators);
    result.set_etag(role.etag);
    return result;
}

Role fromProto(const v1::Role& role)
{
    return {
        role.name(),
        role.description(),
        {role.permissions().begin(), role.permissions().end()},
        role.built_in(),
        role.operators(),
        role.etag()};
}

v1::Permission toProto(const Permission& permission)
{
    v1::Permission result;
    result.set_name(permission.name);
    result.mutable_methods()->Assign(permission.methods.begin(), permission.methods.end());
    result.mutable_roles()->Assign(permission.roles.begin(), permission.roles.end());
    return result;
}

Permission fromProto(const v1::Permission& permission)
{
    return {
        permission.name(),
        {permission.methods().begin(), permission.methods().end()},
        {permission.roles().begin(), permission.roles().end()}};
}

v1::Token toProto(const Token& token)
{
    v1::Token result;
    result.set_id(token.id);
    result.set_name(token.name);
    result.mutable_scopes()->Assign(token.scopes.begin(), token.scopes.end());
    setTime(result, &v1::Token::mutable_create_time, token.createTime);
    setTime(result, &v1::Token::mutable_last_used_time, token.lastUsedTime);
    setTime(result, &v1::Token::mutable_expire_time, token.expireTime);
    return result;
}

Token fromProto(const v1::Token& token)
{
    Token result;
    result.id = token.id();
    result.name = token.name();
    result.scopes.assign(token.scopes().begin(), token.scopes().end());
    if (token.has_create_time()) {
        result.createTime = fromProto(token.create_time());
    }
    if (token.has_last_used_time()) {
        result.lastUsedTime = fromProto(token.last_used_time());
    }
    if (token.has_expire_time()) {
        result.expireTime = fromProto(token.expire_time());
    }
    return result;
}

v1::OperatorSession toProto(const OperatorSession& session)
{
    v1::OperatorSession result;
    result.set_operator_name(session.operatorName);
    result.set_kind(
        session.isToken ? v1::OperatorSession::KIND_TOKEN : v1::OperatorSession::KIND_SESSION);
    *result.mutable_session() = toProto(session.session);
    result.mutable_scopes()->Assign(session.scopes.begin(), session.scopes.end());
    return result;
}

OperatorSession fromProto(const v1::OperatorSession& session)
{
    return {
        session.operator_name(),
        session.kind() == v1::OperatorSession::KIND_TOKEN,
        fromProto(session.session()),
        {session.scopes().begin(), session.scopes().end()}};
}

} // namespace pilothouse::access
