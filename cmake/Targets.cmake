# SPDX-License-Identifier: Apache-2.0
# One target a folder. A target sees only what it links, which is how the dependency rule of
# docs/architecture.md (shared <- server, shared <- ui <- app) is kept at link time; tests/arch checks
# the includes.

# Adds every direct subfolder that has a CMakeLists.txt: a new capability needs no edit in its parent.
function(pilothouse_add_subfolders)
    file(GLOB lists CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
    foreach(list ${lists})
        get_filename_component(folder ${list} DIRECTORY)
        add_subdirectory(${folder})
    endforeach()
endfunction()

# pilothouse_library(name SOURCES ... [PUBLIC targets...] [PRIVATE targets...] [QT] [NO_UNITY] [PCH headers...])
# QT switches on moc and Qt's strict defines. NO_UNITY: its files use the same names for their private constants,
# so they cannot be compiled as one (see CMAKE_UNITY_BUILD in CMakePresets.json).
function(pilothouse_library name)
    cmake_parse_arguments(arg "QT;NO_UNITY" "" "SOURCES;PUBLIC;PRIVATE;PCH" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE pilothouse_flags ${arg_PRIVATE})
    if(arg_QT)
        pilothouse_qt(${name})
    endif()
    list(LENGTH arg_SOURCES count)
    if(arg_NO_UNITY OR count EQUAL 1)
        set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
    endif()
    if(arg_PCH)
        target_precompile_headers(${name} PRIVATE ${arg_PCH})
    endif()
endfunction()

# pilothouse_program(name SOURCES ... [LIBS targets...] [QT])
function(pilothouse_program name)
    cmake_parse_arguments(arg "QT" "" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE pilothouse_flags ${arg_LIBS})
    if(arg_QT)
        pilothouse_qt(${name})
    endif()
endfunction()

# pilothouse_bench(name SOURCES ... [LIBS targets...] [PROGRAMS targets...] [QT])
# A program of tests/bench, left in bench/ of the build tree, where ./dev bench looks; PROGRAMS are ours that it
# starts. The target `bench` builds all of them.
function(pilothouse_bench name)
    cmake_parse_arguments(arg "QT" "" "SOURCES;LIBS;PROGRAMS" ${ARGN})
    pilothouse_program(${name} SOURCES ${arg_SOURCES} LIBS bench_support ${arg_LIBS})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
    if(arg_QT)
        pilothouse_qt(${name})
    endif()
    if(arg_PROGRAMS)
        add_dependencies(${name} ${arg_PROGRAMS})
    endif()
    add_dependencies(bench ${name})
endfunction()

function(pilothouse_qt name)
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_compile_definitions(${name} PRIVATE
        QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY
        QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_CONTEXTLESS_CONNECT
        QT_USE_QSTRINGBUILDER QT_STRICT_ITERATORS QT_NO_KEYWORDS)
endfunction()

# pilothouse_test(name SOURCES ... [LIBS targets...] [LABELS labels...] [TIMEOUT seconds] [QT] [NO_UNITY] [ENV k=v...])
# One QtTest program; the label is the layer (unit, integration, ui, e2e, arch, fuzz). NO_UNITY: its test object holds a
# type of a private namespace, which GCC takes for a header's when files are compiled as one.
function(pilothouse_test name)
    cmake_parse_arguments(arg "QT;SERIAL;NO_UNITY" "TIMEOUT" "SOURCES;LIBS;LABELS;ENV" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${name} PRIVATE pilothouse_flags Qt6::Test ${arg_LIBS})
    target_compile_definitions(${name} PRIVATE QT_NO_KEYWORDS)
    if(arg_NO_UNITY)
        set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
    endif()
    add_test(NAME ${name} COMMAND ${name})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen:configfile=${PROJECT_SOURCE_DIR}/tests/support/ui/screen.json;PILOTHOUSE_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};PILOTHOUSE_SOURCE_DIR=${PROJECT_SOURCE_DIR};${arg_ENV}")
    if(arg_SERIAL)
        set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
    endif()
    pilothouse_sanitized(${name})
endfunction()

# In a sanitized build a test runs several times slower, and needs the sanitizers' settings.
function(pilothouse_sanitized name)
    if(PILOTHOUSE_SANITIZE)
        get_test_property(${name} TIMEOUT seconds)
        math(EXPR seconds "${seconds} * 4")
        set_tests_properties(${name} PROPERTIES TIMEOUT ${seconds})
        set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT ${PILOTHOUSE_SANITIZER_ENVIRONMENT})
    endif()
endfunction()

# pilothouse_fuzz(name SOURCES ... LIBS ... CORPUS dir)
# SOURCES define LLVMFuzzerTestOneInput. With PILOTHOUSE_FUZZER=libfuzzer (clang) it is a real libFuzzer
# program; otherwise tests/fuzz/Replay.cpp runs the corpus and a bounded number of mutations of it, so that
# every test run feeds every parser some bad bytes.
function(pilothouse_fuzz name)
    cmake_parse_arguments(arg "" "CORPUS" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${name} PRIVATE pilothouse_flags ${arg_LIBS})
    if(PILOTHOUSE_FUZZER STREQUAL "libfuzzer")
        target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        add_test(NAME ${name} COMMAND ${name} -runs=20000 -max_len=4096 ${arg_CORPUS})
    else()
        target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/Replay.cpp)
        add_test(NAME ${name} COMMAND ${name} ${arg_CORPUS})
    endif()
    set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 120)
    pilothouse_sanitized(${name})
endfunction()
