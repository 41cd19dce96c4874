// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/TokenStream.h"

namespace pilothouse::metrics::promql {

/// The part of the parser that reads `name{label="value"}`.
class SelectorParser : protected TokenStream
{
public:
    using TokenStream::TokenStream;

    absl::StatusOr<VectorSelector> vectorSelector();

private:
    absl::Status labelMatchers(VectorSelector& selector);
    absl::Status labelMatcher(VectorSelector& selector);
    absl::Status checkRegex(const LabelMatcher& matcher, std::size_t offset) const;
    bool matchesEmpty(const LabelMatcher& matcher) const;
};

} // namespace pilothouse::metrics::promql
