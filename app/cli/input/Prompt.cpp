// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/input/Prompt.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace pilothouse::cli {

namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxFile = 1 << 20;

/// The controlling terminal, with echo switched off while asked for a secret.
class TerminalInput
{
public:
    TerminalInput() : m_descriptor(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {}
    ~TerminalInput()
    {
        if (m_isSilent) {
            ::tcsetattr(m_descriptor, TCSAFLUSH, &m_before);
        }
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
        }
    }
    TerminalInput(const TerminalInput&) = delete;
    TerminalInput& operator=(const TerminalInput&) = delete;

    bool isOpen() const { return m_descriptor >= 0; }

    bool silence()
    {
        if (::tcgetattr(m_descriptor, &m_before) != 0) {
            return false;
        }
        termios silent = m_before;
        // Without signals, too: Ctrl+C must not leave the terminal without echo.
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        m_isSilent = ::tcsetattr(m_descriptor, TCSAFLUSH, &silent) == 0;
        return m_isSilent;
    }

    void say(std::string_view text)
    {
        [[maybe_unused]] const ssize_t written = ::write(m_descriptor, text.data(), text.size());
    }

    absl::StatusOr<std::string> readLine()
    {
        constexpr char kInterrupt = 3;
        std::string line;
        char character = 0;
        while (line.size() < kMaxLine) {
            const ssize_t got = ::read(m_descriptor, &character, 1);
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got <= 0 || character == kInterrupt) {
                return absl::CancelledError("cancelled");
            }
            if (character == '\n') {
                return line;
            }
            line += character;
        }
        return absl::InvalidArgumentError("the line is too long");
    }

private:
    int m_descriptor;
    bool m_isSilent = false;
    termios m_before{};
};

absl::Status noTerminal()
{
    return absl::FailedPreconditionError("there is no terminal to ask on");
}

} // namespace

bool canAsk()
{
    return TerminalInput().isOpen();
}

absl::StatusOr<std::string> ask(std::string_view question)
{
    TerminalInput terminal;
    if (!terminal.isOpen()) {
        return noTerminal();
    }
    terminal.say(question);
    return terminal.readLine();
}

absl::StatusOr<std::string> askSecret(std::string_view question)
{
    TerminalInput terminal;
    if (!terminal.isOpen()) {
        return noTerminal();
    }
    if (!terminal.silence()) {
        return absl::FailedPreconditionError("cannot switch off the terminal's echo");
    }
    terminal.say(question);
    auto secret = terminal.readLine();
    terminal.say("\n");
    return secret;
}

absl::StatusOr<std::string> readSecretFile(const std::filesystem::path& file)
{
    std::string line;
    if (file == "-") {
        std::getline(std::cin, line);
    } else {
        PH_ASSIGN_OR_RETURN(const std::string content, readSmallFile(file));
        line = content.substr(0, content.find('\n'));
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    if (line.empty()) {
        return withHint(
            absl::InvalidArgumentError(fmt::format("'{}' is empty", file.string())),
            "Put the secret into its first line.");
    }
    return line;
}

absl::StatusOr<std::string> readSmallFile(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::string content(kMaxFile + 1, '\0');
    if (!stream || std::filesystem::is_directory(file)) {
        return withHint(
            absl::InvalidArgumentError(fmt::format("cannot read '{}'", file.string())),
            "Check that the file exists and that you may read it.");
    }
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(stream.gcount()));
    if (content.size() > kMaxFile) {
        return absl::InvalidArgumentError(fmt::format("'{}' is too large", file.string()));
    }
    return content;
}

} // namespace pilothouse::cli
