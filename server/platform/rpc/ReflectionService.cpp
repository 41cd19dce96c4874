// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/ReflectionService.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <set>

namespace pilothouse::rpc {

namespace {

namespace reflection = grpc::reflection::v1alpha;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

/// The file and everything that it imports, each once.
void appendFile(
    const FileDescriptor& file,
    std::set<std::string>& seen,
    reflection::FileDescriptorResponse& response)
{
    if (!seen.insert(file.name()).second) {
        return;
    }
    google::protobuf::FileDescriptorProto proto;
    file.CopyTo(&proto);
    response.add_file_descriptor_proto(proto.SerializeAsString());
    for (int index = 0; index < file.dependency_count(); ++index) {
        appendFile(*file.dependency(index), seen, response);
    }
}

void answerFile(const FileDescriptor* file, reflection::ServerReflectionResponse& response)
{
    if (file == nullptr) {
        response.mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
        response.mutable_error_response()->set_error_message("not in the contract");
        return;
    }
    std::set<std::string> seen;
    appendFile(*file, seen, *response.mutable_file_descriptor_response());
}

const FileDescriptor* fileOfExtension(
    const DescriptorPool& pool, const reflection::ExtensionRequest& request)
{
    const auto* type = pool.FindMessageTypeByName(request.containing_type());
    const auto* extension =
        type == nullptr ? nullptr : pool.FindExtensionByNumber(type, request.extension_number());
    return extension == nullptr ? nullptr : extension->file();
}

void answerExtensions(
    const DescriptorPool& pool,
    const std::string& name,
    reflection::ServerReflectionResponse& response)
{
    const auto* type = pool.FindMessageTypeByName(name);
    if (type == nullptr) {
        answerFile(nullptr, response);
        return;
    }
    std::vector<const google::protobuf::FieldDescriptor*> extensions;
    pool.FindAllExtensions(type, &extensions);
    auto* numbers = response.mutable_all_extension_numbers_response();
    numbers->set_base_type_name(name);
    for (const auto* extension : extensions) {
        numbers->add_extension_number(extension->number());
    }
}

void answer(
    const std::vector<std::string>& services,
    const reflection::ServerReflectionRequest& request,
    reflection::ServerReflectionResponse& response)
{
    const DescriptorPool& pool = *DescriptorPool::generated_pool();
    response.set_valid_host(request.host());
    *response.mutable_original_request() = request;
    using Request = reflection::ServerReflectionRequest;
    switch (request.message_request_case()) {
    case Request::kFileByFilename:
        answerFile(pool.FindFileByName(request.file_by_filename()), response);
        break;
    case Request::kFileContainingSymbol:
        answerFile(pool.FindFileContainingSymbol(request.file_containing_symbol()), response);
        break;
    case Request::kFileContainingExtension:
        answerFile(fileOfExtension(pool, request.file_containing_extension()), response);
        break;
    case Request::kAllExtensionNumbersOfType:
        answerExtensions(pool, request.all_extension_numbers_of_type(), response);
        break;
    case Request::kListServices:
        for (const std::string& name : services) {
            response.mutable_list_services_response()->add_service()->set_name(name);
        }
        break;
    case Request::MESSAGE_REQUEST_NOT_SET:
        response.mutable_error_response()->set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
        response.mutable_error_response()->set_error_message("nothing was asked");
        break;
    }
}

class Conversation final : public grpc::ServerBidiReactor<
                               reflection::ServerReflectionRequest,
                               reflection::ServerReflectionResponse>
{
public:
    explicit Conversation(const std::vector<std::string>& services) : m_services(services)
    {
        StartRead(&m_request);
    }

private:
    void OnReadDone(bool ok) override
    {
        if (!ok) {
            Finish(grpc::Status::OK);
            return;
        }
        m_response.Clear();
        answer(m_services, m_request, m_response);
        StartWrite(&m_response);
    }
    void OnWriteDone(bool ok) override
    {
        if (ok) {
            StartRead(&m_request);
        } else {
            Finish(grpc::Status::CANCELLED);
        }
    }
    void OnDone() override { delete this; }

    const std::vector<std::string>& m_services;
    reflection::ServerReflectionRequest m_request;
    reflection::ServerReflectionResponse m_response;
};

} // namespace

grpc::ServerBidiReactor<reflection::ServerReflectionRequest, reflection::ServerReflectionResponse>*
ReflectionService::ServerReflectionInfo(grpc::CallbackServerContext*)
{
    return new Conversation(m_services); // deletes itself in OnDone
}

} // namespace pilothouse::rpc
