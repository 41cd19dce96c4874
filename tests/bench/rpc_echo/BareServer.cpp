// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/rpc_echo/BareServer.h"

#include <grpcpp/grpcpp.h>
#include <pilothouse/v1/system.grpc.pb.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>

namespace pilothouse::bench {

namespace {

std::string contentOf(const std::string& file)
{
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

class BareService final : public v1::SystemService::CallbackService
{
public:
    explicit BareService(const std::string& answer) { m_answer.ParseFromString(answer); }

    grpc::ServerUnaryReactor* GetHealth(
        grpc::CallbackServerContext* context,
        const v1::GetHealthRequest*,
        v1::GetHealthResponse* response) override
    {
        *response = m_answer;
        auto* reactor = context->DefaultReactor();
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }

private:
    v1::GetHealthResponse m_answer;
};

} // namespace

int runBareServer(
    const std::string& certificateFile, const std::string& keyFile, const std::string& answerFile)
{
    BareService service(contentOf(answerFile));
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back({contentOf(keyFile), contentOf(certificateFile)});
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
    builder.RegisterService(&service);
    const auto server = builder.BuildAndStart();
    if (server == nullptr) {
        return 1;
    }
    std::cout << "ready 127.0.0.1:" << port << std::endl;
    std::cin.ignore(std::numeric_limits<std::streamsize>::max());
    server->Shutdown(std::chrono::system_clock::now());
    return 0;
}

} // namespace pilothouse::bench
