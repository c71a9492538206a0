#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The samples for a log in a file of its own, in the real rsyslog and logrotate."""
import socket
import subprocess
import unittest

from installation import InstalledTest, sh, wait_for


class OwnLog(InstalledTest):
    def setUp(self):
        super().setUp()
        self.work = self.directory / "log"
        self.work.mkdir()
        self.log, self.pid, self.socket = self.work / "pastmon.log", self.work / "pid", self.work / "socket"

    def sample(self, name):
        text = (self.prefix / "share/doc/pastmon/examples" / name).read_text()
        self.assertIn("/var/log/pastmon.log", text)
        adapted = self.work / name.replace("/", ".")
        adapted.write_text(text.replace("/var/log/pastmon.log", str(self.log)).replace("/run/rsyslogd.pid", str(self.pid)))
        adapted.chmod(0o644)
        return adapted

    def say(self, program, text):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect(str(self.socket))
            sender.send(f"<30>Nov 14 22:13:20 {program}[7]: {text}".encode())

    def has(self, path, text):
        return path.exists() and text in path.read_text()

    def test_the_log_has_a_file_that_is_rotated(self):
        configuration = self.work / "rsyslog.conf"
        others = self.work / "others.log"
        configuration.write_text('module(load="imuxsock" SysSock.Use="off")\n'
                                 f'input(type="imuxsock" Socket="{self.socket}")\n'
                                 f'$IncludeConfig {self.sample("rsyslog.d/pastmon.conf")}\n'
                                 f'*.* action(type="omfile" file="{others}")\n')
        sh("rsyslogd", "-N1", "-f", configuration)
        server = subprocess.Popen(["rsyslogd", "-n", "-f", configuration, "-i", self.pid], stderr=subprocess.DEVNULL)
        try:
            wait_for(self.socket.exists, "rsyslog listens")
            for program in ("pastmon", "pastmon-web", "pastmon_summarise_level_2", "another"):
                self.say(program, f"first of {program}")
            wait_for(lambda: self.has(others, "first of another"), "the last message")
            for program in ("pastmon", "pastmon-web", "pastmon_summarise_level_2"):
                wait_for(lambda: self.has(self.log, f"first of {program}\n"), program)
            self.assertNotIn("another", self.log.read_text())
            self.assertNotIn("first of pastmon", others.read_text())
            self.assertEqual(self.log.stat().st_mode & 0o777, 0o640)
            sh("logrotate", "--force", "--state", self.work / "state", self.sample("logrotate.d/pastmon"))
            rotated = self.log.with_name("pastmon.log.1")
            self.assertTrue(self.has(rotated, "first of pastmon"))
            # Until rsyslog has taken the signal it writes into the old file.
            wait_for(lambda: self.say("pastmon", "second") or self.has(self.log, "second"), "a new file")
            self.assertNotIn("first", self.log.read_text())
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    unittest.main()
