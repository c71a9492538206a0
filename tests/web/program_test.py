#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-web as a program: options, refusals, a database that comes later, a clean end."""
import json
import os
import signal
import socket
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import programs
import web_program
from web_program import TIMEOUT


class WebProgramTest(web_program.WebProgramTest):
    def test_a_stop_signal_ends_it_cleanly(self):
        for stop in (signal.SIGTERM, signal.SIGINT):
            process = self.start("-c", self.configuration())
            process.send_signal(stop)
            output, error = process.communicate(timeout=TIMEOUT)
            self.assertEqual(process.returncode, 0, error)
            self.assertEqual(output.decode(), f"listening on http://{self.address}/PasTmon/\n")

    def test_a_port_in_use_is_one_clear_line(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = programs.run("pastmon-web", "-f", "-c", self.configuration(), "--listen", f"127.0.0.1:{port}")
        self.assert_refused(done, 1, f"127.0.0.1:{port}", "already in use", "--listen")

    def test_bad_settings_are_refused(self):
        for more in ('timezone = "Europe/Atlantis";', 'access = [ "192.0.2.0/99" ];', "no_such_key = 1;"):
            done = programs.run("pastmon-web", "--check-config", "-c", self.configuration(more))
            self.assert_refused(done, 1)
        done = programs.run("pastmon-web", "-f", "-c", self.write("empty.conf", 'week_starts = "sunday";\n'), "--listen", "127.0.0.1:0")
        self.assert_refused(done, 1, "output_DBI")

    def test_check_config_shows_what_is_in_effect_without_the_password(self):
        path = self.write("pastmon-web.conf", 'output_DBI: { driver = "pgsql"; dbname = "x"; password = "open sesame"; };\n')
        done = programs.run("pastmon-web", "--check-config", "-c", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"pgsql", done.stdout)
        self.assertNotIn(b"sesame", done.stdout + done.stderr)

    def test_a_database_may_come_later(self):
        self.start("-c", self.configuration())
        status, page = self.get("/PasTmon/level1")
        self.assertEqual(status, 503)
        self.assertIn("The database cannot be reached", page)
        self.assertFalse((self.directory / "pastmon.db").exists(), "a reader created the database")
        self.fill()
        deadline = time.monotonic() + TIMEOUT
        while (health := self.get("/PasTmon/health"))[0] != 200:
            self.assertLess(time.monotonic(), deadline, health)
            time.sleep(0.1)
        self.assertEqual(json.loads(health[1])["database"], "reachable")
        status, page = self.get("/PasTmon/level1")
        self.assertEqual(status, 200)
        self.assertIn("HTTP GET", page)

    def test_foreign_hosts_and_forwarded_requests_are_refused(self):
        self.fill()
        self.start("-c", self.configuration())
        self.assertEqual(self.get("/PasTmon/")[0], 200)
        self.assertEqual(self.get("/PasTmon/", Host="attacker.example")[0], 421)
        self.assertEqual(self.get("/PasTmon/", **{"X-Forwarded-For": "192.0.2.1"})[0], 403)

    def test_in_the_background_the_parent_ends_when_it_serves(self):
        pid_file, address = self.directory / "pid", self.directory / "address"
        done = programs.run("pastmon-web", "-c", self.configuration(f'pid_file = "{pid_file}";'), "--listen", "127.0.0.1:0",
                            "--address-file", address, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 0, done.stderr)
        pid = int(pid_file.read_text())
        try:
            self.address = address.read_text().strip()
            self.assertEqual(self.get("/PasTmon/health")[0], 503)
        finally:
            os.kill(pid, signal.SIGTERM)


if __name__ == "__main__":
    unittest.main(verbosity=2)
