# SPDX-License-Identifier: MIT
cmake_policy(VERSION 3.25)
# The sensor, the tools, and what both components need. Included by files.cmake.
foreach(program pastmon pastmon-admin pastmon_summarise_level_2)
  put_program(${program})
endforeach()
# Their names of old.
put_link(pastmon-admin create_database_summary)
put_link(pastmon_summarise_level_2 pastmon_summarise_level_2.pl)

put_configuration("${PASTMON_SOURCE}/etc/pastmon.conf" "${configuration}" 0640)
file(GLOB signatures "${PASTMON_SOURCE}/etc/signatures.d/*.conf")
foreach(signature IN LISTS signatures)
  put_configuration("${signature}" "${configuration}/signatures.d" 0644)
endforeach()
file(INSTALL DESTINATION "${data}" TYPE DIRECTORY DIRECTORY_PERMISSIONS ${mode_2750} FILES "")
list(APPEND CMAKE_INSTALL_MANIFEST_FILES "${data}/.")  # for the removal

put_adapted("${PASTMON_SOURCE}/etc/init.d/pastmon" "${etc}/init.d" 0755)
put_adapted("${PASTMON_SOURCE}/etc/service.sh" "${share}" 0644)
put_adapted("${PASTMON_SOURCE}/etc/cron.d/pastmon" "${etc}/cron.d" 0644)
put_adapted("${PASTMON_SOURCE}/etc/systemd/pastmon.service" "${units}" 0644)
put("${PASTMON_SOURCE}/etc/rsyslog.d/pastmon.conf" "${prefix}/share/doc/pastmon/examples/rsyslog.d" 0644)
put("${PASTMON_SOURCE}/etc/logrotate.d/pastmon" "${prefix}/share/doc/pastmon/examples/logrotate.d" 0644)
put_adapted("${PASTMON_SOURCE}/etc/sysusers.d/pastmon.conf" "${prefix}/lib/sysusers.d" 0644)
put_adapted("${PASTMON_SOURCE}/etc/tmpfiles.d/pastmon.conf" "${prefix}/lib/tmpfiles.d" 0644)

file(INSTALL DESTINATION "${share}" TYPE DIRECTORY FILES "${PASTMON_SOURCE}/sql" "${PASTMON_SOURCE}/etc/grafana")
file(GLOB texts "${PASTMON_SOURCE}/docs/*.md" "${PASTMON_SOURCE}/docs/*.json")
file(INSTALL DESTINATION "${prefix}/share/doc/pastmon" TYPE FILE FILES ${texts} "${PASTMON_SOURCE}/README.md")
file(INSTALL DESTINATION "${prefix}/share/doc/pastmon" TYPE FILE RENAME copyright FILES "${PASTMON_SOURCE}/LICENSE")
if(IS_DIRECTORY "${PASTMON_GENERATED}/docs/html")
  file(INSTALL DESTINATION "${prefix}/share/doc/pastmon" TYPE DIRECTORY FILES "${PASTMON_GENERATED}/docs/html")
endif()
