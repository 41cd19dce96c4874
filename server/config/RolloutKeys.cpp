// SPDX-License-Identifier: Apache-2.0
#include "server/config/KeyKinds.h"
#include "server/config/Values.h"
#include "shared/rollouts/Rollout.h"

namespace pilothouse::config {

namespace {

constexpr int kMostServers = 1000;
constexpr int kWholeCapacity = 100;
/// Half of all requests: more is no margin any more.
constexpr int kLargestMargin = 5000;
/// With more, neither side would have the traffic.
constexpr int kLargestHoldBack = 50;

} // namespace

std::vector<Key<RolloutApplication>> rolloutKeys()
{
    using Keyed = RolloutApplication;
    return {
        textKey<Keyed>("name", "Of the application; needed, and unique.\n", PH_FIELD(name)),
        choiceKey<Keyed>(
            "driver",
            "What carries its traffic: \"haproxy\", \"kubernetes\" or \"argo-rollouts\".\n",
            {"haproxy", "kubernetes", "argo-rollouts"},
            PH_FIELD(driver)),
        textKey<Keyed>(
            "listen",
            "Where the server's own HAProxy takes the application's traffic, \"host:port\". Empty: "
            "an HAProxy of yours carries it, by haproxy_socket and map_file.\n",
            PH_FIELD(listen)),
        textKey<Keyed>(
            "preview_listen",
            "With listen: where the side without the traffic answers. Empty: nowhere.\n",
            PH_FIELD(previewListen)),
        textKey<Keyed>(
            "health_path",
            "With listen: what its checks ask each server for; 2xx and 3xx are healthy. Empty: "
            "they only connect.\n",
            PH_FIELD(healthPath)),
        hostPortListKey<Keyed>(
            "blue_servers",
            "With listen: the servers of the one side, \"host:port\", where somebody else runs "
            "them.\n",
            PH_FIELD(blueServers)),
        hostPortListKey<Keyed>(
            "green_servers", "The same of the other side.\n", PH_FIELD(greenServers)),
        numberKey<Keyed>(
            "instances",
            "With listen and commands: processes of a side. A [[scaling.policies]] with this "
            "application may change it.\n",
            1,
            kMostServers,
            PH_FIELD(instances)),
        numberKey<Keyed>(
            "first_port",
            "With listen and commands: blue's processes get this port of 127.0.0.1, the next but "
            "one and so on, green's those between.\n",
            0,
            kLastPort,
            PH_FIELD(firstPort)),
        pathKey<Keyed>(
            "haproxy_socket",
            "HAProxy's stats socket (\"stats socket PATH level admin\"); needed with an HAProxy of "
            "yours.\n",
            PathMustBe::Anything,
            PH_FIELD(haproxySocket)),
        pathKey<Keyed>(
            "map_file",
            "The map that names the backend with the traffic, exactly as in HAProxy's "
            "configuration; needed with an HAProxy of yours.\n"
            "The server must be able to write it and its folder.\n",
            PathMustBe::Anything,
            PH_FIELD(mapFile)),
        textKey<Keyed>(
            "map_key", "Key whose value is the backend with the traffic.\n", PH_FIELD(mapKey)),
        textKey<Keyed>(
            "preview_key",
            "Key whose value is the other backend; both change at once. Empty: there is none.\n",
            PH_FIELD(previewKey)),
        textKey<Keyed>(
            "split_key",
            "Key whose value is how many requests of a hundred go to the other backend; HAProxy's "
            "configuration must use it.\n"
            "Empty: all traffic goes to one.\n",
            PH_FIELD(splitKey)),
        textKey<Keyed>(
            "blue",
            "HAProxy's backend of the one side, or its value of the selector's key.\n",
            PH_FIELD(blueBackend)),
        textKey<Keyed>("green", "The same of the other side.\n", PH_FIELD(greenBackend)),
        pathKey<Keyed>(
            "kubeconfig",
            "Where the cluster is, and as whom it is asked. Empty: the account of the pod that the "
            "server runs in.\n",
            PathMustBe::Anything,
            PH_FIELD(kubeconfig)),
        textKey<Keyed>(
            "kube_context",
            "Context of the kubeconfig. Empty: its current one.\n",
            PH_FIELD(kubeContext)),
        textKey<Keyed>("namespace", "Empty: the context's.\n", PH_FIELD(nameSpace)),
        textKey<Keyed>(
            "service",
            "The Kubernetes Service with the traffic; needed with Kubernetes.\n",
            PH_FIELD(service)),
        textKey<Keyed>(
            "rollout",
            "The Rollout of Argo Rollouts, with the strategy blueGreen and autoPromotionEnabled: "
            "false; needed with argo-rollouts.\n",
            PH_FIELD(rollout)),
        textKey<Keyed>(
            "preview_service",
            "The Service that selects the other side. Empty: there is none.\n",
            PH_FIELD(previewService)),
        textKey<Keyed>(
            "selector_key",
            "Key of the Services' selectors, and label of the pods, whose value is blue or "
            "green.\n",
            PH_FIELD(selectorKey)),
        textKey<Keyed>(
            "blue_deployment",
            "Deployment of the one side: a rollout scales the candidate up to what the other side "
            "has, and the old side to 0\n"
            "when it is released. Empty: nothing is scaled.\n",
            PH_FIELD(blueDeployment)),
        textKey<Keyed>(
            "green_deployment", "The same of the other side.\n", PH_FIELD(greenDeployment)),
        textKey<Keyed>(
            "responses_query",
            "PromQL over the server's metrics that counts the responses of a side; $side stands "
            "for blue or green, and with argo-rollouts\n"
            "for the value of the label rollouts-pod-template-hash. Needed by slow_responses_query "
            "and, in a cluster, by compare: HAProxy counts itself.\n",
            PH_FIELD(responsesQuery)),
        textKey<Keyed>(
            "server_errors_query",
            "In a cluster: the same for responses with a status of 500 and above. Needed by "
            "compare.\n",
            PH_FIELD(serverErrorsQuery)),
        textKey<Keyed>(
            "client_errors_query",
            "In a cluster: the same for responses with a status of 400 to 499. Needed by "
            "compare_client_errors.\n",
            PH_FIELD(clientErrorsQuery)),
        textKey<Keyed>(
            "slow_responses_query",
            "The same for responses that took too long, say sum(request_seconds_count{side='$side'}"
            ") - sum(request_seconds_bucket{side='$side',le='0.5'}).\n"
            "With it their share is compared, too.\n",
            PH_FIELD(slowResponsesQuery)),
        textListKey<Keyed>(
            "blue_command",
            "With HAProxy on this host: program and arguments of each server of the one side, with "
            "its {address} and {port}.\n"
            "The server runs them then: [\"/opt/shop/blue/serve\", \"--port\", \"{port}\"]. Empty: "
            "somebody else does.\n",
            PH_FIELD(blueCommand)),
        textListKey<Keyed>(
            "green_command", "The same of the other side.\n", PH_FIELD(greenCommand)),
        textKey<Keyed>(
            "run_as",
            "Account that these programs run as. Empty: the server's own, or, when that is root, "
            "an unprivileged one.\n",
            PH_FIELD(runAs)),
        numberKey<Keyed>(
            "servers_needed",
            "Servers of a side that must be up before it gets the traffic.\n",
            1,
            kMostServers,
            PH_FIELD(serversNeeded)),
        numberKey<Keyed>(
            "capacity_percent",
            "Servers of the candidate that must be up before it is promoted, in percent of those "
            "that are up of the side with the traffic. 0: it is no gate.\n",
            0,
            kWholeCapacity,
            PH_FIELD(capacityPercent)),
        switchKey<Keyed>(
            "compare",
            "Compares the candidate's answers with those of the side with the traffic; its "
            "verdict is a gate.\n"
            "The candidate needs some traffic for that: a preview frontend, a mirror.\n",
            PH_FIELD(compare)),
        switchKey<Keyed>(
            "compare_client_errors",
            "Compares 4xx answers, too, not only 5xx.\n",
            PH_FIELD(compareClientErrors)),
        numberKey<Keyed>(
            "margin_basis_points",
            "By how much the candidate's share of errors may be greater, in hundredths of a "
            "percentage point.\n",
            1,
            kLargestMargin,
            PH_FIELD(marginBasisPoints)),
        durationKey<Keyed>(
            "compare_least",
            "The comparison lasts at least so long before it says promote.\n",
            absl::ZeroDuration(),
            kOneDay,
            PH_FIELD(compareLeast)),
        durationKey<Keyed>(
            "compare_most",
            "After so long without a verdict a person decides.\n",
            absl::Seconds(1),
            kOneDay,
            PH_FIELD(compareMost)),
        durationKey<Keyed>(
            "keep_warm",
            "The old side is kept for so long after a promotion, to roll back to at once.\n",
            absl::ZeroDuration(),
            kOneDay * 30,
            PH_FIELD(keepWarm)),
        durationKey<Keyed>(
            "drain_most",
            "What the old side still answers is waited for at most so long before it is "
            "released.\n",
            absl::ZeroDuration(),
            kOneDay,
            PH_FIELD(drainMost)),
        numberListKey<Keyed>(
            "traffic_steps",
            "So many requests of a hundred go to the new side before it is promoted, one step "
            "after the other, each asked for: [5, 25, 50].\n"
            "With an HAProxy of yours it needs split_key.\n",
            1,
            rollouts::kMostCandidatePercent,
            PH_FIELD(trafficSteps)),
        numberKey<Keyed>(
            "hold_back",
            "So many requests of a hundred stay on the old side while it is kept warm: what the "
            "new one is compared with.\n"
            "With an HAProxy of yours it needs split_key.\n",
            0,
            kLargestHoldBack,
            PH_FIELD(holdBackPercent)),
        switchKey<Keyed>(
            "automatic_rollback",
            "While the old side is kept warm, rolls back what turns out worse: than the requests "
            "held back on the old side, or,\n"
            "with hold_back = 0, than the old side was before. Then an outage of something that "
            "both need rolls back, too.\n",
            PH_FIELD(automaticRollback)),
        switchKey<Keyed>(
            "require_approval",
            "In production a second person approves each promotion.\n",
            PH_FIELD(requireApproval)),
    };
}

} // namespace pilothouse::config
