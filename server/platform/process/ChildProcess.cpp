// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/ChildProcess.h"

#include "shared/base/StatusHelpers.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace pilothouse::platform {

namespace {

constexpr std::size_t kMaxOutput = 64 << 10;
constexpr const char* kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A descriptor that closes itself.
class Descriptor
{
public:
    explicit Descriptor(int value = -1) : m_value(value) {}
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : m_value(std::exchange(other.m_value, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        reset();
        m_value = std::exchange(other.m_value, -1);
        return *this;
    }
    int get() const { return m_value; }
    void reset()
    {
        if (m_value >= 0) {
            ::close(m_value);
        }
        m_value = -1;
    }

private:
    int m_value;
};

struct Pipe
{
    Descriptor read;
    Descriptor write;
};

absl::Status errnoStatus(int error, const std::string& what)
{
    const std::string message = fmt::format("{}: {}", what, std::generic_category().message(error));
    return {absl::ErrnoToStatusCode(error), message};
}

absl::StatusOr<Pipe> makePipe()
{
    std::array<int, 2> ends = {-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return errnoStatus(errno, "cannot make a pipe");
    }
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// What the child does before it becomes the program; told to the parent when it fails.
enum class Step : int { Session, Output, Folder, Account, Parent, Admission, Program };

struct Failure
{
    Step step;
    int error;
};

std::string stepText(Step step, const Command& command)
{
    switch (step) {
    case Step::Session:
        return "cannot begin a session";
    case Step::Output:
        return "cannot redirect the output";
    case Step::Folder:
        return fmt::format("cannot enter {}", command.folder.string());
    case Step::Account:
        return fmt::format(
            "cannot become user {}", command.account ? command.account->name : std::string());
    case Step::Parent:
        return "the parent ended";
    case Step::Admission:
        return "the parent did not let it begin";
    case Step::Program:
        break;
    }
    return fmt::format("cannot run {}", command.program.string());
}

/// Everything that the child needs, made before the fork: after it only async-signal-safe calls are
/// allowed.
struct Prepared
{
    const char* program = nullptr;
    const char* folder = nullptr;
    std::vector<char*> arguments;
    std::vector<char*> environment;
    bool switchAccount = false;
    uid_t uid = 0;
    gid_t gid = 0;
    const gid_t* groups = nullptr;
    std::size_t groupCount = 0;
    int input = -1;
    int output = -1;
    int failurePipe = -1;
    /// A byte in it lets the child go on; its end does not. -1: it goes on at once.
    int admission = -1;
    bool diesWithParent = false;
    pid_t parent = -1;
};

[[noreturn]] void fail(const Prepared& prepared, Step step)
{
    const Failure failure{step, errno};
    [[maybe_unused]] const auto written = write(prepared.failurePipe, &failure, sizeof(failure));
    _exit(127);
}

void resetSignals()
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL);
    }
}

[[noreturn]] void becomeProgram(const Prepared& prepared)
{
    resetSignals();
    if (setsid() < 0) {
        fail(prepared, Step::Session);
    }
    if (dup2(prepared.input, STDIN_FILENO) < 0 || dup2(prepared.output, STDOUT_FILENO) < 0 ||
        dup2(prepared.output, STDERR_FILENO) < 0) {
        fail(prepared, Step::Output);
    }
    // Whatever library opened a file without O_CLOEXEC: the program does not inherit it.
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    umask(077);
    if (prepared.switchAccount && (setgroups(prepared.groupCount, prepared.groups) != 0 ||
                                   setgid(prepared.gid) != 0 || setuid(prepared.uid) != 0)) {
        fail(prepared, Step::Account);
    }
    if (chdir(prepared.folder) != 0) {
        fail(prepared, Step::Folder);
    }
    if (prepared.diesWithParent) {
        // After the change of account, which clears it; the parent may have ended meanwhile.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != prepared.parent) {
            fail(prepared, Step::Parent);
        }
    }
    if (prepared.admission >= 0) {
        char go = 0;
        ssize_t count = 0;
        do {
            count = read(prepared.admission, &go, 1);
        } while (count < 0 && errno == EINTR);
        if (count != 1) {
            fail(prepared, Step::Admission);
        }
    }
    execve(prepared.program, prepared.arguments.data(), prepared.environment.data());
    fail(prepared, Step::Program);
}

/// Owns the strings that Prepared points to.
struct Texts
{
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
};

