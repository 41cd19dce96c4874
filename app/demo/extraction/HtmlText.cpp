// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/extraction/HtmlText.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace pilothouse::demo {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

/// Walks over a page tag by tag; markup is ASCII whatever the text's encoding is.
class TagReader
{
public:
    explicit TagReader(std::string_view html) : m_html(html) {}

    /// Text up to the next tag, then the tag's lower-case name ("/p" for an end tag, "!" for a
    /// comment).
    bool next(std::string_view& text, std::string& name)
    {
        if (m_at >= m_html.size()) {
            return false;
        }
        const auto open = m_html.find('<', m_at);
        text = m_html.substr(m_at, open == std::string_view::npos ? open : open - m_at);
        name.clear();
        if (open == std::string_view::npos) {
            m_at = m_html.size();
            return true;
        }
        if (m_html.substr(open, 4) == "<!--") {
            const auto close = m_html.find("-->", open + 4);
            m_at = close == std::string_view::npos ? m_html.size() : close + 3;
            name = "!";
            return true;
        }
        auto end = open + 1;
        while (end < m_html.size() && m_html[end] != '>' && !isSpace(m_html[end])) {
            name += static_cast<char>(std::tolower(static_cast<unsigned char>(m_html[end])));
            ++end;
        }
        const auto close = m_html.find('>', end);
        m_at = close == std::string_view::npos ? m_html.size() : close + 1;
        return true;
    }

    /// Past the end tag of a raw-text element such as script.
    void skipElement(std::string_view name)
    {
        for (auto at = m_html.find("</", m_at); at != std::string_view::npos;
             at = m_html.find("</", at + 2)) {
            const auto found = m_html.substr(at + 2, name.size());
            const bool same = std::equal(
                found.begin(), found.end(), name.begin(), name.end(), [](char left, char right) {
                    return std::tolower(static_cast<unsigned char>(left)) == right;
                });
            if (same) {
                const auto close = m_html.find('>', at);
                m_at = close == std::string_view::npos ? m_html.size() : close + 1;
                return;
            }
        }
        m_at = m_html.size();
    }

private:
    std::string_view m_html;
    std::size_t m_at = 0;
};

struct Entity
{
    std::string_view name;
    std::string_view text;
};

constexpr std::array<Entity, 7> kEntities{{
    {"&amp;", "&"},
    {"&lt;", "<"},
    {"&gt;", ">"},
    {"&quot;", "\""},
    {"&#39;", "'"},
    {"&nbsp;", " "},
    {"&mdash;", "-"},
}};

/// Appends text with entities decoded and runs of white space folded to one blank.
void appendText(std::string& out, std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '&') {
            const auto* entity =
                std::find_if(kEntities.begin(), kEntities.end(), [&](const Entity& candidate) {
                    return text.substr(at, candidate.name.size()) == candidate.name;
                });
            if (entity != kEntities.end()) {
                out += entity->text;
                at += entity->name.size();
                continue;
            }
        }
        if (!isSpace(c)) {
            out += c;
        } else if (!out.empty() && !isSpace(out.back())) {
            out += ' ';
        }
        ++at;
    }
}

bool isBlock(std::string_view name)
{
    constexpr std::array<std::string_view, 14> kBlocks{
        "/p",
        "br",
        "/h1",
        "/h2",
        "/h3",
        "/li",
        "/tr",
        "/div",
        "/section",
        "/article",
        "/table",
        "/title",
        "/form",
        "/header"};
    return std::find(kBlocks.begin(), kBlocks.end(), name) != kBlocks.end();
}

int countWords(std::string_view text)
{
    int words = 0;
    bool inWord = false;
    for (const char c : text) {
        const bool letter = !isSpace(c);
        words += letter && !inWord ? 1 : 0;
        inWord = letter;
    }
    return words;
}

double qualityOf(const PageShape& shape, std::size_t textBytes, int words)
{
    if (shape.bytes == 0 || words == 0) {
        return 0;
    }
    const double density =
        std::min(1.0, 2.0 * static_cast<double>(textBytes) / static_cast<double>(shape.bytes));
    const double structure = std::min(1.0, (shape.headings + shape.paragraphs) / 12.0);
    const double linkShare = std::min(1.0, 8.0 * shape.links / words);
    return std::clamp(0.55 * density + 0.45 * structure - 0.25 * linkShare, 0.0, 1.0);
}

} // namespace

PageShape shapeOf(std::string_view html)
{
    PageShape shape;
    shape.bytes = html.size();
    TagReader reader(html);
    std::string_view text;
    std::string name;
    while (reader.next(text, name)) {
        if (name == "script" || name == "style") {
            shape.scripts += name == "script" ? 1 : 0;
            reader.skipElement(name);
        } else if (name == "table") {
            ++shape.tables;
        } else if (name == "form") {
            ++shape.forms;
        } else if (name == "a") {
            ++shape.links;
        } else if (name == "p") {
            ++shape.paragraphs;
        } else if (name == "h1" || name == "h2" || name == "h3") {
            ++shape.headings;
        }
    }
    return shape;
}

Extraction extractText(std::string_view html, const PageShape& shape)
{
    Extraction result;
    TagReader reader(html);
    std::string_view text;
    std::string name;
    bool inTitle = false;
    while (reader.next(text, name)) {
        appendText(inTitle ? result.title : result.text, text);
        inTitle = name == "title";
        if (name == "script" || name == "style") {
            reader.skipElement(name);
        } else if (isBlock(name) && !result.text.empty() && result.text.back() != '\n') {
            result.text += '\n';
        }
    }
    result.words = countWords(result.text);
    result.quality = qualityOf(shape, result.text.size(), result.words);
    return result;
}

} // namespace pilothouse::demo
