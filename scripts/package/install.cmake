# SPDX-License-Identifier: MIT
# What `cmake --install` and packages put where. Two layouts:
#   prefix (default)  everything below one directory, /usr/local/pastmon: sbin, etc, var, share, lib
#   fhs               a distribution's directories: /usr/sbin, /etc/pastmon, /var/lib/pastmon, /usr/share/pastmon
# The files in etc/ name the places of fhs; for another one they are rewritten on the way (files.cmake).
# Two components: sensor (with the tools and all that both need) and web.
#
# PASTMON_PREBUILT=DIRECTORY: the programs lie there already; nothing is compiled, only installed and packaged.
set(PASTMON_LAYOUT prefix CACHE STRING "prefix: everything under one directory; fhs: a distribution's directories")
set_property(CACHE PASTMON_LAYOUT PROPERTY STRINGS prefix fhs)
if(NOT PASTMON_LAYOUT MATCHES "^(prefix|fhs)$")
  message(FATAL_ERROR "PASTMON_LAYOUT is prefix or fhs, not ${PASTMON_LAYOUT}")
endif()
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  if(PASTMON_LAYOUT STREQUAL fhs)
    set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "Where to install" FORCE)
  else()
    set(CMAKE_INSTALL_PREFIX /usr/local/pastmon CACHE PATH "Where to install" FORCE)
  endif()
endif()

set(programs ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
if(PASTMON_PREBUILT)
  get_filename_component(programs ${PASTMON_PREBUILT} ABSOLUTE)
endif()
find_program(PASTMON_STRIP strip)
find_program(PASTMON_GZIP gzip)

# The generated documentation (man pages, completions) is installed where it was built.
get_filename_component(generated ${programs} DIRECTORY)

foreach(component sensor web)
  install(CODE "
    set(PASTMON_COMPONENT ${component})
    set(PASTMON_LAYOUT ${PASTMON_LAYOUT})
    set(PASTMON_VERSION ${PROJECT_VERSION})
    set(PASTMON_SOURCE \"${PROJECT_SOURCE_DIR}\")
    set(PASTMON_BUILD \"${CMAKE_BINARY_DIR}\")
    set(PASTMON_PROGRAMS \"${programs}\")
    set(PASTMON_GENERATED \"${generated}\")
    set(PASTMON_STRIP \"${PASTMON_STRIP}\")
    set(PASTMON_GZIP \"${PASTMON_GZIP}\")
    include(\"${CMAKE_CURRENT_LIST_DIR}/files.cmake\")" COMPONENT ${component})
endforeach()

if(PASTMON_LAYOUT STREQUAL "fhs")
  include(${CMAKE_CURRENT_LIST_DIR}/deb.cmake)
endif()

add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -DBUILD=${CMAKE_BINARY_DIR} -P ${CMAKE_CURRENT_LIST_DIR}/uninstall.cmake VERBATIM
  COMMENT "Removing what was installed" USES_TERMINAL)
