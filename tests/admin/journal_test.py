#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-admin journal: shows what waits, and writes it into a database once. The files are of version 1 of the format:
two batches and a checkpoint of one run, with five rows."""
import fcntl
import shutil
import sqlite3
import unittest

from programs import SOURCE, ProgramTest, run
from postgres import Cluster

FIRST, SECOND = "00000000000000000001.batch", "00000000000000000002.batch"


class JournalTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.journal = self.directory / "data"
        shutil.copytree(SOURCE / "tests" / "store" / "journal_v1", self.journal)

    def files(self):
        return sorted(path.name for path in self.journal.iterdir() if path.name != "lock")

    def admin(self, *arguments):
        return run("pastmon-admin", "journal", "--directory", self.journal, *arguments)

    def replay(self, *arguments):
        return self.admin("replay", "--to", f"sqlite:{self.directory}/out.db", *arguments)

    def query(self, sql):
        database = sqlite3.connect(self.directory / "out.db")
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def assert_all_is_in(self):
        self.assertEqual(self.query("SELECT bucket, count(*), count(DISTINCT run) FROM level_1 GROUP BY 1 ORDER BY 1"),
                         [(1700000100, 2, 1), (1700000400, 1, 1), (1700000700, 2, 1)])
        self.assertEqual(self.query("SELECT number FROM applied_batch ORDER BY 1"), [(1,), (2,), (1000000003,)])
        self.assertEqual(self.query("SELECT \"sum\" FROM statistic WHERE name = 'flows'"), [(5,)])
        self.assertEqual(self.query("SELECT name FROM host WHERE address = '10.0.0.1'"), [("client.example",)])


class Show(JournalTest):
    def test_a_line_a_batch(self):
        shutil.copy(self.journal / FIRST, self.journal / "00000000000000000000.batch.refused")
        (self.journal / SECOND).write_bytes((self.journal / SECOND).read_bytes()[:-1])
        (self.journal / "checkpoint.damaged").write_bytes((self.journal / "checkpoint").read_bytes()[:-2])
        before = self.files()
        done = self.admin("show")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        lines = [line.split() for line in done.stdout.decode().splitlines()]
        self.assertEqual(lines[0][:6], ["STATE", "RUN", "NUMBER", "BUCKETS", "ROWS", "BYTES"])
        self.assertEqual(lines[1], ["refused", "77", "1", "1", "2", "978", "00000000000000000000.batch.refused",
                                    "sensor", "one"])
        self.assertEqual(lines[2], ["waiting", "77", "1", "1", "2", "978", FIRST, "sensor", "one"])
        self.assertEqual(lines[3][:1] + lines[3][5:], ["damaged", "500", SECOND + ":", "cut"])
        self.assertEqual(lines[4], ["checkpoint", "77", "3", "1", "2", "951", "checkpoint", "sensor", "one"])
        self.assertEqual(lines[5][:1] + lines[5][5:], ["damaged", "949", "checkpoint.damaged:", "cut"])
        self.assertEqual(self.files(), before)

    def test_the_configuration_names_the_directory(self):
        done = run("pastmon-admin", "-c", self.sqlite_conf(), "journal", "show")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count(b"waiting"), 2)

    def test_while_a_daemon_is_at_work(self):
        with open(self.journal / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.admin("show").returncode, 0)

    def test_nothing_waits(self):
        for name in self.files():
            (self.journal / name).unlink()
        done = self.admin("show")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(b"nothing waits", done.stdout)

    def test_no_directory(self):
        for action in ("show", "replay"):
            self.assert_refused(run("pastmon-admin", "journal", "--directory", "/no/such", action, "-c",
                                    self.sqlite_conf()), 1, "/no/such")
        self.assertFalse((self.directory / "pastmon.db").exists())


class Replay(JournalTest):
    def test_into_a_file_and_off_the_disk(self):
        done = self.replay()
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(b"3 batches with 5 rows", done.stdout)
        self.assert_all_is_in()
        self.assertEqual(self.files(), [])

    def test_keep_leaves_all_and_twice_is_once(self):
        before = {name: (self.journal / name).read_bytes() for name in self.files()}
        for arguments in (["--keep"], ["--keep"]):
            self.assertEqual(self.replay(*arguments).returncode, 0)
            self.assertEqual({name: (self.journal / name).read_bytes() for name in self.files()}, before)
        self.assertEqual(self.replay().returncode, 0)
        self.assert_all_is_in()
        self.assertEqual(self.files(), [])

    def test_what_was_refused_is_tried_again(self):
        (self.journal / SECOND).rename(self.journal / (SECOND + ".refused"))
        self.assertEqual(self.replay().returncode, 0)
        self.assert_all_is_in()
        self.assertEqual(self.files(), [])

    def test_a_damaged_one_is_told_and_kept(self):
        bytes_ = bytearray((self.journal / FIRST).read_bytes())
        bytes_[100] ^= 1
        (self.journal / FIRST).write_bytes(bytes_)
        done = self.replay()
        self.assert_refused(done, 1, FIRST, "checksum")
        self.assertIn(b"2 batches with 3 rows", done.stdout)
        self.assertEqual(self.files(), [FIRST + ".damaged"])
        self.assertEqual(self.query("SELECT number FROM applied_batch ORDER BY 1"), [(2,), (1000000003,)])

    def test_one_that_the_database_refuses_stays_and_the_others_go_in(self):
        (self.directory / "empty").mkdir()
        run("pastmon-admin", "journal", "--directory", self.directory / "empty", "replay", "--to",
            f"sqlite:{self.directory}/out.db")
        self.query("CREATE TRIGGER never BEFORE INSERT ON level_1 WHEN new.bucket = 1700000400 "
                   "BEGIN SELECT RAISE(ABORT, 'never'); END")
        done = self.replay()
        self.assert_refused(done, 1, SECOND, "never")
        self.assertEqual(self.files(), [SECOND])
        self.query("DROP TRIGGER never")
        self.assertEqual(self.replay().returncode, 0)
        self.assert_all_is_in()
        self.assertEqual(self.files(), [])

    def test_not_while_a_daemon_has_it(self):
        before = self.files()
        with open(self.journal / "lock", "w") as lock:
            lock.write("4711\n")
            lock.flush()
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assert_refused(self.replay(), 1, "in use by process 4711", str(self.journal))
        self.assertEqual(self.files(), before)
        self.assertFalse((self.directory / "out.db").exists())

    def test_wrong_command_lines(self):
        for arguments in (["replay", "--to", "pgsql"], ["replay", "--to", "sqlite:"], [], ["show", "--keep"]):
            self.assert_refused(self.admin(*arguments), 2, "pastmon-admin")
        conf = self.write("none.conf", "")
        self.assert_refused(run("pastmon-admin", "-c", conf, "journal", "replay"), 2, "output_DBI")

    def test_into_the_configured_postgresql(self):
        cluster = Cluster()
        try:
            conf = self.write("pg.conf", f"""output_DBI: {{ driver = "pgsql"; host = "{cluster.socket}";
                dbname = "pastmon2"; username = "pastmon"; }};""")
            for _ in range(2):
                done = run("pastmon-admin", "-c", conf, "journal", "--directory", self.journal, "replay", "--keep")
                self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertEqual(cluster.sql("SELECT count(*) FROM pastmon.level_1", "pastmon2").strip(), "5")
        finally:
            cluster.close()


if __name__ == "__main__":
    unittest.main()
