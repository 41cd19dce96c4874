// SPDX-License-Identifier: Apache-2.0
#include "shared/api_status/StatusCodec.h"
#include "shared/base/StatusHelpers.h"

#include <QTest>

#include <string>

using namespace pilothouse;

class TstApiStatus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void okStaysOk()
    {
        QVERIFY(api::toGrpcStatus(absl::OkStatus()).ok());
        QVERIFY(api::fromGrpcStatus(grpc::Status::OK).ok());
    }

    void everyCodeComesBack()
    {
        for (int code = 1; code <= 16; ++code) {
            const absl::Status status(static_cast<absl::StatusCode>(code), "rule 'up' is bad");
            const auto back = api::fromGrpcStatus(api::toGrpcStatus(status));
            QCOMPARE(back.raw_code(), code);
            QCOMPARE(std::string(back.message()), std::string("rule 'up' is bad"));
            QCOMPARE(reasonOf(back), std::string());
        }
    }

    void whatToDoComesBack()
    {
        absl::Status status = absl::ResourceExhaustedError("too many failed sign-ins");
        status = withHint(std::move(status), "Wait, then sign in again.");
        status = withRetryDelay(std::move(status), absl::Milliseconds(61250));
        status = withReason(std::move(status), "ACCOUNT_LOCKED");
        status = withRequestId(std::move(status), "7f3a");
        const auto back = api::fromGrpcStatus(api::toGrpcStatus(status));
        QCOMPARE(hintOf(back), std::string("Wait, then sign in again."));
        QVERIFY(retryDelayOf(back) == absl::Milliseconds(61250));
        QCOMPARE(reasonOf(back), std::string("ACCOUNT_LOCKED"));
        QCOMPARE(requestIdOf(back), std::string("7f3a"));
    }

    void aLongTextStaysInsideTheTrailers()
    {
        std::string text;
        while (text.size() < 100000) {
            text += "é";
        }
        const auto wire = api::toGrpcStatus(withHint(absl::InvalidArgumentError("x" + text), text));
        QVERIFY(wire.error_message().size() + wire.error_details().size() * 4 / 3 < 8000);
        const auto back = api::fromGrpcStatus(wire);
        QVERIFY(QString::fromStdString(std::string(back.message())).endsWith(QStringLiteral("é…")));
        QVERIFY(!hintOf(back).empty());
    }

    void garbageDetailsAreDropped()
    {
        const grpc::Status wire(grpc::StatusCode::INTERNAL, "boom", std::string("\xff\x01\x02", 3));
        const auto back = api::fromGrpcStatus(wire);
        QVERIFY(absl::IsInternal(back));
        QCOMPARE(std::string(back.message()), std::string("boom"));
    }
};

QTEST_APPLESS_MAIN(TstApiStatus)
#include "tst_api_status.moc"
