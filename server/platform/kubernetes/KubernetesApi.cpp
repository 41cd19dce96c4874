// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/KubernetesApi.h"

#include "server/platform/kubernetes/Objects.h"
#include "server/platform/process/DurableFile.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/ascii.h>
#include <absl/time/clock.h>
#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <vector>

namespace pilothouse::kubernetes {

namespace {

/// A list of thousands of pods has some ten megabytes.
constexpr std::size_t kLargestBody = 64UL << 20;
constexpr std::size_t kLongestLine = 16UL << 20;
/// A cluster renews a pod's token long before the old one ends; client-go reads it as often.
constexpr absl::Duration kTokenAge = absl::Minutes(1);
constexpr std::size_t kKeptConnections = 4;

constexpr long kOk = 200;
constexpr long kLastOk = 299;
constexpr long kUnauthorized = 401;
constexpr long kForbidden = 403;
constexpr long kNotFound = 404;
constexpr long kConflict = 409;
constexpr long kGone = 410;
constexpr long kUnprocessable = 422;
constexpr long kTooManyRequests = 429;
constexpr long kServerError = 500;

struct CloseHandle
{
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

struct FreeList
{
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

void initialise()
{
    static const CURLcode kDone = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(kDone);
}

void setBlob(CURL* handle, CURLoption option, const std::string& text)
{
    if (!text.empty()) {
        curl_blob blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_COPY};
        curl_easy_setopt(handle, option, &blob);
    }
}

absl::Status refusal(long code, const std::string& body)
{
    const std::string message =
        fmt::format("the cluster says: {} ({})", failureMessage(body), code);
    switch (code) {
    case kUnauthorized:
        return withHint(
            absl::UnauthenticatedError(message),
            "Renew the token or certificate of the kubeconfig.");
    case kForbidden:
        return withHint(
            absl::PermissionDeniedError(message),
            "Grant it with a Role and a RoleBinding; docs/kubernetes.md lists what is needed.");
    case kNotFound:
        return absl::NotFoundError(message);
    case kConflict:
    case kGone:
    case kUnprocessable:
        return absl::AbortedError(message);
    case kTooManyRequests:
        return absl::ResourceExhaustedError(message);
    default:
        return code >= kServerError ? absl::UnavailableError(message)
                                    : absl::FailedPreconditionError(message);
    }
}

} // namespace

struct KubernetesApi::Request
{
    const char* method = "GET";
    const std::string& path;
    const char* contentType = nullptr;
    const std::string* body = nullptr;
    absl::Duration limit;
    /// Of a watch.
    const OnEvent* onEvent = nullptr;
};

struct KubernetesApi::Answer
{
    long code = 0;
    std::string body;
    absl::Duration retryAfter = absl::ZeroDuration();
};

/// Handles with a connection each, and the token.
class KubernetesApi::Connections
{
public:
    explicit Connections(const ClusterAccess& access) : m_access(access) { initialise(); }

    Handle take()
    {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_free.empty()) {
                Handle handle = std::move(m_free.back());
                m_free.pop_back();
                return handle;
            }
        }
        Handle handle(curl_easy_init());
        if (handle != nullptr) {
            curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
            curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
            curl_easy_setopt(handle.get(), CURLOPT_USERAGENT, "pilothouse");
            curl_easy_setopt(handle.get(), CURLOPT_ACCEPT_ENCODING, "gzip");
            curl_easy_setopt(handle.get(), CURLOPT_TCP_NODELAY, 1L);
            setBlob(handle.get(), CURLOPT_CAINFO_BLOB, m_access.authorities);
            setBlob(handle.get(), CURLOPT_SSLCERT_BLOB, m_access.clientCertificate);
            setBlob(handle.get(), CURLOPT_SSLKEY_BLOB, m_access.clientKey);
        }
        return handle;
    }
    void give(Handle handle)
    {
        const std::lock_guard lock(m_mutex);
        if (m_free.size() < kKeptConnections) {
            m_free.push_back(std::move(handle));
        }
    }

    absl::StatusOr<std::string> token(bool anew)
    {
        if (m_access.tokenFile.empty()) {
            return m_access.token;
        }
        const std::lock_guard lock(m_mutex);
        const absl::Time now = absl::Now();
        if (anew || m_token.empty() || now > m_tokenTime + kTokenAge) {
            PH_ASSIGN_OR_RETURN(m_token, platform::readSmallFile(m_access.tokenFile));
            absl::StripAsciiWhitespace(&m_token);
            m_tokenTime = now;
        }
        return m_token;
    }

private:
    const ClusterAccess& m_access;
    std::mutex m_mutex;
    std::vector<Handle> m_free;
    std::string m_token;
    absl::Time m_tokenTime = absl::InfinitePast();
};

namespace {

/// What libcurl's callbacks fill.
struct Reading
{
    CURL* handle = nullptr;
    std::string body;
    std::string line;
    absl::Duration retryAfter = absl::ZeroDuration();
    const KubernetesApi::OnEvent* onEvent = nullptr;
    bool hasEnough = false;
    bool isTooLong = false;

