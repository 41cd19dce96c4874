// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/Paper.h"

#include "shared/base/Utf8.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <hpdf.h>
#include <utility>

namespace pilothouse::metrics::baseline {

namespace {

// Points, of which 72 are an inch.
constexpr float kMargin = 40;
constexpr float kValueWidth = 52;
constexpr float kGap = 8;
constexpr float kRowPadding = 3;
/// Longer than any line; libharu refuses to measure much more.
constexpr std::size_t kLongestLine = 1000;
constexpr float kLineSpacing = 1.35F;

struct Type
{
    const char* font;
    float size;
    float grey;

    float height() const { return size * kLineSpacing; }
};

constexpr Type kTitle{"Helvetica-Bold", 18, 0.1F};
constexpr Type kHeading{"Helvetica-Bold", 12, 0.1F};
constexpr Type kBody{"Helvetica", 9, 0.1F};
constexpr Type kHead{"Helvetica-Bold", 8, 0.35F};
constexpr Type kCode{"Courier", 7, 0.4F};
constexpr Type kFooter{"Helvetica", 7, 0.4F};

/// In the encoding of the fonts, WinAnsi, of which the parts that are Latin-1 are used.
std::string encoded(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const auto [length, letter] = characterAt(text);
        if (length == 0) {
            result += fmt::format("\\x{{{:02X}}}", static_cast<unsigned char>(text.front()));
        } else if ((letter >= 0x20 && letter < 0x7F) || (letter >= 0xA0 && letter <= 0xFF)) {
            result += static_cast<char>(letter);
        } else {
            result += fmt::format("\\u{{{:04X}}}", static_cast<std::uint32_t>(letter));
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

} // namespace

struct Paper::Document
{
    HPDF_Doc pdf = nullptr;
    std::vector<HPDF_Page> pages;
    std::vector<std::string> heads;
    /// From the lower edge of the page; what is written goes below.
    float y = 0;
    HPDF_STATUS error = HPDF_OK;

    HPDF_Page page() const { return pages.back(); }
    float width() const { return HPDF_Page_GetWidth(page()) - 2 * kMargin; }
    float firstWidth() const
    {
        return width() - kValueWidth * static_cast<float>(heads.empty() ? 0 : heads.size() - 1);
    }

    HPDF_Font font(const Type& type) const
    {
        return HPDF_GetFont(pdf, type.font, "WinAnsiEncoding");
    }

    void addPage()
    {
        HPDF_Page added = HPDF_AddPage(pdf);
        HPDF_Page_SetSize(added, HPDF_PAGE_SIZE_A4, HPDF_PAGE_LANDSCAPE);
        pages.push_back(added);
        y = HPDF_Page_GetHeight(added) - kMargin;
    }

    /// True when it began another page.
    bool makeRoom(float height)
    {
        if (y - height >= kMargin) {
            return false;
        }
        addPage();
        if (!heads.empty()) {
            drawHeads();
        }
        return true;
    }

    float widthOf(const Type& type, const std::string& line) const
    {
        HPDF_Page_SetFontAndSize(page(), font(type), type.size);
        return HPDF_Page_TextWidth(page(), line.c_str());
    }

    /// `line` is encoded, and its base stands at `base`.
    void draw(const Type& type, float x, float base, const std::string& line) const
    {
        HPDF_Page_SetFontAndSize(page(), font(type), type.size);
        HPDF_Page_SetGrayFill(page(), type.grey);
        HPDF_Page_BeginText(page());
        HPDF_Page_TextOut(page(), x, base, line.c_str());
        HPDF_Page_EndText(page());
    }

    void rule(float grey) const
    {
        HPDF_Page_SetLineWidth(page(), 0.5F);
        HPDF_Page_SetGrayStroke(page(), grey);
        HPDF_Page_MoveTo(page(), kMargin, y);
        HPDF_Page_LineTo(page(), kMargin + width(), y);
        HPDF_Page_Stroke(page());
    }

    /// Cut between words where that is possible.
    std::vector<std::string> lines(const Type& type, std::string_view text, float room) const
    {
        const std::string whole = encoded(text);
        std::string_view rest = whole;
        std::vector<std::string> result;
        while (!rest.empty() && error == HPDF_OK) {
            const std::string_view part = rest.substr(0, kLongestLine);
            const auto fits = [&](HPDF_BOOL byWords) -> std::size_t {
                return HPDF_Font_MeasureText(
                    font(type),
                    reinterpret_cast<const HPDF_BYTE*>(part.data()),
                    static_cast<HPDF_UINT>(part.size()),
                    room,
                    type.size,
                    0,
                    0,
                    byWords,
                    nullptr);
            };
            std::size_t length = fits(HPDF_TRUE);
            if (length == 0) {
                length = std::max<std::size_t>(fits(HPDF_FALSE), 1);
            }
            result.emplace_back(rest.substr(0, length));
            rest.remove_prefix(length);
            rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        }
        return result;
    }

    void flow(const Type& type, std::string_view text)
    {
        for (const std::string& line : lines(type, text, width())) {
            makeRoom(type.height());
            y -= type.height();
            draw(type, kMargin, y, line);
        }
    }

    void drawValues(
        const Type& type, const std::vector<std::string>& values, std::size_t from) const
    {
        float right = kMargin + firstWidth();
        for (std::size_t index = from; index < values.size(); ++index) {
            right += kValueWidth;
            const std::string line = encoded(values[index]);
            draw(type, right - widthOf(type, line), y, line);
        }
    }

    void drawHeads()
    {
        y -= kHead.height();
        draw(kHead, kMargin, y, encoded(heads.front()));
        drawValues(kHead, heads, 1);
        y -= kRowPadding;
        rule(0.4F);
    }
};

Paper::Paper(const std::string& title) : m_document(std::make_unique<Document>())
{
    // The first error is kept: after it libharu refuses everything, which is told at the end.
    const auto onError = [](HPDF_STATUS error, HPDF_STATUS, void* document) {
        auto& kept = static_cast<Document*>(document)->error;
        kept = kept == HPDF_OK ? error : kept;
    };
    m_document->pdf = HPDF_New(onError, m_document.get());
    HPDF_SetCompressionMode(m_document->pdf, HPDF_COMP_TEXT);
    HPDF_SetInfoAttr(m_document->pdf, HPDF_INFO_TITLE, encoded(title).c_str());
    HPDF_SetInfoAttr(m_document->pdf, HPDF_INFO_CREATOR, "Pilothouse");
    m_document->addPage();
}

Paper::~Paper()
{
    HPDF_Free(m_document->pdf);
}

void Paper::title(std::string_view text)
{
    m_document->flow(kTitle, text);
    m_document->y -= kGap;
}

void Paper::heading(std::string_view text)
{
    m_document->heads.clear();
    // Not alone at the foot of a page.
    m_document->makeRoom(4 * kHeading.height());
    m_document->y -= 2 * kGap;
    m_document->flow(kHeading, text);
    m_document->y -= kGap / 2;
}

void Paper::paragraph(std::string_view text)
{
    m_document->flow(kBody, text);
}

void Paper::code(std::string_view text)
{
    m_document->flow(kCode, text);
}

void Paper::table(std::vector<std::string> heads)
{
    m_document->heads.clear();
    m_document->makeRoom(3 * kBody.height());
    m_document->y -= kGap;
    m_document->heads = std::move(heads);
    m_document->drawHeads();
}

void Paper::row(
    std::string_view name, std::string_view detail, const std::vector<std::string>& values)
{
    Document& paper = *m_document;
    const float room = paper.firstWidth() - kGap;
    std::vector<std::pair<const Type*, std::string>> lines;
    for (std::string& line : paper.lines(kBody, name, room)) {
        lines.emplace_back(&kBody, std::move(line));
    }
    for (std::string& line : paper.lines(kCode, detail, room)) {
        lines.emplace_back(&kCode, std::move(line));
    }
    float height = 2 * kRowPadding;
    for (const auto& [type, line] : lines) {
        height += type->height();
    }
    // One that is longer than a page is cut between its lines.
    if (height < HPDF_Page_GetHeight(paper.page()) - 4 * kMargin) {
        paper.makeRoom(height);
    }
    paper.y -= kRowPadding;
    bool isFirst = true;
    for (const auto& [type, line] : lines) {
        paper.makeRoom(type->height());
        paper.y -= type->height();
        paper.draw(*type, kMargin, paper.y, line);
        if (isFirst) {
            paper.drawValues(kBody, values, 0);
            isFirst = false;
        }
    }
    paper.y -= kRowPadding;
    paper.rule(0.85F);
}

absl::StatusOr<std::string> Paper::finish()
{
    Document& paper = *m_document;
    const std::vector<HPDF_Page> pages = paper.pages;
    for (std::size_t index = 0; index < pages.size(); ++index) {
        paper.pages = {pages[index]};
        const std::string line = fmt::format("{} / {}", index + 1, pages.size());
        paper.draw(
            kFooter, kMargin + paper.width() - paper.widthOf(kFooter, line), kMargin / 2, line);
    }
    paper.pages = pages;
    HPDF_SaveToStream(paper.pdf);
    std::string content(HPDF_GetStreamSize(paper.pdf), '\0');
    auto size = static_cast<HPDF_UINT32>(content.size());
    HPDF_ReadFromStream(paper.pdf, reinterpret_cast<HPDF_BYTE*>(content.data()), &size);
    // Reaching the end of the stream is no error of the document.
    if (content.empty() || (paper.error != HPDF_OK && paper.error != HPDF_STREAM_EOF) ||
        size != content.size()) {
        return absl::InternalError(
            fmt::format("the PDF could not be made (libharu error {:#06x})", paper.error));
    }
    return content;
}

} // namespace pilothouse::metrics::baseline
