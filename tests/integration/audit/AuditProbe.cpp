// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/audit/AuditProbe.h"

#include "server/platform/postgres/ConnectionString.h"
#include "server/platform/postgres/Postmaster.h"
#include "tests/support/Programs.h"

#include <pqxx/pqxx>

#include <algorithm>

namespace pilothouse::test {

ClusterShell::ClusterShell(const TestServer& server)
{
    const auto file =
        postgres::readPostmasterFile(server.dataDir().toStdString() + "/postgres/data");
    postgres::ConnectionString string;
    string.set("host", file ? file->socketFolder.string() : std::string());
    string.set("user", "pilothouse");
    string.set("dbname", "pilothouse");
    m_url = string.text();
}

QString ClusterShell::run(const std::string& sql) const
{
    try {
        pqxx::connection connection(m_url);
        const pqxx::result result = pqxx::nontransaction(connection).exec(sql);
        return result.empty() || result.columns() == 0 ? QString()
                                                       : QString::fromUtf8(result[0][0].c_str());
    } catch (const std::exception& error) {
        return QString::fromUtf8(error.what());
    }
}

std::vector<v1::AuditEntry> AuditProbe::list(
    const v1::AuditFilter& filter, const std::string& token)
{
    std::vector<v1::AuditEntry> entries;
    v1::ListEntriesRequest request;
    *request.mutable_filter() = filter;
    request.set_page_size(37);
    do {
        const auto page =
            call(m_client.audit(), &v1::AuditService::Stub::ListEntries, request, token);
        if (!page.status.ok()) {
            break;
        }
        entries.insert(entries.end(), page.value.entries().begin(), page.value.entries().end());
        request.set_page_token(page.value.next_page_token());
    } while (!request.page_token().empty());
    return entries;
}

v1::AuditEntry AuditProbe::newest(const std::string& action, int count)
{
    v1::AuditFilter filter;
    filter.set_action(action);
    std::vector<v1::AuditEntry> entries;
    waitUntil(
        [&] {
            entries = list(filter);
            return static_cast<int>(entries.size()) >= count;
        },
        30000);
    return static_cast<int>(entries.size()) < count ? v1::AuditEntry() : entries.front();
}

AuditProbe::Export AuditProbe::exportAll(v1::ExportFormat format, std::int64_t after)
{
    ApiCall call({}, 120000);
    v1::ExportEntriesRequest request;
    request.set_format(format);
    request.set_after_sequence(after);
    const auto reader = m_client.audit().ExportEntries(&call.context, request);
    Export result;
    v1::ExportEntriesResponse piece;
    while (reader->Read(&piece)) {
        result.data += piece.data();
        result.entries += piece.entries();
        result.last = piece.last_sequence();
        result.largest = std::max(result.largest, piece.ByteSizeLong());
    }
    result.status = api::fromGrpcStatus(reader->Finish());
    return result;
}

v1::ChainStatus AuditProbe::verify()
{
    ApiCall call({}, 120000);
    const auto reader = m_client.audit().VerifyChain(&call.context, v1::VerifyChainRequest());
    v1::VerifyChainResponse last;
    v1::VerifyChainResponse message;
    while (reader->Read(&message)) {
        last = message;
    }
    return reader->Finish().ok() ? last.verdict() : v1::ChainStatus();
}

} // namespace pilothouse::test
