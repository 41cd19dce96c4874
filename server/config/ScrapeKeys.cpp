// SPDX-License-Identifier: Apache-2.0
#include "server/config/KeyKinds.h"

namespace pilothouse::config {

namespace {

absl::Status checkMetricsPath(const std::string& path)
{
    return path.empty() || path.front() != '/' ? expected("a path that begins with /")
                                               : absl::OkStatus();
}

} // namespace

std::vector<Key<ScrapeJob>> scrapeKeys()
{
    Key<ScrapeJob> path =
        textKey<ScrapeJob>("metrics_path", "Path of the exposition.\n", PH_FIELD(metricsPath));
    path.read = [read = path.read](const toml::node& node, const Path& folder, ScrapeJob& job) {
        PH_RETURN_IF_ERROR(read(node, folder, job));
        return checkMetricsPath(job.metricsPath);
    };
    return {
        textKey<ScrapeJob>(
            "job", "The job label of its series; needed, and unique.\n", PH_FIELD(job)),
        durationKey<ScrapeJob>(
            "interval",
            "Between two scrapes of a target.\n",
            absl::Milliseconds(100),
            kOneDay,
            PH_FIELD(interval)),
        durationKey<ScrapeJob>(
            "timeout",
            "A scrape that takes longer counts as failed; at most the interval.\n",
            kShortest,
            kOneDay,
            PH_FIELD(timeout)),
        path,
        choiceKey<ScrapeJob>("scheme", "http or https.\n", {"http", "https"}, PH_FIELD(scheme)),
        pathKey<ScrapeJob>(
            "ca_file",
            "PEM of the CAs that https targets are checked against. Empty: the system's.\n",
            PathMustBe::ReadableFile,
            PH_FIELD(caFile)),
        secretFileKey<ScrapeJob>(
            "token_file",
            "File whose first line is sent to the targets as bearer token.\n",
            PH_FIELD(token)),
        hostPortListKey<ScrapeJob>(
            "targets", "Addresses to scrape, \"host:port\".\n", PH_FIELD(targets)),
        pathListKey<ScrapeJob>(
            "files",
            "Prometheus file_sd files (JSON or YAML) with further targets; globs; re-read on "
            "change.\n",
            PH_FIELD(files)),
        labelsKey<ScrapeJob>(
            "labels", "Labels added to every series of the job.\n", PH_FIELD(labels)),
        sizeKey<ScrapeJob>(
            "body_limit", "A larger answer is refused.\n", 1024, PH_FIELD(bodyLimitBytes)),
        numberKey<ScrapeJob>(
            "sample_limit",
            "An answer with more samples is refused.\n",
            1,
            kNoLimit,
            PH_FIELD(sampleLimit)),
        numberKey<ScrapeJob>(
            "label_limit",
            "An answer with more labels on a series is refused.\n",
            1,
            kNoLimit,
            PH_FIELD(labelLimit)),
        numberKey<ScrapeJob>(
            "label_value_limit",
            "An answer with a longer label value (bytes) is refused.\n",
            1,
            kNoLimit,
            PH_FIELD(labelValueLimit)),
    };
}

} // namespace pilothouse::config
