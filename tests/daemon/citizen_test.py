#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon as a service: waits for what is not there yet, tells its manager the truth, keeps few rights and does all that it
has to do later with them. Needs root."""
import os
import pathlib
import signal
import sqlite3
import subprocess
import unittest

import network
import postgres
from network import Network, until
from programs import BIN, SOURCE, ProgramTest
from service_manager import Ear

FILTERED = os.environ.get("PASTMON_SANITIZE") != "ON"  # builds with sanitizers have no filter of system calls
NET_RAW = 1 << 13


def statuses(pid):
    """/proc/PID/task/*/status as dictionaries."""
    return [dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status")]


class CitizenTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.network = Network()
        self.addCleanup(self.network.close)
        self.log = self.directory / "log"
        self.database = self.directory / "data" / "pastmon.db"
        self.hosts = self.write("hosts", "127.0.0.1 localhost\n")
        signatures = self.directory / "signatures.d"
        signatures.mkdir()
        for file in (SOURCE / "etc" / "signatures.d").glob("*.conf"):
            (signatures / file.name).write_text(file.read_text())

    def configuration(self, more="", database="", name="here", interfaces='"pt0"'):
        return self.write(f"{name}.conf", f"""
            interfaces = [ {interfaces} ];
            data_directory = "{self.directory}/data{'' if name == 'here' else '-' + name}";
            signatures_directory = "{self.directory}/signatures.d";
            checkpoint = "1s";
            bucket = "1h";
            sensor = "{name}";
            {database or f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.database}"; }};'}
            {more}""")

    def launch(self, *arguments, environment=None, **configuration):
        """The sensor in the client's namespace, with a file of hosts of its own."""
        with open(self.log, "ab") as log:
            return self.network.start(self.network.near, "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', self.hosts,
                                      BIN / "pastmon", "-f", "-c", self.configuration(**configuration), *arguments,
                                      stdout=log, stderr=log, env={**os.environ, **(environment or {})})

    def text(self):
        return self.log.read_text() if self.log.exists() else ""

    def waits_for(self, words, times=1):
        self.assertTrue(until(lambda: self.text().count(words) >= times), f"{words!r} not in: {self.text()}")

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 0, self.text())

    def figures(self):
        database = sqlite3.connect(self.database)
        try:
            return {(name, interface): total for name, interface, total in
                    database.execute('SELECT name, interface, sum("sum") FROM statistic GROUP BY name, interface')}
        finally:
            database.close()

    def test_the_manager_hears_how_it_is_and_a_missing_interface_is_waited_for(self):
        ear = Ear(self.directory, watchdog=1)
        self.addCleanup(ear.close)
        self.network.disconnect()
        process = self.launch(environment=ear.environment)
        ready = ear.hears(READY="1")
        self.assertIsNotNone(ready, self.text())
        self.assertIn("Waiting for pt0", ready["STATUS"])
        self.assertEqual(ready["MAINPID"], str(process.pid))
        self.assertIn("no such interface: pt0 (there are: lo", self.text())
        self.assertIsNotNone(ear.hears(WATCHDOG="1"), "waiting is no reason to be killed")
        self.network.connect()
        self.waits_for("capturing on pt0 now")
        self.assertIsNotNone(ear.hears(STATUS="Capturing"), ear.heard)
        process.send_signal(signal.SIGHUP)
        self.assertIn("MONOTONIC_USEC", ear.hears(RELOADING="1"))
        self.assertIsNotNone(ear.hears(READY="1"))
        self.assertIsNotNone(ear.hears(WATCHDOG="1"))
        self.stop(process)
        self.assertIsNotNone(ear.hears(STOPPING="1", seconds=1))
        self.assertGreater(self.figures()["interface_away_us", "pt0"], 100_000, "the Internal page tells it")

    def test_started_by_hand_a_missing_interface_is_an_error(self):
        process = self.launch("-i", "pt9")
        self.assertEqual(process.wait(30), 1)
        self.assertIn("no such interface: pt9", self.text())
        self.assertFalse(self.database.exists())

    def test_all_that_happens_later_works_with_few_rights(self):
        self.network.serve(0)
        process = self.launch(more="""user = "nobody"; names: { reverse_dns = true; server = "127.0.0.1"; };
                                   filter = "not port 22";""", interfaces='"pt0", "any"')
        self.waits_for("capturing on")
        threads = statuses(process.pid)
        self.assertGreaterEqual(len(threads), 4)
        self.assertEqual(sorted(int(thread["CapPrm"], 16) for thread in threads)[-2:], [0, NET_RAW],
                         "only the thread that opens interfaces again may")
        for thread in threads:
            self.assertEqual(thread["Uid"].split(), ["65534"] * 4)
            self.assertEqual([int(thread[which], 16) for which in ("CapEff", "CapInh", "CapAmb")], [0, 0, 0])
            self.assertEqual(thread["NoNewPrivs"], "1")
            self.assertEqual(thread["Seccomp"], "2" if FILTERED else "0")
        self.network.ask(2)
        ip = lambda *words: network.ip("-n", self.network.near, "link", *words)
        ip("set", "pt0", "down")
        self.waits_for("interface pt0 is down")
        ip("set", "pt0", "up")
        self.waits_for("interface pt0 is up again")
        self.network.disconnect()
        self.waits_for("trying again until it is back")
        self.network.connect()
        self.waits_for("capturing on pt0 again")
        added = self.directory / "signatures.d" / "zz_added.conf"
        added.write_text("""service = { name = "Added"; over = { transport = "tcp"; framing = "line"; ports = 9999; };
                            signatures = ( { name = "Added word"; request = "ADD [a-z]+"; } ); };""")
        process.send_signal(signal.SIGHUP)
        self.waits_for("read again")
        self.assertIn("added: Added word", self.text())
        self.network.ask(3)
        process.send_signal(signal.SIGUSR1)
        self.waits_for("rows in the open bucket")
        self.assertIn("database: well", self.text())
        self.stop(process)
        self.assertEqual(network.rows(self.database, "level_1")[0], 5, self.text())
        self.assertNotIn("filter of system calls refused", self.text())
        self.assertNotIn(("system_calls_refused", ""), self.figures())

    def test_the_filter_may_be_turned_off_and_the_log_says_so(self):
        process = self.launch(more="seccomp = false;")
        self.waits_for("capturing on")
        self.assertIn("no filter of system calls", self.text())
        self.assertEqual({thread["Seccomp"] for thread in statuses(process.pid)}, {"0"})
        self.stop(process)

    def test_sensors_that_start_before_name_server_and_database_get_in_later(self):
        database = ('output_DBI: { driver = "pgsql"; host = "db.example"; dbname = "later"; username = "pastmon"; '
                    'connect_timeout = "2s"; };')
        ears = [Ear(self.directory), Ear(self.directory)]
        processes = []
        self.network.serve(0)
        for ear, name in zip(ears, ("east", "west")):
            self.addCleanup(ear.close)
            processes.append(self.launch(database=database, name=name, environment=ear.environment))
            self.assertIsNotNone(ear.hears(READY="1"), self.text())
        self.assertIn("db.example", self.text())
        self.assertIn("results are kept on disk", self.text())
        self.network.ask(4)
        self.hosts.write_text("127.0.0.1 localhost db.example\n")  # the name is known, but nobody listens
        inside = ["ip", "netns", "exec", self.network.near]
        cluster = postgres.Cluster(inside, "-c listen_addresses=127.0.0.1")
        self.addCleanup(cluster.close)
        cluster.rules.write_text("host all pastmon 127.0.0.1/32 trust\n" + cluster.rules.read_text())
        cluster.sql("SELECT pg_reload_conf()")
        cluster.sql("CREATE DATABASE later OWNER pastmon")  # at last
        seen = lambda: cluster.sql("SELECT count(DISTINCT sensor) FROM pastmon.level_1_open", "later").strip() \
            if "pastmon" in cluster.sql("SELECT nspname FROM pg_namespace", "later") else "0"
        self.assertTrue(until(lambda: seen() == "2", 60), self.text())
        cluster.stop()
        self.network.ask(3)
        cluster.start()
        for process in processes:
            self.stop(process)
        count = ("SELECT sum(transactions) FROM pastmon.level_1 WHERE signature IN (SELECT id FROM pastmon.signature "
                 "WHERE name = 'HTTP GET') GROUP BY sensor")
        self.assertEqual(cluster.sql(count, "later").split(), ["7", "7"], self.text())
        self.assertNotIn("filter of system calls refused", self.text())


if __name__ == "__main__":
    unittest.main()
