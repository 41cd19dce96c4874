// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/ServerRole.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/match.h>
#include <fmt/format.h>

namespace pilothouse::postgres {

namespace {

/// The migrations' lock: two servers that start at once would disturb each other's grants.
constexpr Statement kRoleLock{"schema.grants_lock", "SELECT pg_advisory_xact_lock(482936319860)"};
constexpr Statement kSetRole{
    "schema.server_role", "SELECT set_config('pilothouse.server_role', $1, true)"};

/// What PostgreSQL says when a server that is running makes a partition at the same moment; the
/// other has ended by then.
constexpr const char* kConcurrent = "tuple concurrently updated";
constexpr int kAttempts = 10;

constexpr const char* kGrants = R"(
DO $$
DECLARE
    server text := current_setting('pilothouse.server_role');
    tab record;
    rights text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = server) THEN
        EXECUTE format('CREATE ROLE %I LOGIN', server);
    END IF;
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT pg_monitor, pg_signal_backend TO %I', server);
    END IF;
    EXECUTE format('GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), server);
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA pilothouse TO %I', server);
    EXECUTE format('GRANT ALL ON ALL SEQUENCES IN SCHEMA pilothouse TO %I', server);
    EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pilothouse TO %I', server);
    FOR tab IN
        SELECT c.relname AS name FROM pg_class c
        WHERE c.relnamespace = 'pilothouse'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
          AND pg_has_role(current_user, c.relowner, 'USAGE')
          AND pg_get_userbyid(c.relowner) <> server
    LOOP
        rights := CASE
            WHEN tab.name = 'schema_migrations' THEN 'SELECT'
            WHEN tab.name = 'audit_entries' THEN 'SELECT, INSERT'
            WHEN tab.name LIKE 'audit\_entries\_%' THEN NULL
            WHEN tab.name = 'audit_pending' THEN 'SELECT, INSERT, DELETE'
            WHEN tab.name = 'audit_days' THEN 'SELECT, INSERT, UPDATE'
            ELSE 'ALL'
        END;
        EXECUTE format('REVOKE ALL ON pilothouse.%I FROM %I', tab.name, server);
        IF rights IS NOT NULL THEN
            EXECUTE format('GRANT %s ON pilothouse.%I TO %I', rights, tab.name, server);
        END IF;
    END LOOP;
END $$;
)";

} // namespace

absl::Status grantServerRole(Database& owner, const std::string& role)
{
    if (role.empty()) {
        return withHint(
            absl::InvalidArgumentError("database.url names no role, but database.owner_url is set"),
            "Put the role into database.url: postgresql://ROLE@host/database.");
    }
    absl::Status status;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        status = owner.transact([&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(transaction.execute(kRoleLock).status());
            PH_RETURN_IF_ERROR(transaction.execute(kSetRole, {role}).status());
            return transaction.executeScript("schema.grants", kGrants);
        });
        if (status.ok() || !absl::StrContains(status.message(), kConcurrent)) {
            break;
        }
    }
    return withContext(status, fmt::format("cannot give role {} its rights", role));
}

} // namespace pilothouse::postgres
