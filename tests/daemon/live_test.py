#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon on a live interface: what it finds, what it survives, which rights it keeps. Needs root."""
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import unittest

import network
import postgres
from network import Network, until
from programs import BIN, SOURCE, ProgramTest

DELAY = 0.05


class LiveTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.network = Network()
        self.addCleanup(self.network.close)
        self.log = self.directory / "log"
        self.database = self.directory / "data" / "pastmon.db"

    def configuration(self, more="", database=""):
        return self.write("live.conf", f"""
            interfaces = [ "{Network.interface}" ];
            data_directory = "{self.directory}/data";
            signatures_directory = "{self.directory}/signatures.d";
            checkpoint = "1s";
            bucket = "1h";
            sensor = "here";
            {database or f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.database}"; }};'}
            {more}""")

    def seen(self, signature="HTTP GET"):
        """Transactions in the database, whether their bucket is closed or not."""
        return sum(network.rows(self.database, table, signature)[0] for table in ("level_1", "level_1_open"))

    def start(self, *arguments, **configuration):
        """The sensor in the client's namespace; returns once it captures."""
        signatures = self.directory / "signatures.d"
        if not signatures.exists():
            signatures.mkdir()
            for file in (SOURCE / "etc" / "signatures.d").glob("*.conf"):
                (signatures / file.name).write_text(file.read_text())
        lines = self.said("capturing on")
        with open(self.log, "ab") as log:
            process = self.network.start(self.network.near, BIN / "pastmon", "-f", "-c", self.configuration(**configuration),
                                         *arguments, stdout=log, stderr=log)
        self.assertTrue(until(lambda: self.said("capturing on") > lines or process.poll() is not None), self.text())
        self.assertIsNone(process.poll(), self.text())
        return process

    def stop(self, process, number=signal.SIGTERM):
        process.send_signal(number)
        self.assertEqual(process.wait(30), 0, self.text())

    def text(self):
        return self.log.read_text() if self.log.exists() else ""

    def said(self, words):
        return self.text().count(words)

    def test_finds_the_number_of_requests_and_the_delay_of_the_server(self):
        self.network.serve(DELAY)
        process = self.start()
        self.network.ask(20)
        self.stop(process)
        transactions, total, least, _ = network.rows(self.database, "level_1")
        self.assertEqual(transactions, 20, self.text())
        self.assertGreaterEqual(least, DELAY * 1e6)
        self.assertLess(total / 20, (DELAY + 0.04) * 1e6)
        self.assertEqual(network.rows(self.database, "level_1", "TCP SYNACK")[0], 1)
        self.assertEqual(network.rows(self.database, "level_1_open")[0], 0)

    def test_own_statistics_are_stored(self):
        self.network.serve(0)
        process = self.start()
        self.network.ask(5)
        self.stop(process, signal.SIGINT)
        database = sqlite3.connect(self.database)
        figures = dict(database.execute('SELECT name, "sum" FROM statistic WHERE interface IN (?, \'\')',
                                        (Network.interface,)))
        database.close()
        self.assertGreater(figures["packets_received"], 10)
        self.assertEqual(figures["kernel_dropped"], 0)
        self.assertGreaterEqual(figures["flows"], 1)
        self.assertGreater(figures["memory_bytes"], 0)

    def test_killed_in_the_middle_of_a_bucket_loses_nothing_that_was_checkpointed(self):
        self.network.serve(0)
        process = self.start()
        self.network.ask(7)
        self.assertTrue(until(lambda: self.seen() == 7), self.text())
        process.kill()
        process.wait()
        process = self.start()
        self.assertTrue(until(lambda: network.rows(self.database, "level_1")[0] == 7), self.text())
        self.network.ask(3)
        self.stop(process)
        transactions, _, _, runs = network.rows(self.database, "level_1")
        self.assertEqual((transactions, runs), (10, 2))
        self.assertEqual(network.rows(self.database, "level_1_open")[0], 0)

    def test_interface_that_goes_away_is_opened_again(self):
        self.network.serve(0)
        process = self.start()
        self.network.ask(2)
        self.assertTrue(until(lambda: self.seen() == 2), self.text())
        self.network.disconnect()
        self.assertTrue(until(lambda: self.said("trying again")), self.text())
        self.network.connect()
        self.assertTrue(until(lambda: self.said("capturing on pt0 again")), self.text())
        self.network.ask(3)
        self.stop(process)
        self.assertEqual(network.rows(self.database, "level_1")[0], 5, self.text())

    def test_hangup_reads_the_signatures_again_or_keeps_the_old(self):
        self.network.serve(0)
        process = self.start()
        broken = self.directory / "signatures.d" / "zz_broken.conf"
        broken.write_text("no_such_key = 1;\n")
        process.send_signal(signal.SIGHUP)
        self.assertTrue(until(lambda: self.said("keeping the old configuration")), self.text())
        self.assertIn("zz_broken.conf:1", self.text())
        self.network.ask(2)
        broken.unlink()
        process.send_signal(signal.SIGHUP)
        self.assertTrue(until(lambda: self.said("read again")), self.text())
        self.network.ask(2)
        process.send_signal(signal.SIGUSR1)
        self.assertTrue(until(lambda: self.said("rows in the open bucket")), self.text())
        self.stop(process)
        self.assertEqual(network.rows(self.database, "level_1")[0], 4)

    def test_gives_up_rights_and_still_opens_a_returning_interface(self):
        self.network.serve(0)
        process = self.start(more='user = "nobody";')
        threads = [status.read_text() for status in pathlib.Path(f"/proc/{process.pid}/task").glob("*/status")]
        self.assertGreater(len(threads), 1)
        with_rights = 0
        for status in threads:
            fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            self.assertEqual(fields["Uid"].split(), ["65534"] * 4)
            self.assertEqual(fields["NoNewPrivs"], "1")
            self.assertEqual(int(fields["CapEff"], 16), 0)
            self.assertEqual(int(fields["CapPrm"], 16) & ~(1 << 13), 0)
            with_rights += int(fields["CapPrm"], 16) != 0
        self.assertEqual(with_rights, 1, "only the pipeline's thread may open an interface again")
        self.network.disconnect()
        self.assertTrue(until(lambda: self.said("trying again")), self.text())
        self.network.connect()
        self.assertTrue(until(lambda: self.said("capturing on pt0 again")), self.text())
        self.network.ask(3)
        self.stop(process)
        self.assertEqual(network.rows(self.database, "level_1")[0], 3, self.text())

    def test_database_that_is_away_is_waited_for(self):
        cluster = postgres.Cluster()
        self.addCleanup(cluster.close)
        cluster.stop()
        self.network.serve(0)
        database = (f'output_DBI: {{ driver = "pgsql"; host = "{cluster.socket}"; dbname = "pastmon2"; '
                    f'username = "pastmon"; }};')
        process = self.start(database=database)
        self.assertIn("kept on disk until it is back", self.text())
        self.network.ask(6)
        self.stop(process)
        self.assertIn("stay in", self.text())
        cluster.start()
        process = self.start(database=database)
        self.stop(process)
        count = "SELECT sum(transactions) FROM pastmon.level_1 WHERE signature IN (SELECT id FROM pastmon.signature " \
                "WHERE name = 'HTTP GET')"
        self.assertEqual(cluster.sql(count, "pastmon2").strip(), "6", self.text())

    def test_a_file_capability_is_enough_to_capture_without_root(self):
        self.network.serve(0)
        program = self.directory / "pastmon"
        shutil.copy(BIN / "pastmon", program)
        subprocess.run(["setcap", "cap_net_raw=ep", program], check=True)
        data = self.directory / "data"
        data.mkdir()
        os.chown(data, 65534, 65534)
        (self.directory / "signatures.d").symlink_to(SOURCE / "etc" / "signatures.d")
        conf = self.configuration()
        with open(self.log, "ab") as log:
            process = self.network.start(self.network.near, "setpriv", "--reuid=65534", "--regid=65534",
                                         "--clear-groups", program, "-f", "-c", conf, stdout=log, stderr=log)
        self.assertTrue(until(lambda: self.said("capturing on") or process.poll() is not None), self.text())
        self.network.ask(3)
        self.stop(process)
        self.assertEqual(network.rows(self.database, "level_1")[0], 3, self.text())

    def test_daemon_returns_when_it_is_ready_and_stops_on_request(self):
        self.network.serve(0)
        (self.directory / "signatures.d").symlink_to(SOURCE / "etc" / "signatures.d")
        pid_file = self.directory / "pastmon.pid"
        conf = self.configuration(f'pid_file = "{pid_file}";')
        starter = self.network.start(self.network.near, BIN / "pastmon", "-c", conf)
        self.assertEqual(starter.wait(30), 0)
        pid = int(pid_file.read_text())
        self.addCleanup(lambda: os.path.exists(f"/proc/{pid}") and os.kill(pid, signal.SIGKILL))
        self.network.ask(4)
        with open(self.log, "wb") as log:
            second = self.network.start(self.network.near, BIN / "pastmon", "-c", conf, stderr=log)
        self.assertEqual(second.wait(30), 1)
        self.assertIn("another pastmon is running", self.text())
        os.kill(pid, signal.SIGTERM)
        self.assertTrue(until(lambda: not os.path.exists(f"/proc/{pid}")))
        self.assertFalse(pid_file.exists())
        self.assertEqual(network.rows(self.database, "level_1")[0], 4)

    def test_daemon_logs_to_syslog_also_why_it_could_not_start(self):
        devices = self.directory / "dev"
        devices.mkdir(mode=0o755)
        os.mknod(devices / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as syslog:
            syslog.bind(str(devices / "log"))
            syslog.settimeout(30)
            (self.directory / "signatures.d").symlink_to(SOURCE / "etc" / "signatures.d")
            pid_file = self.directory / "pastmon.pid"
            conf = self.configuration(f'pid_file = "{pid_file}";')
            in_background = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /dev && exec "$@"', devices,
                             BIN / "pastmon", "-c", conf]
            failing = self.network.start(self.network.near, *in_background, "no filter", stderr=subprocess.PIPE)
            said = failing.communicate(timeout=30)[1]
            self.assertEqual(failing.returncode, 1)
            self.assertEqual(said.count(b"\n"), 1, said)
            self.assertIn(b"no filter", said)
            logged = syslog.recv(4096)
            self.assertIn(b"pastmon", logged)
            self.assertIn(b"no filter", logged)
            starting = self.network.start(self.network.near, *in_background, stderr=subprocess.PIPE)
            self.assertEqual((starting.communicate(timeout=30)[1], starting.returncode), (b"", 0))
            pid = int(pid_file.read_text())
            self.assertIn(b"capturing on pt0", syslog.recv(4096))
            os.kill(pid, signal.SIGTERM)
            self.assertIn(b"stopped", syslog.recv(4096))


if __name__ == "__main__":
    unittest.main()
