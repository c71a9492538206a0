#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-admin sensor release, on both databases; and that capture files are let in whoever has the name."""
import sqlite3
import unittest

from postgres import Cluster
from programs import CAPTURES, SOURCE, ProgramTest, run

CAPTURE = CAPTURES / "http_basic" / "http_basic.pcap"


class Release:
    def identity(self):
        return self.query("SELECT identity FROM sensor WHERE name = 'one'").strip()

    def test_a_name_is_released(self):
        self.assertEqual(run("pastmon", "--read", CAPTURE, "-c", self.conf, "--sensor", "one").returncode, 0)
        self.query("UPDATE sensor SET identity = 'somebody'")
        done = run("pastmon-admin", "-c", self.conf, "sensor", "release", "one")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(b"one", done.stdout)
        self.assertEqual(self.identity(), "")

    def test_a_file_is_let_in_under_any_name(self):
        self.assertEqual(run("pastmon-admin", "-c", self.conf, "create-database").returncode, 0)
        self.assertEqual(run("pastmon", "--read", CAPTURE, "-c", self.conf, "--sensor", "one").returncode, 0)
        rows = self.query("SELECT count(*) FROM level_1")
        self.query("UPDATE sensor SET identity = 'somebody'")
        done = run("pastmon", "--read", CAPTURE, "-c", self.conf, "--sensor", "one", "--bucket", 60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(int(self.query("SELECT count(*) FROM level_1")), int(rows))
        self.assertEqual(self.identity(), "somebody")

    def test_no_such_sensor(self):
        self.assertEqual(run("pastmon-admin", "-c", self.conf, "create-database").returncode, 0)
        self.assert_refused(run("pastmon-admin", "-c", self.conf, "sensor", "release", "nobody"), 1, "nobody")

    def test_no_schema(self):
        self.assert_refused(run("pastmon-admin", "-c", self.conf, "sensor", "release", "one"), 1, "PasTmon")


class Sqlite(Release, ProgramTest):
    def setUp(self):
        super().setUp()
        self.conf = self.sqlite_conf()

    def query(self, sql):
        database = sqlite3.connect(self.directory / "pastmon.db")
        try:
            rows = database.execute(sql).fetchall()
            database.commit()
            return str(rows[0][0]) if rows else ""
        finally:
            database.close()


class PostgreSql(Release, ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.close)

    def setUp(self):
        super().setUp()
        self.cluster.sql("DROP DATABASE IF EXISTS released")
        self.cluster.sql("CREATE DATABASE released OWNER pastmon")
        self.conf = self.write("pg.conf", f"""signatures_directory = "{SOURCE}/etc/signatures.d";
            output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; dbname = "released";
            username = "pastmon"; }};""")

    def query(self, sql):
        return self.cluster.sql("SET search_path = pastmon; " + sql, "released")


if __name__ == "__main__":
    unittest.main()
