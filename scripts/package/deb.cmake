# SPDX-License-Identifier: MIT
# Two Debian packages, by `cpack` in a build tree of layout fhs: pastmon (sensor and tools) for every host that watches,
# and pastmon-web for the one where people read, because sensors need neither a web server nor its libraries. pastmon-web
# depends on pastmon for the user, the tools and the scripts; a sensor that has no interface named does not run there.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Passive application response time monitor")
set(CPACK_PACKAGE_NAME pastmon)
set(CPACK_PACKAGE_VENDOR PasTmon)
set(CPACK_PACKAGE_CONTACT "PasTmon <root@localhost>")
set(PASTMON_PACKAGE_VERSION ${PROJECT_VERSION} CACHE STRING "Version of the packages, such as 1.0.0-2")
set(CPACK_PACKAGE_VERSION ${PASTMON_PACKAGE_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL sensor web)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz CACHE STRING "xz, or gzip: larger and sooner done")

set(CPACK_DEBIAN_SENSOR_PACKAGE_NAME pastmon)
set(CPACK_DEBIAN_SENSOR_DESCRIPTION
"PasTmon listens on a mirror port or on a server itself, recognises services
in the traffic, pairs requests with responses, and tells for every client,
server and service how long the server took, what failed, and whether the
network or the server was to blame. Figures go to PostgreSQL or to an SQLite
file. This package has the sensor, the tools and the signatures of services.")
# libdbd-pgsql is loaded when it runs; tzdata and the user's making are needed, but not linked.
set(CPACK_DEBIAN_SENSOR_PACKAGE_DEPENDS "libdbd-pgsql, adduser, sysvinit-utils (>= 3.05-4~) | lsb-base")
set(CPACK_DEBIAN_SENSOR_PACKAGE_RECOMMENDS "cron | cron-daemon")
set(CPACK_DEBIAN_SENSOR_PACKAGE_SUGGESTS "pastmon-web, postgresql")

set(CPACK_DEBIAN_WEB_PACKAGE_NAME pastmon-web)
set(CPACK_DEBIAN_WEB_DESCRIPTION
"The pages of PasTmon: tables and graphs of response times, errors and
traffic, an API for programs, and figures for Prometheus.")
set(CPACK_DEBIAN_WEB_PACKAGE_DEPENDS "pastmon (= ${PASTMON_PACKAGE_VERSION}), libdbd-pgsql, libjs-dygraphs, libjs-chart.js, tzdata, sysvinit-utils (>= 3.05-4~) | lsb-base")
set(CPACK_DEBIAN_WEB_PACKAGE_SUGGESTS "nginx | apache2")

set(debian ${CMAKE_CURRENT_LIST_DIR}/debian)
foreach(component sensor web)
  set(package pastmon)
  if(component STREQUAL "web")
    set(package pastmon-web)
  endif()
  set(control ${CMAKE_BINARY_DIR}/debian/${component})
  set(extra "")
  foreach(script postinst prerm postrm)
    set(SERVICE ${package})
    configure_file(${debian}/${script}.in ${control}/${script} @ONLY FILE_PERMISSIONS
      OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    list(APPEND extra ${control}/${script})
  endforeach()
  set(conffiles /etc/pastmon/${package}.conf /etc/init.d/${package})
  if(component STREQUAL "sensor")
    file(GLOB signatures CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/etc ${PROJECT_SOURCE_DIR}/etc/signatures.d/*.conf)
    list(TRANSFORM signatures PREPEND /etc/pastmon/)
    list(APPEND conffiles /etc/cron.d/pastmon ${signatures})
  endif()
  list(JOIN conffiles "\n" lines)
  file(WRITE ${control}/conffiles "${lines}\n")
  list(APPEND extra ${control}/conffiles)
  string(TOUPPER ${component} name)
  set(CPACK_DEBIAN_${name}_PACKAGE_CONTROL_EXTRA ${extra})
endforeach()
include(CPack)
