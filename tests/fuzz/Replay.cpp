// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without libFuzzer: every corpus file as it is, then a fixed number of
// mutations of each, from a fixed seed, so that a failure repeats. Prints the input that was
// running when it crashed.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutationsPerFile = 400;
constexpr std::size_t kMaxInput = 16384;

std::string g_running;

void keepInput()
{
    std::FILE* file = std::fopen("fuzz-crash.bin", "wb");
    if (file != nullptr) {
        std::fwrite(g_running.data(), 1, g_running.size(), file);
        std::fclose(file);
    }
    std::fprintf(stderr, "the input is kept in fuzz-crash.bin\n");
}

void reportCrash(int signal)
{
    std::fprintf(stderr, "crashed with signal %d\n", signal);
    keepInput();
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(const std::string& input)
{
    g_running = input;
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string mutate(std::string input, const std::vector<std::string>& corpus, std::mt19937& random)
{
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (std::size_t round = 0, rounds = 1 + below(4); round < rounds; ++round) {
        const std::size_t at = below(input.size() + 1);
        switch (below(6)) {
        case 0:
            if (at < input.size()) {
                input[at] = static_cast<char>(below(256));
            }
            break;
        case 1:
            input.insert(at, 1, static_cast<char>(below(256)));
            break;
        case 2:
            input.erase(at, below(8) + 1);
            break;
        case 3:
            input.resize(at);
            break;
        case 4: { // splice a piece of another file
            const std::string& other = corpus[below(corpus.size())];
            const std::size_t from = below(other.size() + 1);
            input.insert(at, other.substr(from, below(64) + 1));
            break;
        }
        default: { // repeat a piece: nesting and length limits
            const std::string piece = input.substr(at, below(16) + 1);
            for (std::size_t copy = 0; copy < 64 && input.size() < kMaxInput; ++copy) {
                input.insert(std::min(at, input.size()), piece);
            }
        }
        }
    }
    input.resize(std::min(input.size(), kMaxInput));
    return input;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS}) {
        std::signal(signal, reportCrash);
    }
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_set_death_callback(keepInput); // a report ends the program without a signal
#endif
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
        paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> corpus;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    if (corpus.empty()) {
        std::fprintf(stderr, "no corpus in %s\n", argv[1]);
        return 1;
    }
    std::mt19937 random(20260101); // NOLINT: a fixed seed is the point
    std::size_t inputs = 0;
    run(std::string());
    for (const auto& input : corpus) {
        run(input);
        for (int mutation = 0; mutation < kMutationsPerFile; ++mutation, ++inputs) {
            run(mutate(input, corpus, random));
        }
    }
    std::printf("%zu corpus files, %zu mutations, no crash\n", corpus.size(), inputs);
    return 0;
}
