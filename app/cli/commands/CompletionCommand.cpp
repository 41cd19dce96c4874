// SPDX-License-Identifier: GPL-3.0-or-later
// completion bash|zsh|fish, made from the commands themselves.
#include "app/cli/commands/Command.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::cli {

namespace {

using Words = std::vector<std::string>;

/// A command with its path ("metrics query"; empty for the program) and what may follow it.
struct Node
{
    std::string path;
    std::string description;
    Words commands;
    std::vector<std::pair<std::string, std::string>> options;
};

/// Single-quoted for a shell.
std::string shellQuoted(const std::string& text)
{
    std::string result = "'";
    for (const char character : text) {
        result += character == '\'' ? std::string("'\\''") : std::string(1, character);
    }
    return result + "'";
}

void collect(const CLI::App& app, const std::string& path, std::vector<Node>& nodes)
{
    Node node{path, app.get_description(), {}, {}};
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            node.options.emplace_back("--" + name, option->get_description());
        }
    }
    const auto children = app.get_subcommands([](const CLI::App*) { return true; });
    for (const CLI::App* child : children) {
        node.commands.push_back(child->get_name());
    }
    nodes.push_back(std::move(node));
    for (const CLI::App* child : children) {
        collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(), nodes);
    }
}

Words wordsOf(const Node& node, const Node& root)
{
    Words words = node.commands;
    for (const auto& [name, description] : node.options) {
        words.push_back(name);
    }
    // Global flags may stand anywhere.
    for (const auto& [name, description] : root.options) {
        if (std::ranges::find(words, name) == words.end()) {
            words.push_back(name);
        }
    }
    return words;
}

std::string bashScript(const std::vector<Node>& nodes)
{
    std::string cases;
    for (const auto& node : nodes) {
        cases += fmt::format(
            "        {}) words={} ;;\n",
            shellQuoted(node.path),
            shellQuoted(fmt::format("{}", fmt::join(wordsOf(node, nodes.front()), " "))));
    }
    std::string paths;
    for (const auto& node : nodes) {
        paths += node.path.empty() ? "" : " " + shellQuoted(node.path);
    }
    return fmt::format(
        R"(# bash completion of pilothousectl: source <(pilothousectl completion bash)
_pilothousectl() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="" path="" word words candidate
    [ "$COMP_CWORD" -gt 0 ] && previous="${{COMP_WORDS[COMP_CWORD-1]}}"
    local known=({})
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        for candidate in "${{known[@]}}"; do
            if [ "${{path:+$path }}$word" = "$candidate" ]; then path="$candidate"; break; fi
        done
    done
    case "$previous" in
        --output) COMPREPLY=($(compgen -W 'table json' -- "$current")); return ;;
        --*file|--ca) COMPREPLY=($(compgen -f -- "$current")); return ;;
    esac
    case "$path" in
{}    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -F _pilothousectl pilothousectl
)",
        paths.empty() ? "" : paths.substr(1),
        cases);
}

std::string zshScript(const std::vector<Node>& nodes)
{
    // zsh runs bash's completion functions, so that there is one to keep right.
    return "#compdef pilothousectl\n# zsh completion of pilothousectl: source <(pilothousectl "
           "completion "
           "zsh)\nautoload -U +X bashcompinit && bashcompinit\n" +
           bashScript(nodes);
}

std::string fishScript(const std::vector<Node>& nodes)
{
    std::string script =
        "# fish completion of pilothousectl: pilothousectl completion fish | source\n"
        "complete -c pilothousectl -f\n";
    for (const auto& node : nodes) {
        // At this command: all of its words were given, and none of its own commands yet.
        std::string condition;
        std::string_view rest = node.path;
        while (!rest.empty()) {
            const std::string_view word = rest.substr(0, rest.find(' '));
            condition += fmt::format("__fish_seen_subcommand_from {}; and ", word);
            rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        }
        const std::string commands = fmt::format("{}", fmt::join(node.commands, " "));
        condition += node.commands.empty()
                         ? "true"
                         : fmt::format("not __fish_seen_subcommand_from {}", commands);
        for (const auto& command : node.commands) {
            const std::string path = node.path.empty() ? command : node.path + " " + command;
            const auto child = std::ranges::find(nodes, path, &Node::path);
            script += fmt::format(
                "complete -c pilothousectl -n {} -a {} -d {}\n",
                shellQuoted(condition),
                command,
                shellQuoted(child->description));
        }
        for (const auto& [name, description] : node.options) {
            script += fmt::format(
                "complete -c pilothousectl -n {} -l {} -d {}\n",
                shellQuoted(node.path.empty() ? "true" : condition),
                name.substr(2),
                shellQuoted(description));
        }
    }
    return script;
}

} // namespace

void addCompletionCommand(CLI::App& app, Context& context)
{
    CLI::App* command = app.add_subcommand("completion", "Completion script for a shell");
    const auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->footer("\nExample:\n  source <(pilothousectl completion bash)");
    command->callback([&app, &context, shell] {
        context.run = [&app, &context, shell] {
            std::vector<Node> nodes;
            collect(app, "", nodes);
            context.printer.line(
                *shell == "bash"  ? bashScript(nodes)
                : *shell == "zsh" ? zshScript(nodes)
                                  : fishScript(nodes));
            return absl::OkStatus();
        };
    });
}

} // namespace pilothouse::cli
