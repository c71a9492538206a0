#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon_summarise_level_2: its command line, its one line, what it refuses, and beside a daemon that writes."""
import fcntl
import os
import pty
import signal
import sqlite3
import subprocess
import threading
import time
import unittest

import many_rows
from programs import BIN, ProgramTest, run

PROGRAM = "pastmon_summarise_level_2"


class CommandLine(ProgramTest):
    def test_wrong_ones(self):
        for arguments in (["--age=0"], ["--age=old"], ["--interval=5"], ["--max-runtime=0"], ["--purge"], ["now"]):
            self.assert_refused(run(PROGRAM, *arguments), 2, PROGRAM, "--help")

    def test_version_and_help(self):
        for name in (PROGRAM, PROGRAM + ".pl"):
            for option in ("--version", "--help"):
                done = run(name, option)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertIn(PROGRAM.encode(), done.stdout)

    def test_configuration_that_cannot_work(self):
        self.assert_refused(run(PROGRAM, "-c", self.write("empty.conf", "")), 2, "output_DBI")
        self.assert_refused(run(PROGRAM, "-c", self.directory / "none.conf"), 2, "none.conf")
        conf = self.sqlite_conf('bucket = "15m"; level_2_days = 32;')
        self.assert_refused(run(PROGRAM, "-c", conf, "--interval=1800", "--delete"), 2, "level_2_days", "--age")
        self.assert_refused(run(PROGRAM, "-c", conf, "--interval=1000"), 2, "multiple", "900")
        self.assert_refused(run(PROGRAM, "-c", self.sqlite_conf("level_2_days = -1;")), 2, "level_2_days")

    def test_no_database(self):
        self.assert_refused(run(PROGRAM, "-c", self.sqlite_conf()), 1, "no database", "pastmon.db")
        self.assertFalse((self.directory / "pastmon.db").exists())


class Summarise(ProgramTest):
    def setUp(self):
        super().setUp()
        self.database = many_rows.Sqlite(self.directory, clients=12, buckets=15)

    def summarise(self, *options, environment=None):
        done = run(PROGRAM, "-c", self.database.conf, *options, env={**os.environ, "TZ": "UTC", **(environment or {})})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count(b"\n"), 1, done.stdout)
        return done

    def rows(self, table):
        return self.database.ask(f"SELECT count(*) FROM {table}")[0][0]

    def test_dry_run_changes_nothing(self):
        before = many_rows.dump(self.database)
        done = self.summarise("--dry-run", "--delete")
        self.assertIn(f"would add {self.rows('level_1')} rows".encode(), done.stdout)
        self.assertEqual(many_rows.dump(self.database), before)

    def test_one_line_for_cron(self):
        rows = self.rows("level_1")
        done = self.summarise("--age=32", "--interval=3600")
        self.assertEqual(done.stderr, b"")
        self.assertRegex(done.stdout.decode(), f"^{PROGRAM}: {rows} rows of level 1 added to {self.rows('level_2')} rows "
                                               r"of level 2 in \d+ intervals?; \d+ seconds?\n$")
        self.assertEqual(self.rows("level_1"), rows)
        done = self.summarise("--delete")
        self.assertIn(f"removed: {rows} rows".encode(), done.stdout)
        self.assertEqual(self.rows("level_1"), 0)

    def test_young_rows_stay(self):
        self.summarise("--age=36500", "--delete")
        self.assertEqual(self.rows("level_2"), 0)

    def test_intervals_that_fit_no_day(self):
        self.assertEqual(self.summarise("--dry-run").stderr, b"")
        for options, environment, words in ((["--interval=25200"], {}, "does not divide a day"),
                                            ([], {"TZ": "Asia/Kolkata"}, "offset of the time zone"),
                                            (["--interval=7200"], {"TZ": "Europe/Berlin"}, "offset of the time zone")):
            done = self.summarise("--dry-run", *options, environment=environment)
            self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
            self.assertIn(words.encode(), done.stderr)
        self.assertEqual(self.summarise("--dry-run", "--interval=1800", environment={"TZ": "Asia/Kolkata"}).stderr, b"")
        self.write("pastmon-web.conf", 'timezone = "Asia/Kathmandu";')
        self.assertIn(b"Asia/Kathmandu", self.summarise("--dry-run").stderr)

    def test_no_longer_than_asked(self):
        done = self.summarise("--max-runtime=1000", "--delete")
        self.assertNotIn(b"stopped", done.stdout)

    def test_a_bar_on_a_terminal_only(self):
        self.assertEqual(self.summarise("--progress").stderr, b"")
        self.database.restore()
        leader, follower = pty.openpty()
        done = subprocess.run([BIN / PROGRAM, "-c", self.database.conf, "--progress"], stderr=follower, timeout=60,
                              stdout=subprocess.PIPE)
        self.assertIn(b"%", os.read(leader, 100_000))
        os.close(follower)
        os.close(leader)
        self.assertEqual(done.stdout.count(b"\n"), 1)

    def test_a_signal_ends_it_between_two_transactions(self):
        process = subprocess.Popen([BIN / PROGRAM, "-c", self.database.conf, "--delete"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        while self.rows("archived") == 0 and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, err), (0, b""))
        self.assertTrue(out.endswith(b"stopped by a signal, the next run goes on\n"), out)
        self.assertGreater(self.rows("level_1"), 0)
        self.summarise("--delete")
        self.assertEqual(self.rows("level_1"), 0)

    def test_a_second_one_does_nothing(self):
        with open(f"{self.database.path}-level2.lock", "w", encoding="ascii") as first:
            fcntl.flock(first, fcntl.LOCK_EX)
            self.assertIn(b"another one is at work", self.summarise("--delete").stdout)
        self.assertEqual(self.rows("level_2"), 0)
        self.assertIn(b"added to", self.summarise().stdout)

    def test_beside_a_daemon_that_writes(self):
        """What a daemon writes every ten seconds is written without waiting long, here twenty times a second."""
        waits, stop = [], threading.Event()

        def daemon():
            connection = sqlite3.connect(self.database.path, timeout=60, isolation_level=None)
            connection.execute("PRAGMA synchronous = OFF")
            while not stop.wait(0.05):
                begun = time.monotonic()
                connection.execute("BEGIN IMMEDIATE")
                waits.append(time.monotonic() - begun)
                connection.execute("UPDATE host SET name_seen = name_seen")
                connection.execute("COMMIT")
            connection.close()

        thread = threading.Thread(target=daemon)
        thread.start()
        try:
            self.summarise("--delete")
        finally:
            stop.set()
            thread.join()
        self.assertEqual(self.rows("level_1"), 0)
        self.assertLess(max(waits, default=0), 5)


if __name__ == "__main__":
    unittest.main()
