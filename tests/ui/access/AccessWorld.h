// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/access/Account.h"
#include "shared/plans/Safety.h"
#include "tests/support/shell/ShellFixture.h"
#include "ui/access/AccessPage.h"

#include <absl/time/time.h>

#include <QPushButton>
#include <QString>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::test {

/// What the clock of an AccessWorld says.
inline constexpr absl::Time kNow = absl::FromUnixSeconds(1'795'271'400);

/// Active, seen four minutes ago, with two sessions and a token.
access::Account account(const std::string& name, std::vector<std::string> roles);
/// To disable the operator lee.
plans::Plan plan(plans::Friction friction);
/// Of that plan, asked for two minutes ago.
plans::Approval approval(
    const std::string& id, const std::string& requester, plans::ApprovalState state);

/// A window with the access page on a fake server; nobody is signed in yet.
class AccessWorld : public ShellFixture
{
public:
    AccessWorld();
    ~AccessWorld();

    FakeAccessAdminClient& admin() { return connection->accessAdminClient; }
    FakeAccessClient& own() { return connection->accessClient; }
    FakePlansClient& plansClient() { return connection->plansClient; }
    /// As the operator dana with these permissions, on a server with two operators and four roles.
    void signIn(std::vector<std::string> granted, const std::string& how = "token");
    ui::AccessPage* open(const QString& object = {});
    /// Null: another page is shown.
    ui::AccessPage* page() const;
    /// Of the open sheet; null: there is none of this name.
    QPushButton* button(const QString& text) const;

    std::shared_ptr<ui::Session> session;
};

} // namespace pilothouse::test