std::vector<char*> pointersTo(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (auto& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

Texts textsOf(const Command& command)
{
    Texts texts;
    texts.arguments.push_back(command.program.string());
    texts.arguments.insert(
        texts.arguments.end(), command.arguments.begin(), command.arguments.end());
    std::map<std::string, std::string> environment = {
        {"PATH", kPath}, {"LC_ALL", "C"}, {"HOME", command.account ? command.account->home : "/"}};
    for (const auto& [name, value] : command.environment) {
        environment[name] = value;
    }
    for (const auto& [name, value] : environment) {
        texts.environment.push_back(fmt::format("{}={}", name, value));
    }
    return texts;
}

absl::StatusOr<pid_t> forkInto(const Command& command, int output)
{
    const Descriptor input(open("/dev/null", O_RDONLY | O_CLOEXEC));
    PH_ASSIGN_OR_RETURN(Pipe failures, makePipe());
    PH_ASSIGN_OR_RETURN(Pipe admission, makePipe());
    Texts texts = textsOf(command);
    const std::string program = command.program.string();
    const std::string folder = command.folder.string();
    Prepared prepared;
    prepared.program = program.c_str();
    prepared.folder = folder.c_str();
    prepared.arguments = pointersTo(texts.arguments);
    prepared.environment = pointersTo(texts.environment);
    prepared.switchAccount = command.account && !command.account->isCurrent();
    if (prepared.switchAccount) {
        prepared.uid = command.account->uid;
        prepared.gid = command.account->gid;
        prepared.groups = command.account->groups.data();
        prepared.groupCount = command.account->groups.size();
    }
    prepared.input = input.get();
    prepared.output = output;
    prepared.failurePipe = failures.write.get();
    prepared.admission = command.admit ? admission.read.get() : -1;
    prepared.diesWithParent = command.diesWithParent;
    prepared.parent = getpid();

    // A signal handler of ours must not run in the child.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = fork();
    if (pid == 0) {
        ::close(admission.write.get()); // or it would wait for itself
        becomeProgram(prepared);
    }
    const int forkError = errno;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid < 0) {
        return errnoStatus(forkError, "cannot start a process");
    }
    failures.write.reset();
    const absl::Status admitted = command.admit ? command.admit(pid) : absl::OkStatus();
    if (command.admit && admitted.ok()) {
        [[maybe_unused]] const auto written = write(admission.write.get(), "1", 1);
    }
    admission.write.reset();
    Failure failure{};
    ssize_t count = 0;
    do {
        count = read(failures.read.get(), &failure, sizeof(failure));
    } while (count < 0 && errno == EINTR);
    if (count == static_cast<ssize_t>(sizeof(failure))) {
        waitpid(pid, nullptr, 0);
        PH_RETURN_IF_ERROR(admitted);
        return errnoStatus(failure.error, stepText(failure.step, command));
    }
    return pid;
}

absl::StatusOr<Descriptor> openLog(const Command& command)
{
    Descriptor log(open(command.logFile.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (log.get() < 0) {
        return errnoStatus(errno, fmt::format("cannot write {}", command.logFile.string()));
    }
    return log;
}

} // namespace

std::string Exit::text() const
{
    return signal != 0 ? fmt::format("ended by signal {} ({})", signal, strsignal(signal))
                       : fmt::format("ended with code {}", code);
}

absl::StatusOr<ChildProcess> ChildProcess::start(const Command& command)
{
    PH_ASSIGN_OR_RETURN(const Descriptor log, openLog(command));
    PH_ASSIGN_OR_RETURN(const pid_t pid, forkInto(command, log.get()));
    return ChildProcess(pid);
}

std::optional<Exit> ChildProcess::exit()
{
    int status = 0;
    if (!m_exit && waitpid(m_pid, &status, WNOHANG) == m_pid) {
        m_exit = WIFSIGNALED(status) ? Exit{-1, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
    }
    return m_exit;
}

Exit ChildProcess::stop(int signal, absl::Duration patience)
{
    if (const auto ended = exit()) {
        return *ended;
    }
    m_handle.signal(signal);
    if (!m_handle.waitForEnd(patience)) {
        m_handle.signal(SIGKILL);
        m_handle.waitForEnd(absl::Seconds(10));
    }
    return exit().value_or(Exit{});
}

absl::StatusOr<CommandResult> runCommand(const Command& command, absl::Duration limit)
{
    PH_ASSIGN_OR_RETURN(Pipe output, makePipe());
    PH_ASSIGN_OR_RETURN(const pid_t pid, forkInto(command, output.write.get()));
    output.write.reset();
    const auto end = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(limit);
    CommandResult result;
    std::array<char, 4096> buffer{};
    bool isLate = false;
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        pollfd entry{output.read.get(), POLLIN, 0};
        if (left.count() <= 0 || poll(&entry, 1, static_cast<int>(left.count())) == 0) {
            isLate = true;
            kill(-pid, SIGKILL);
            break;
        }
        const ssize_t count = read(output.read.get(), buffer.data(), buffer.size());
        if (count == 0 || (count < 0 && errno != EINTR)) {
            break;
        }
        result.output.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (result.output.size() > 2 * kMaxOutput) {
            result.output.erase(0, result.output.size() - kMaxOutput);
        }
    }
    int status = 0;
    waitpid(pid, &status, 0);
    if (isLate) {
        return absl::DeadlineExceededError(fmt::format(
            "{} did not end within {}", command.program.string(), absl::FormatDuration(limit)));
    }
    result.exit = WIFSIGNALED(status) ? Exit{-1, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
    return result;
}

} // namespace pilothouse::platform
