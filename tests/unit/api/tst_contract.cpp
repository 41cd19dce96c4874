// SPDX-License-Identifier: Apache-2.0
#include <pilothouse/v1/options.pb.h>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <QFile>
#include <QHash>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <functional>

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;

bool matches(const std::string& text, const char* pattern)
{
    static QHash<QString, QRegularExpression> known;
    auto& expression = known[QString::fromLatin1(pattern)];
    if (expression.pattern().isEmpty()) {
        expression.setPattern(QRegularExpression::anchoredPattern(QString::fromLatin1(pattern)));
    }
    return expression.match(QString::fromStdString(text)).hasMatch();
}

constexpr const char* kPascal = "([A-Z][a-z0-9]*)+";
constexpr const char* kSnake = "[a-z][a-z0-9]*(_[a-z0-9]+)*";
constexpr const char* kUpperSnake = "[A-Z][A-Z0-9]*(_[A-Z0-9]+)*";

/// "ValueType" → "VALUE_TYPE"
std::string upperSnake(const std::string& pascal)
{
    std::string result;
    for (const char character : pascal) {
        const bool isUpper = character >= 'A' && character <= 'Z';
        if (isUpper && !result.empty()) {
            result.push_back('_');
        }
        result.push_back(static_cast<char>(isUpper ? character : character - 'a' + 'A'));
    }
    return result;
}

} // namespace

