// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http/HttpMessage.h"
#include "server/platform/http/HttpSession.h"

namespace pilothouse::platform {

namespace {

namespace http = boost::beast::http;

std::string_view view(boost::beast::string_view text)
{
    return {text.data(), text.size()};
}

HttpResponse plain(int status, std::string text)
{
    return {status, "text/plain; charset=utf-8", std::move(text) + "\n"};
}

/// Splits and decodes; nothing when an escape is broken.
std::optional<HttpRequest> decode(const HttpWireRequest& wire)
{
    const std::string_view target = view(wire.target());
    const auto question = std::min(target.find('?'), target.size());
    HttpRequest request;
    request.method = std::string(view(wire.method_string()));
    request.body = wire.body();
    request.accept = std::string(view(wire[http::field::accept]));
    request.authorization = std::string(view(wire[http::field::authorization]));
    auto path = percentDecode(target.substr(0, question), false);
    auto query = parseForm(target.substr(std::min(question + 1, target.size())));
    if (!path || !query) {
        return std::nullopt;
    }
    request.path = *std::move(path);
    // A form's own parameters come first, as Go's ParseForm has it, which Prometheus uses.
    if (view(wire[http::field::content_type]).starts_with("application/x-www-form-urlencoded")) {
        auto form = parseForm(wire.body());
        if (!form) {
            return std::nullopt;
        }
        request.parameters = *std::move(form);
    }
    request.parameters.insert(
        request.parameters.end(),
        std::make_move_iterator(query->begin()),
        std::make_move_iterator(query->end()));
    return request;
}

} // namespace

void routeHttp(const HttpSite& site, const HttpWireRequest& wire, const HttpRespond& respond)
{
    auto request = decode(wire);
    if (!request) {
        respond(plain(400, "the path or a parameter has a broken escape"));
        return;
    }
    const HttpGuard::Headers headers{
        view(wire[http::field::host]),
        view(wire[http::field::origin]),
        view(wire["Sec-Fetch-Site"]),
        view(wire[http::field::authorization]),
        request->method};
    if (auto refusal = site.guard.refuse(request->path, headers)) {
        respond(*std::move(refusal));
        return;
    }
    auto match = site.router.find(request->method, request->path);
    if (match.handler == nullptr) {
        respond(
            match.wrongMethod ? plain(405, "not with this method") : plain(404, "nothing is here"));
        return;
    }
    for (auto& parameter : match.pathParameters) {
        request->parameters.push_back(std::move(parameter));
    }
    (*match.handler)(*std::move(request), respond);
}

} // namespace pilothouse::platform
