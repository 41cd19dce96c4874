# SPDX-License-Identifier: Apache-2.0
# Everything the project takes from outside, in one place; vcpkg.json names the same parts.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)

# Parts whose distributions ship pkg-config files but no (or no stable) CMake package.
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBPQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)

# vcpkg has a CMake package of libharu, Debian only the header and the library.
find_package(unofficial-libharu CONFIG QUIET)
if(NOT TARGET unofficial::libharu::hpdf)
    find_path(LIBHARU_INCLUDE_DIR hpdf.h REQUIRED)
    find_library(LIBHARU_LIBRARY hpdf REQUIRED)
    add_library(unofficial::libharu::hpdf UNKNOWN IMPORTED GLOBAL)
    set_target_properties(unofficial::libharu::hpdf PROPERTIES
        IMPORTED_LOCATION "${LIBHARU_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${LIBHARU_INCLUDE_DIR}")
endif()

if(PILOTHOUSE_TESTS OR PILOTHOUSE_CONSOLE)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Core Network Test)
endif()
if(PILOTHOUSE_CONSOLE)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Gui Widgets Svg Charts)
    if(UNIX AND NOT APPLE)
        find_package(Qt6 6.4 REQUIRED COMPONENTS DBus)
    endif()
    find_package(Qt6Keychain REQUIRED)
    set(CMAKE_AUTOMOC OFF) # switched on per target, so that Qt-free code never pays for it
endif()
