# SPDX-License-Identifier: Apache-2.0
# What `./dev package` makes: a .deb each for the server, the command line and the console.
include(GNUInstallDirs)

install(TARGETS pilothoused RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
install(TARGETS pilothousectl RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ctl)
set(components server ctl)
if(PILOTHOUSE_CONSOLE)
    install(TARGETS pilothouse RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT console)
    install(FILES installers/desktop/pilothouse.desktop
        DESTINATION ${CMAKE_INSTALL_DATADIR}/applications COMPONENT console)
    install(FILES resources/pilothouse.svg
        DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps COMPONENT console)
    list(APPEND components console)
endif()
install(FILES installers/systemd/pilothoused.service DESTINATION lib/systemd/system COMPONENT server)
# /etc does not move with the prefix.
install(FILES resources/config/pilothouse.toml DESTINATION /etc/pilothouse COMPONENT server)

# Debian wants man pages and changelogs compressed, without a time stamp.
function(pilothouse_install_gzipped source name destination component)
    set(target ${CMAKE_BINARY_DIR}/packaging/${component}/${name}.gz)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/packaging/${component})
    execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/${source} OUTPUT_FILE ${target})
    install(FILES ${target} DESTINATION ${destination} COMPONENT ${component})
endfunction()

set(programs_server pilothoused)
set(programs_ctl pilothousectl)
set(programs_console pilothouse)
foreach(component ${components})
    set(program ${programs_${component}})
    set(package pilothouse-${component})
    pilothouse_install_gzipped(installers/man/${program}.1 ${program}.1
        ${CMAKE_INSTALL_DATADIR}/man/man1 ${component})
    pilothouse_install_gzipped(installers/debian/changelog changelog
        ${CMAKE_INSTALL_DATADIR}/doc/${package} ${component})
    install(FILES installers/debian/copyright
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
endforeach()

set(CPACK_PACKAGE_NAME pilothouse)
set(CPACK_PACKAGE_VENDOR "Pilothouse")
set(CPACK_PACKAGE_CONTACT "The Pilothouse authors <maintainers@pilothouse.example>")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_SERVER_PACKAGE_NAME pilothouse-server)
set(CPACK_DEBIAN_CTL_PACKAGE_NAME pilothouse-ctl)
set(CPACK_DEBIAN_CONSOLE_PACKAGE_NAME pilothouse-console)
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS "adduser, postgresql")
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS "redis-server, pilothouse-ctl")
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS "haproxy")
set(CPACK_DEBIAN_CONSOLE_PACKAGE_RECOMMENDS "pilothouse-server, pilothouse-ctl")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/installers/debian/server/postinst
    ${PROJECT_SOURCE_DIR}/installers/debian/server/prerm
    ${PROJECT_SOURCE_DIR}/installers/debian/server/postrm
    ${PROJECT_SOURCE_DIR}/installers/debian/server/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_COMPONENT_SERVER_DESCRIPTION
    "headless server of the Pilothouse control room
 Collects and keeps metrics, answers consoles and command lines over gRPC, and
 serves the Prometheus HTTP API. Runs a private PostgreSQL unless it is given
 the URL of another.")
set(CPACK_COMPONENT_CTL_DESCRIPTION
    "command line of the Pilothouse control room
 Everything that the console can do, for scripts and for hosts without a
 display.")
set(CPACK_COMPONENT_CONSOLE_DESCRIPTION
    "desktop console of the Pilothouse control room
 Live charts, health and targets of a multi-tenant platform, on any number of
 servers.")
include(CPack)
