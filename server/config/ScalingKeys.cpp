// SPDX-License-Identifier: Apache-2.0
#include "server/config/KeyKinds.h"
#include "shared/scaling/Policy.h"

namespace pilothouse::config {

namespace {

constexpr double kLargestTarget = 1e15;
/// A ratio of 2 must count for something.
constexpr double kLargestTolerance = 0.9;

} // namespace

std::vector<Key<Config>> scalingKeys()
{
    return {
        durationKey<Config>(
            "scaling.interval",
            "Between two looks at each [[scaling.policies]].\n",
            absl::Milliseconds(100),
            absl::Minutes(5),
            PH_FIELD(scaling.interval)),
    };
}

std::vector<Key<ScalingPolicy>> scalingPolicyKeys()
{
    using Keyed = ScalingPolicy;
    return {
        textKey<Keyed>("name", "Of the policy; needed, and unique.\n", PH_FIELD(name)),
        textKey<Keyed>("title", "What operators read. Empty: the name.\n", PH_FIELD(title)),
        choiceKey<Keyed>(
            "mode",
            "\"recommend\": says how many instances there should be. \"act\": scales the "
            "deployment or the application.\n",
            {"recommend", "act"},
            PH_FIELD(mode)),
        numberKey<Keyed>(
            "minimum", "Never fewer instances.\n", 1, scaling::kMostInstances, PH_FIELD(minimum)),
        numberKey<Keyed>("maximum", "Never more.\n", 1, scaling::kMostInstances, PH_FIELD(maximum)),
        decimalKey<Keyed>(
            "tolerance",
            "A metric that is off its target by no more than this share changes nothing.\n",
            0,
            kLargestTolerance,
            PH_FIELD(tolerance)),
        textKey<Keyed>(
            "ready_query",
            "Without a deployment and an application: PromQL over the server's metrics for how "
            "many "
            "instances are ready.\n",
            PH_FIELD(readyQuery)),
        pathKey<Keyed>(
            "kubeconfig",
            "Where the deployment's cluster is, and as whom it is asked. Empty: the account of the "
            "pod that the server runs in.\n",
            PathMustBe::Anything,
            PH_FIELD(kubeconfig)),
        textKey<Keyed>(
            "kube_context",
            "Context of the kubeconfig. Empty: its current one.\n",
            PH_FIELD(kubeContext)),
        textKey<Keyed>("namespace", "Empty: the context's.\n", PH_FIELD(nameSpace)),
        textKey<Keyed>(
            "deployment",
            "The Kubernetes Deployment whose pods are counted, and scaled with mode = \"act\". "
            "Nothing else may scale it.\n",
            PH_FIELD(deployment)),
        textKey<Keyed>(
            "application",
            "Name of the [[rollouts.applications]] whose servers are counted, and scaled with mode "
            "= \"act\": processes (blue_command), Deployments (blue_deployment) or a Rollout.\n",
            PH_FIELD(application)),
        durationKey<Keyed>(
            "up_stabilisation",
            "More instances only when they were asked for all this time.\n",
            absl::ZeroDuration(),
            scaling::kLongestStabilisation,
            PH_FIELD(upStabilisation)),
        textListKey<Keyed>(
            "up_policies",
            "How many instances may be added in which time: \"4 / 15s\", or \"100% / 15s\" of "
            "those that there were.\n"
            "[]: no limit.\n",
            PH_FIELD(upRates)),
        choiceKey<Keyed>(
            "up_select",
            "Of several up_policies, the one that allows most (\"max\") or least (\"min\") counts. "
            "\"disabled\": none are ever added.\n",
            {"max", "min", "disabled"},
            PH_FIELD(upSelect)),
        durationKey<Keyed>(
            "down_stabilisation",
            "Fewer instances only when no more were asked for in all this time.\n",
            absl::ZeroDuration(),
            scaling::kLongestStabilisation,
            PH_FIELD(downStabilisation)),
        textListKey<Keyed>(
            "down_policies", "How many may be taken away in which time.\n", PH_FIELD(downRates)),
        choiceKey<Keyed>(
            "down_select", "As up_select.\n", {"max", "min", "disabled"}, PH_FIELD(downSelect)),
    };
}

std::vector<Key<ScalingMetric>> scalingMetricKeys()
{
    using Keyed = ScalingMetric;
    return {
        textKey<Keyed>(
            "policy",
            "Name of the [[scaling.policies]] that it is for; needed.\n",
            PH_FIELD(policy)),
        textKey<Keyed>("name", "What operators read; needed.\n", PH_FIELD(name)),
        textKey<Keyed>(
            "expression", "PromQL over the server's metrics; needed.\n", PH_FIELD(expression)),
        decimalKey<Keyed>(
            "target",
            "What one instance should have of it; needed.\n",
            0,
            kLargestTarget,
            PH_FIELD(target)),
        textKey<Keyed>("unit", "For people: \"requests/s\".\n", PH_FIELD(unit)),
        choiceKey<Keyed>(
            "measures",
            "What the expression answers: \"average\": one number, an instance's share. \"each\": "
            "a "
            "number for each instance.\n"
            "\"total\": one number for all together, such as the length of a queue.\n",
            {"average", "each", "total"},
            PH_FIELD(measures)),
    };
}

} // namespace pilothouse::config
