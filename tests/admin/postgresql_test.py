#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-admin on PostgreSQL, and what it says when something is wrong with it."""
import subprocess
import unittest

import postgres
from programs import BIN, ProgramTest, run


class PostgreSql(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = postgres.Cluster()
        cls.addClassCleanup(cls.cluster.close)

    def conf(self, role="pastmon", database="pastmon2", more=""):
        return self.write("pg.conf", f'output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; '
                                     f'dbname = "{database}"; username = "{role}"; {more} }};', 0o640)

    def test_creates_the_schema_and_keeps_it(self):
        for action in ("create-database", "create-database", "check"):
            done = run("pastmon-admin", "-c", self.conf(), action)
            self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_wrong_password(self):
        for password in ("", 'password = "sailfish";'):
            for action in ("create-database", "check"):
                done = run("pastmon-admin", "-c", self.conf("guarded", "guarded", password), action)
                self.assert_refused(done, 1, "password")
                self.assertNotIn(b"sailfish", done.stderr)

    def test_right_password(self):
        done = run("pastmon-admin", "-c", self.conf("guarded", "guarded", 'password = "swordfish";'), "create-database")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertNotIn(b"swordfish", done.stdout)

    def test_no_such_role(self):
        self.assert_refused(run("pastmon-admin", "-c", self.conf("stranger"), "check"), 1, "stranger")

    def test_no_such_database(self):
        self.assert_refused(run("pastmon-admin", "-c", self.conf(database="nowhere"), "check"), 1, "nowhere",
                            "create-database")

    def test_database_without_the_schema(self):
        self.cluster.sql("CREATE DATABASE bare OWNER pastmon")
        self.assert_refused(run("pastmon-admin", "-c", self.conf(database="bare"), "check"), 1, "create-database")

    def test_role_that_may_not_create(self):
        self.cluster.sql("CREATE DATABASE closed")
        self.cluster.sql("CREATE ROLE reader LOGIN")
        self.assert_refused(run("pastmon-admin", "-c", self.conf("reader", "closed"), "create-database"), 1, "closed",
                            "permission denied")

    def test_makes_the_database_when_the_role_may(self):
        self.cluster.sql("CREATE ROLE maker LOGIN CREATEDB")
        conf = self.conf("maker", 'made \\"here\\"')
        done = run("pastmon-admin", "-c", conf, "create-database")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(run("pastmon-admin", "-c", conf, "check").returncode, 0)
        self.assert_refused(run("pastmon-admin", "-c", self.conf(database="another"), "create-database"), 1, "another",
                            "permission denied")

    def test_driver_that_is_not_installed(self):
        for action in ("check", "create-database", "upgrade-database", "drop-database"):
            command = f"mount -t tmpfs none {postgres.DRIVERS} && exec {BIN}/pastmon-admin -c {self.conf()} {action}"
            done = subprocess.run(["unshare", "-m", "sh", "-c", command], capture_output=True, timeout=60)
            self.assert_refused(done, 1, "apt-get install libdbd-pgsql")


if __name__ == "__main__":
    unittest.main()
