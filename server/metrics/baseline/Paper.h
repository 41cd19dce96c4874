// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics::baseline {

/// A document of A4 pages on their side, filled from top to bottom: PDF 1.3 with the fonts that
/// every reader has. Letters that those fonts lack (beyond Latin-1) stand as \u{4E2D}, bytes that
/// are not UTF-8 as \x{FF}. Not thread-safe.
class Paper
{
public:
    explicit Paper(const std::string& title);
    ~Paper();
    Paper(const Paper&) = delete;
    Paper& operator=(const Paper&) = delete;

    void title(std::string_view text);
    void heading(std::string_view text);
    void paragraph(std::string_view text);
    void code(std::string_view text);

    /// Begins a table: the first column takes what the others leave. Its head stands again on each
    /// further page.
    void table(std::vector<std::string> heads);
    /// `detail` stands in small letters below `name`; both go on in further lines.
    void row(
        std::string_view name, std::string_view detail, const std::vector<std::string>& values);

    /// The whole document, with numbered pages. INTERNAL when it could not be made.
    absl::StatusOr<std::string> finish();

private:
    struct Document;
    std::unique_ptr<Document> m_document;
};

} // namespace pilothouse::metrics::baseline
