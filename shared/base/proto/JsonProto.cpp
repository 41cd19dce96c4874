// SPDX-License-Identifier: Apache-2.0
#include "shared/base/proto/JsonProto.h"

#include <google/protobuf/util/json_util.h>

namespace pilothouse {

std::string toJson(const google::protobuf::Message& message)
{
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    std::string text;
    // Fails only for an Any of an unknown type, which the contract does not have.
    const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
    return status.ok() ? text : std::string("{}");
}

absl::Status fromJson(const std::string& text, google::protobuf::Message& message)
{
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto status = google::protobuf::util::JsonStringToMessage(text, &message, options);
    if (!status.ok()) {
        return absl::InternalError(
            "stored " + message.GetTypeName() + " cannot be read: " + status.ToString());
    }
    return absl::OkStatus();
}

} // namespace pilothouse
