# SPDX-License-Identifier: MIT
cmake_policy(VERSION 3.25)
# The web server. Included by files.cmake.
put_program(pastmon-web)
put_configuration("${PASTMON_SOURCE}/etc/pastmon-web.conf" "${configuration}" 0640)
put_adapted("${PASTMON_SOURCE}/etc/init.d/pastmon-web" "${etc}/init.d" 0755)
put_adapted("${PASTMON_SOURCE}/etc/systemd/pastmon-web.service" "${units}" 0644)
foreach(proxy nginx apache2)
  put_adapted("${PASTMON_SOURCE}/etc/${proxy}/pastmon.conf" "${prefix}/share/doc/pastmon-web/examples/${proxy}" 0644)
endforeach()
file(INSTALL DESTINATION "${prefix}/share/doc/pastmon-web" TYPE FILE RENAME copyright FILES "${PASTMON_SOURCE}/LICENSE")
