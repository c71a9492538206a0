#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-admin: what it creates, and what it leaves alone."""
import sqlite3
import unittest

from programs import ProgramTest, run


class CommandLine(ProgramTest):
    def test_wrong_ones(self):
        for arguments in ([], ["destroy"], ["--no-such-option"], ["check", "-c"]):
            self.assert_refused(run("pastmon-admin", *arguments), 2, "pastmon-admin", "--help")

    def test_version_and_help(self):
        for option in ("--version", "--help"):
            done = run("pastmon-admin", option)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertIn(b"pastmon-admin", done.stdout)

    def test_no_database(self):
        conf = self.write("empty.conf", "")
        for action in ("create-database", "check"):
            self.assert_refused(run("pastmon-admin", "-c", conf, action), 2, "output_DBI")

    def test_bad_configuration(self):
        conf = self.write("bad.conf", "\nintrfaces = 1;")
        for action in ("create-database", "check", "check-config"):
            self.assert_refused(run("pastmon-admin", "-c", conf, action), 2, "bad.conf:2", "did you mean interfaces?")

    def test_password_is_never_shown(self):
        conf = self.write("p.conf", 'output_DBI: { driver = "pgsql"; dbname = "d"; password = "swordfish"; };', 0o640)
        done = run("pastmon-admin", "-c", conf, "check-config")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(b"swordfish", done.stdout + done.stderr)
        self.assertIn(b"(hidden)", done.stdout)


class Database(ProgramTest):
    def test_directory_that_is_not_there(self):
        conf = self.write("d.conf", 'output_DBI: { driver = "sqlite3"; dbname = "/no/such/directory/p.db"; };')
        self.assert_refused(run("pastmon-admin", "-c", conf, "create-database"), 1, "/no/such/directory")
        self.assert_refused(run("pastmon-admin", "-c", conf, "check"), 1, "/no/such/directory")

    def test_file_that_is_no_database(self):
        self.write("pastmon.db", "this is a letter, not a database\n" * 100)
        conf = self.sqlite_conf()
        for action in ("create-database", "check"):
            self.assert_refused(run("pastmon-admin", "-c", conf, action), 1, "pastmon.db")
        self.assertEqual((self.directory / "pastmon.db").read_text(), "this is a letter, not a database\n" * 100)

    def test_database_of_somebody_else(self):
        database = sqlite3.connect(self.directory / "pastmon.db")
        database.execute("CREATE TABLE letters (text)")
        database.execute("INSERT INTO letters VALUES ('dear')")
        database.commit()
        database.close()
        self.assert_refused(run("pastmon-admin", "-c", self.sqlite_conf(), "create-database"), 1, "pastmon.db")
        database = sqlite3.connect(self.directory / "pastmon.db")
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
        database.close()
        self.assertEqual(tables, ["letters"])

    def test_empty_database_has_no_schema(self):
        (self.directory / "pastmon.db").touch()
        self.assert_refused(run("pastmon-admin", "-c", self.sqlite_conf(), "check"), 1, "create-database")

    def test_schema_newer_than_the_program(self):
        conf = self.sqlite_conf()
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database").returncode, 0)
        database = sqlite3.connect(self.directory / "pastmon.db")
        database.execute("INSERT INTO schema_version VALUES (9999, 0)")
        database.commit()
        database.close()
        for action in ("create-database", "check"):
            self.assert_refused(run("pastmon-admin", "-c", conf, action), 1, "9999", "newer")

    def test_create_twice_keeps_what_is_there(self):
        conf = self.sqlite_conf()
        for _ in range(2):
            done = run("pastmon-admin", "-c", conf, "create-database")
            self.assertEqual((done.returncode, done.stderr), (0, b""))
        done = run("pastmon-admin", "-c", conf, "check")
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_postgresql_that_is_not_there(self):
        conf = self.write("d.conf", f'output_DBI: {{ driver = "pgsql"; dbname = "d"; host = "{self.directory}"; }};')
        self.assert_refused(run("pastmon-admin", "-c", conf, "check"), 1, str(self.directory))


if __name__ == "__main__":
    unittest.main()