/// The contract as the generated descriptors have it: permissions and buf's standard naming.
class TstContract : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QFile file(qEnvironmentVariable("PILOTHOUSE_DESCRIPTORS"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        google::protobuf::FileDescriptorSet set;
        QVERIFY(set.ParseFromString(file.readAll().toStdString()));
        for (const auto& proto : set.file()) {
            const FileDescriptor* built = m_pool.BuildFile(proto);
            QVERIFY(built != nullptr);
            if (built->package() == "pilothouse.v1") {
                m_files.push_back(built);
            } else {
                QVERIFY(built->package().starts_with("google."));
            }
        }
        QVERIFY(m_files.size() >= 4);
    }

    void everyMethodStatesItsPermission()
    {
        forEachMethod([](const google::protobuf::MethodDescriptor& method) {
            // Through the wire: the extension is known to the generated code, not to this pool.
            google::protobuf::MethodOptions options;
            QVERIFY(options.ParseFromString(method.options().SerializeAsString()));
            const std::string& permission = options.GetExtension(pilothouse::v1::permission);
            QVERIFY2(
                matches(permission, "public|session|[a-z]+\\.[a-z]+"),
                (method.full_name() + ": '" + permission + "'").c_str());
        });
    }

    /// What changes something is audited whether or not its use case thinks of it.
    void everyMethodThatChangesSomethingIsAudited()
    {
        forEachMethod([](const google::protobuf::MethodDescriptor& method) {
            google::protobuf::MethodOptions options;
            QVERIFY(options.ParseFromString(method.options().SerializeAsString()));
            const std::string& action = options.GetExtension(pilothouse::v1::audit);
            const std::string what = method.full_name() + ": '" + action + "'";
            QVERIFY2(action.empty() || matches(action, "[a-z]+(\\.[a-z_]+){1,2}"), what.c_str());
            const bool hasReadName = matches(
                method.name(),
                "(Get|List|Watch|Query|Check|Search|Resolve|Simulate|Validate|Verify|Preview)"
                "([A-Z][a-z0-9]*)*|WhoAmI");
            // What programs say of themselves or of others many times a minute repeats an intent
            // that is in the audit already, or is a measurement. Denied calls are recorded anyway.
            const bool isMeasurement = matches(method.name(), "Heartbeat|ReportOutcomes");
            if (isMeasurement) {
                QVERIFY2(action.empty(), what.c_str());
            } else if (!hasReadName) {
                QVERIFY2(!action.empty(), what.c_str());
            }
        });
    }

    void methodsHaveRequestAndResponseOfTheirOwn()
    {
        QSet<QString> messages;
        forEachMethod([&](const google::protobuf::MethodDescriptor& method) {
            const char* name = method.full_name().c_str();
            QVERIFY2(matches(method.name(), kPascal), name);
            QVERIFY2(method.input_type()->name() == method.name() + "Request", name);
            QVERIFY2(method.output_type()->name() == method.name() + "Response", name);
            const QString input = QString::fromStdString(method.input_type()->full_name());
            QVERIFY2(!messages.contains(input), name);
            messages.insert(input);
        });
    }

    void listsHavePages()
    {
        forEachMethod([](const google::protobuf::MethodDescriptor& method) {
            const bool hasToken = method.input_type()->FindFieldByName("page_token") != nullptr;
            const bool hasNext =
                method.output_type()->FindFieldByName("next_page_token") != nullptr;
            const bool hasSize = method.input_type()->FindFieldByName("page_size") != nullptr;
            QVERIFY2(hasToken == hasNext && hasToken == hasSize, method.full_name().c_str());
        });
    }

    void filesAndServicesAreNamedByTheRules()
    {
        for (const FileDescriptor* file : m_files) {
            QVERIFY2(matches(file->name(), "pilothouse/v1/[a-z_]+\\.proto"), file->name().c_str());
            QVERIFY(file->syntax() == FileDescriptor::SYNTAX_PROTO3);
            for (int index = 0; index < file->service_count(); ++index) {
                QVERIFY(file->service(index)->name().ends_with("Service"));
            }
        }
    }

    void messagesAndFieldsAreNamedByTheRules()
    {
        for (const FileDescriptor* file : m_files) {
            for (int index = 0; index < file->message_type_count(); ++index) {
                checkMessage(*file->message_type(index));
            }
            for (int index = 0; index < file->enum_type_count(); ++index) {
                checkEnum(*file->enum_type(index));
            }
        }
    }

private:
    void forEachMethod(
        const std::function<void(const google::protobuf::MethodDescriptor&)>& check) const
    {
        int methods = 0;
        for (const FileDescriptor* file : m_files) {
            for (int service = 0; service < file->service_count(); ++service) {
                for (int index = 0; index < file->service(service)->method_count(); ++index) {
                    check(*file->service(service)->method(index));
                    ++methods;
                }
            }
        }
        QVERIFY(methods >= 20);
    }

    static void checkMessage(const Descriptor& message)
    {
        if (message.options().map_entry()) {
            return;
        }
        QVERIFY2(matches(message.name(), kPascal), message.full_name().c_str());
        for (int index = 0; index < message.field_count(); ++index) {
            const auto* field = message.field(index);
            QVERIFY2(matches(field->name(), kSnake), field->full_name().c_str());
            using google::protobuf::FieldDescriptor;
            if (field->type() == FieldDescriptor::TYPE_MESSAGE && !field->is_repeated() &&
                field->message_type()->full_name() == "google.protobuf.Timestamp") {
                const bool isTime = field->name().ends_with("time") ||
                                    field->name().ends_with("_at") || field->name() == "start" ||
                                    field->name() == "end" || field->name().starts_with("last_") ||
                                    field->name() == "since" || field->name() == "oldest_sample";
                QVERIFY2(isTime, field->full_name().c_str());
            }
        }
        for (int index = 0; index < message.nested_type_count(); ++index) {
            checkMessage(*message.nested_type(index));
        }
        for (int index = 0; index < message.enum_type_count(); ++index) {
            checkEnum(*message.enum_type(index));
        }
    }

    static void checkEnum(const EnumDescriptor& type)
    {
        QVERIFY2(matches(type.name(), kPascal), type.full_name().c_str());
        const std::string prefix = upperSnake(type.name()) + "_";
        for (int index = 0; index < type.value_count(); ++index) {
            const auto* value = type.value(index);
            QVERIFY2(matches(value->name(), kUpperSnake), value->full_name().c_str());
            QVERIFY2(value->name().starts_with(prefix), value->full_name().c_str());
        }
        QVERIFY2(type.value(0)->name() == prefix + "UNSPECIFIED", type.full_name().c_str());
        QCOMPARE(type.value(0)->number(), 0);
    }

    google::protobuf::DescriptorPool m_pool;
    std::vector<const FileDescriptor*> m_files;
};

QTEST_APPLESS_MAIN(TstContract)
#include "tst_contract.moc"
