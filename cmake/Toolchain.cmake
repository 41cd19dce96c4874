# SPDX-License-Identifier: Apache-2.0
# Compiler settings shared by every target; the flags themselves travel on one interface target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Precompiled headers need both words, or ccache refuses to cache what includes them.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
    add_link_options(-fuse-ld=mold)
endif()
if(PILOTHOUSE_SANITIZE)
    add_compile_options(-fsanitize=${PILOTHOUSE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    if(PILOTHOUSE_SANITIZE MATCHES "undefined")
        # These check every access to a member and double the time that gRPC's templates take to compile; what they
        # would find crashes, or AddressSanitizer finds it.
        add_compile_options(
            -fno-sanitize=null,alignment,vptr,object-size,nonnull-attribute,returns-nonnull-attribute)
    endif()
    if(PILOTHOUSE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Boost.Asio has fences, which ThreadSanitizer does not see; GCC warns of each.
        add_compile_options(-Wno-tsan)
    endif()
    add_link_options(-fsanitize=${PILOTHOUSE_SANITIZE})
    # Reports go to files, because those of a program that a test starts would be lost; `./dev asan` shows them.
    # An exit code of their own: a test that expects a program to fail with 1 must not take a report for it.
    set(report log_path=${CMAKE_BINARY_DIR}/reports/report:log_exe_name=1:exitcode=99)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/reports)
    # ThreadSanitizer gives up on a program that forks after it has threads unless it is told not to; tests start
    # programs, and those run exec at once.
    set(PILOTHOUSE_SANITIZER_ENVIRONMENT
        ASAN_OPTIONS=${report}
        LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/lsan.supp:print_suppressions=0
        UBSAN_OPTIONS=${report}:print_stacktrace=1
        TSAN_OPTIONS=${report}:second_deadlock_stack=1:die_after_fork=0:suppressions=${PROJECT_SOURCE_DIR}/cmake/tsan.supp)
endif()
if(PILOTHOUSE_FUZZER STREQUAL "libfuzzer")
    # In every library: libFuzzer would see the branches of the target's own few lines only.
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_library(pilothouse_flags INTERFACE)
target_include_directories(pilothouse_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(MSVC)
    target_compile_options(pilothouse_flags INTERFACE /W4 /WX /permissive- /utf-8)
else()
    target_compile_options(pilothouse_flags INTERFACE
        -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast
        -Woverloaded-virtual -Wnon-virtual-dtor -Werror)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # GCC 12 reports -Wrestrict falsely on `"x" + std::string` when it optimises (GCC bug 105651).
        target_compile_options(pilothouse_flags INTERFACE -fpch-preprocess -Wno-restrict)
    endif()
endif()
target_compile_definitions(pilothouse_flags INTERFACE
    PILOTHOUSE_VERSION="${PROJECT_VERSION}" $<$<NOT:$<CONFIG:Debug>>:NDEBUG>)