    bool isEvents() const
    {
        long code = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
        return onEvent != nullptr && code == kOk;
    }
    bool readBody(std::string_view part)
    {
        isTooLong = body.size() + part.size() > kLargestBody;
        if (!isTooLong) {
            body += part;
        }
        return !isTooLong;
    }
    bool readLines(std::string_view part)
    {
        while (!part.empty()) {
            const std::size_t end = part.find('\n');
            line += part.substr(0, end);
            isTooLong = line.size() > kLongestLine;
            if (isTooLong) {
                return false;
            }
            if (end == std::string_view::npos) {
                return true;
            }
            part.remove_prefix(end + 1);
            hasEnough = !line.empty() && !(*onEvent)(line);
            line.clear();
            if (hasEnough) {
                return false;
            }
        }
        return true;
    }
};

std::size_t onBody(char* data, std::size_t size, std::size_t count, void* pointer)
{
    auto& reading = *static_cast<Reading*>(pointer);
    const std::string_view part(data, size * count);
    const bool goesOn = reading.isEvents() ? reading.readLines(part) : reading.readBody(part);
    return goesOn ? part.size() : 0;
}

std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* pointer)
{
    constexpr std::string_view kRetryAfter = "retry-after:";
    constexpr int kLongest = 3600;
    const std::string header = absl::AsciiStrToLower(std::string(data, size * count));
    if (header.starts_with(kRetryAfter)) {
        std::string value = header.substr(kRetryAfter.size());
        absl::StripAsciiWhitespace(&value);
        int seconds = 0;
        std::from_chars(value.data(), value.data() + value.size(), seconds);
        static_cast<Reading*>(pointer)->retryAfter =
            absl::Seconds(std::clamp(seconds, 0, kLongest));
    }
    return size * count;
}

HeaderList headersOf(const char* contentType, const std::string& token)
{
    curl_slist* list = curl_slist_append(nullptr, "Accept: application/json");
    if (contentType != nullptr) {
        list = curl_slist_append(list, fmt::format("Content-Type: {}", contentType).c_str());
    }
    if (!token.empty()) {
        list = curl_slist_append(list, fmt::format("Authorization: Bearer {}", token).c_str());
    }
    return HeaderList(list);
}

} // namespace

KubernetesApi::KubernetesApi(ClusterAccess access)
    : m_access(std::move(access)), m_connections(std::make_unique<Connections>(m_access))
{}

KubernetesApi::~KubernetesApi() = default;

absl::StatusOr<KubernetesApi::Answer> KubernetesApi::askOnce(
    const Request& request, const std::string& token) const
{
    Handle handle = m_connections->take();
    if (handle == nullptr) {
        return absl::ResourceExhaustedError("there is no memory for a connection");
    }
    CURL* curl = handle.get();
    const std::string url = m_access.server + request.path;
    const HeaderList headers = headersOf(request.contentType, token);
    Reading reading;
    reading.handle = curl;
    reading.onEvent = request.onEvent;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(
        curl, CURLOPT_TIMEOUT_MS, std::max<long>(absl::ToInt64Milliseconds(request.limit), 1));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reading);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, onHeader);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reading);
    if (request.body != nullptr) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body->size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body->data());
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method);
    const CURLcode result = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);
    Answer answer;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.code);
    if (reading.hasEnough) {
        return answer; // the connection is in the midst of an answer: it is not kept
    }
    if (reading.isTooLong) {
        return absl::ResourceExhaustedError("the cluster's answer is too large");
    }
    if (result == CURLE_OPERATION_TIMEDOUT) {
        return absl::DeadlineExceededError(fmt::format(
            "{} did not answer in {}", m_access.server, absl::FormatDuration(request.limit)));
    }
    if (result != CURLE_OK) {
        return absl::UnavailableError(
            fmt::format("{}: {}", m_access.server, curl_easy_strerror(result)));
    }
    m_connections->give(std::move(handle));
    answer.body = std::move(reading.body);
    answer.retryAfter = reading.retryAfter;
    return answer;
}

absl::StatusOr<KubernetesApi::Answer> KubernetesApi::ask(const Request& request) const
{
    PH_ASSIGN_OR_RETURN(const std::string token, m_connections->token(/*anew=*/false));
    PH_ASSIGN_OR_RETURN(Answer answer, askOnce(request, token));
    if (answer.code == kUnauthorized && !m_access.tokenFile.empty()) {
        PH_ASSIGN_OR_RETURN(const std::string renewed, m_connections->token(/*anew=*/true));
        if (renewed != token) {
            PH_ASSIGN_OR_RETURN(answer, askOnce(request, renewed));
        }
    }
    if (answer.code < kOk || answer.code > kLastOk) {
        absl::Status status = refusal(answer.code, answer.body);
        return answer.retryAfter > absl::ZeroDuration() ? withRetryDelay(status, answer.retryAfter)
                                                        : status;
    }
    return answer;
}

absl::StatusOr<std::string> KubernetesApi::get(const std::string& path, absl::Duration limit) const
{
    PH_ASSIGN_OR_RETURN(Answer answer, ask({"GET", path, nullptr, nullptr, limit}));
    return std::move(answer.body);
}

absl::StatusOr<std::string> KubernetesApi::patch(
    const std::string& path, Patch kind, const std::string& body, absl::Duration limit) const
{
    const char* type =
        kind == Patch::Json ? "application/json-patch+json" : "application/merge-patch+json";
    PH_ASSIGN_OR_RETURN(Answer answer, ask({"PATCH", path, type, &body, limit}));
    return std::move(answer.body);
}

absl::Status KubernetesApi::watch(
    const std::string& path, absl::Duration limit, const OnEvent& onEvent) const
{
    return ask({"GET", path, nullptr, nullptr, limit, &onEvent}).status();
}

std::string queryEncoded(std::string_view text)
{
    std::string encoded;
    for (const char character : text) {
        if (absl::ascii_isalnum(static_cast<unsigned char>(character)) || character == '-' ||
            character == '.' || character == '_' || character == '~') {
            encoded += character;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(character));
        }
    }
    return encoded;
}

} // namespace pilothouse::kubernetes
