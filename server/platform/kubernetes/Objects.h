// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

// What this project reads of Kubernetes' objects, from the JSON of its API. Everything that is not
// as the API describes it is INVALID_ARGUMENT; what is missing is empty.
namespace pilothouse::kubernetes {

struct Service
{
    std::string resourceVersion;
    std::map<std::string, std::string> selector;
    std::map<std::string, std::string> annotations;
};

struct Pod
{
    std::string name;
    std::string address;
    std::map<std::string, std::string> labels;
    /// As its condition Ready says.
    bool isReady = false;
    bool isTerminating = false;
    /// Of all its containers.
    int restarts = 0;
};

struct Endpoint
{
    std::string address;
    /// Name of the pod behind it, where it is told.
    std::string pod;
    bool isReady = false;
};

struct EndpointSlice
{
    std::string name;
    std::vector<Endpoint> endpoints;
};

struct EndpointSlices
{
    /// To watch from.
    std::string resourceVersion;
    std::vector<EndpointSlice> slices;
};

/// One line of a watch.
struct EndpointSliceEvent
{
    /// "ADDED", "MODIFIED", "DELETED"; "ERROR" when the list must be read again.
    std::string type;
    EndpointSlice slice;
};

/// Of a Deployment or whatever else has a subresource "scale".
struct Scale
{
    /// Of the object itself.
    std::string resourceVersion;
    int wanted = 0;
    int present = 0;
};

struct Deployment
{
    std::string resourceVersion;
    /// Replicas that there should be, and those that are ready.
    int wanted = 0;
    int ready = 0;
};

/// A HorizontalPodAutoscaler, and what it scales.
struct Autoscaler
{
    std::string name;
    std::string targetKind;
    std::string targetName;
};

absl::StatusOr<Service> parseService(std::string_view json);
absl::StatusOr<std::vector<Pod>> parsePods(std::string_view json);
absl::StatusOr<EndpointSlices> parseEndpointSlices(std::string_view json);
absl::StatusOr<EndpointSliceEvent> parseEndpointSliceEvent(std::string_view json);
absl::StatusOr<Scale> parseScale(std::string_view json);
absl::StatusOr<Deployment> parseDeployment(std::string_view json);
absl::StatusOr<std::vector<Autoscaler>> parseAutoscalers(std::string_view json);

/// What the API answered instead: the message of its Status object, at most a few hundred bytes.
std::string failureMessage(std::string_view body);

} // namespace pilothouse::kubernetes
