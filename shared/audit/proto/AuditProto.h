// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/audit/Activity.h"
#include "shared/audit/ChainStatus.h"
#include "shared/audit/ExportLines.h"
#include "shared/audit/Filter.h"

#include <pilothouse/v1/audit.pb.h>

// Wire messages and domain types of the audit capability, both ways.
namespace pilothouse::audit {

v1::AuditOutcome toProto(Outcome outcome);
Outcome fromProto(v1::AuditOutcome outcome);

v1::AuditEntry toProto(const ChainedEntry& entry);
ChainedEntry fromProto(const v1::AuditEntry& entry);

v1::AuditFilter toProto(const Filter& filter);
Filter fromProto(const v1::AuditFilter& filter);

v1::ChainStatus toProto(const ChainStatus& status);
ChainStatus fromProto(const v1::ChainStatus& status);

v1::VerifyChainResponse toProto(const ChainProgress& progress);
ChainProgress fromProto(const v1::VerifyChainResponse& progress);

v1::GetActivityResponse toProto(const Activity& activity);
Activity fromProto(const v1::GetActivityResponse& activity);

v1::ExportFormat toProto(ExportFormat format);

} // namespace pilothouse::audit
