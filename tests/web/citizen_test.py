#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-web as a service: what its manager hears, signals, and the filter of system calls with all that happens later."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import postgres
import programs
import web_program
from network import until
from service_manager import Ear
from web_program import TIMEOUT

FILTERED = os.environ.get("PASTMON_SANITIZE") != "ON"  # builds with sanitizers have no filter of system calls


class CitizenTest(web_program.WebProgramTest):
    def launch(self, more="", database=None, environment=None):
        """A running server whose standard error goes to self.log."""
        self.log = self.directory / "log"
        address = self.directory / "address"
        conf = self.configuration(more) if database is None else self.write("web.conf", f"{database}\n{more}")
        with open(self.log, "ab") as log:
            process = subprocess.Popen([programs.BIN / "pastmon-web", "-f", "--listen", "127.0.0.1:0", "--address-file", address,
                                        "-c", conf], stdout=subprocess.DEVNULL, stderr=log,
                                       env={**os.environ, **(environment or {})})
        self.addCleanup(self.end, process)
        self.assertTrue(until(lambda: "listening on" in self.text() or process.poll() is not None), self.text())
        self.assertIsNone(process.poll(), self.text())
        self.address = address.read_text().strip()
        return process

    def text(self):
        return self.log.read_text()

    def rights(self, process):
        return [dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
                for status in pathlib.Path(f"/proc/{process.pid}/task").glob("*/status")]

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(TIMEOUT), 0, self.text())
        self.assertNotIn("filter of system calls refused", self.text())

    def test_the_manager_hears_that_it_listens_reloads_lives_and_stops(self):
        ear = Ear(self.directory, watchdog=1)
        self.addCleanup(ear.close)
        process = self.launch(environment=ear.environment)
        ready = ear.hears(READY="1")
        self.assertIsNotNone(ready, self.text())
        self.assertIn(self.address, ready["STATUS"])
        self.assertIsNotNone(ear.hears(WATCHDOG="1"))
        process.send_signal(signal.SIGHUP)
        self.assertIn("MONOTONIC_USEC", ear.hears(RELOADING="1"))
        self.assertIsNotNone(ear.hears(READY="1"))
        self.stop(process)
        self.assertIsNotNone(ear.hears(STOPPING="1", seconds=2))

    def test_a_server_that_does_not_answer_is_not_alive(self):
        ear = Ear(self.directory, watchdog=2)
        self.addCleanup(ear.close)
        process = self.launch("threads = 16;", environment=ear.environment)
        self.assertIsNotNone(ear.hears(WATCHDOG="1"), self.text())
        host, port = self.address.split(":")
        held = [socket.create_connection((host, int(port))) for _ in range(40)]  # each holds a thread and asks nothing
        self.addCleanup(lambda: [each.close() for each in held])
        self.assertTrue(until(lambda: "does not answer itself" in self.text()), self.text())
        self.assertIsNotNone(ear.hears(WATCHDOG="1"), "once they are let go")

    def test_hangup_and_user_signal_do_not_end_it(self):
        process = self.launch()
        self.configuration('log_level = "debug"; threads = 100;')
        process.send_signal(signal.SIGHUP)
        self.assertTrue(until(lambda: "read again" in self.text()), self.text())
        self.assertIn("taken over by a restart only: threads", self.text())
        self.configuration("no_such_key = 1;")
        process.send_signal(signal.SIGHUP)
        self.assertTrue(until(lambda: "keeping the old configuration" in self.text()), self.text())
        self.get("/PasTmon/health")
        process.send_signal(signal.SIGUSR1)
        self.assertTrue(until(lambda: "1 requests" in self.text()), self.text())
        self.stop(process)

    def test_behind_the_filter_everything_later_works(self):
        cluster = postgres.Cluster()
        self.addCleanup(cluster.close)
        cluster.stop()
        data = self.directory / "data"
        data.mkdir()
        os.chown(data, 65534, 65534)
        process = self.launch(f'user = "nobody"; data_directory = "{data}";', database=(
            f'output_DBI: {{ driver = "pgsql"; host = "{cluster.socket}"; dbname = "pastmon2"; username = "pastmon"; }};'))
        threads = self.rights(process)
        self.assertGreater(len(threads), 4)
        for thread in threads:
            self.assertEqual(thread["Uid"].split(), ["65534"] * 4)
            self.assertEqual(thread["Seccomp"], "2" if FILTERED else "0")
            self.assertEqual(thread["NoNewPrivs"], "1")
            self.assertEqual([int(thread[which], 16) for which in ("CapEff", "CapPrm", "CapInh")], [0, 0, 0])
        self.assertEqual(self.get("/PasTmon/health")[0], 503)
        cluster.start()
        admin = self.write("admin.conf", f'output_DBI: {{ driver = "pgsql"; host = "{cluster.socket}"; dbname = "pastmon2"; '
                           'username = "pastmon"; };')
        self.assertEqual(programs.run("pastmon-admin", "-c", admin, "create-database").returncode, 0)
        self.assertTrue(until(lambda: self.get("/PasTmon/health")[0] == 200), self.text())
        self.assertEqual(self.get("/PasTmon/")[0], 200)
        for page in ("level1", "internal", "metrics", "favourites"):
            self.assertLess(self.get(f"/PasTmon/{page}")[0], 400, page)
        cluster.stop()
        self.assertTrue(until(lambda: self.get("/PasTmon/health")[0] == 503), self.text())
        cluster.start()
        self.assertTrue(until(lambda: self.get("/PasTmon/health")[0] == 200), self.text())
        self.stop(process)

    def test_the_filter_may_be_turned_off(self):
        process = self.launch("seccomp = false;")
        self.assertEqual({thread["Seccomp"] for thread in self.rights(process)}, {"0"})
        self.stop(process)
        self.assertIn("no filter of system calls", self.text())


if __name__ == "__main__":
    unittest.main()
