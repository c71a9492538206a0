#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-admin drop-database: says what goes, wants the name twice, and leaves alone what it should."""
import os
import pty
import re
import sqlite3
import subprocess
import unittest

import postgres
from programs import BIN, CAPTURES, ProgramTest, run


class Drop(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = postgres.Cluster()
        cls.addClassCleanup(cls.cluster.close)

    def pgsql_conf(self, database, role="pastmon"):
        return self.write("pg.conf", f'data_directory = "{self.directory}/data"; output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; '
                                     f'dbname = "{database}"; username = "{role}"; }};', 0o640)

    def drop(self, conf, *typed, arguments=()):
        return run("pastmon-admin", "-c", conf, "drop-database", *arguments, input="".join(line + "\n" for line in typed).encode())

    def fill(self, conf):
        done = run("pastmon", "-c", conf, "--sensor", "drop", "--read", CAPTURES / "demo/demo.pcap")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_sqlite_goes_with_its_files(self):
        conf = self.sqlite_conf()
        self.fill(conf)
        path = self.directory / "pastmon.db"
        (self.directory / "web.db").write_text("favourites")
        (self.directory / "another.db").write_text("stays")
        for typed in ([], [str(path)], [str(path), "pastmon.db"], ["yes", "yes"], [str(path) + "x", str(path)]):
            self.assert_refused(self.drop(conf, *typed), 1)
            self.assertTrue(path.exists())
        done = self.drop(conf, str(path), str(path))
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        output = done.stdout.decode()
        self.assertRegex(output, r"level_1 [1-9]\d*, .*host [1-9]")
        self.assertRegex(output, r"from \d{4}-\d\d-\d\d \d\d:\d\d UTC to \d{4}")
        for name in ("pastmon.db", "pastmon.db-wal", "pastmon.db-shm", "web.db"):
            self.assertIn(f"File: {self.directory}/{name}\n", output)
            self.assertFalse((self.directory / name).exists(), name)
        self.assertTrue((self.directory / "another.db").exists())
        self.assert_refused(self.drop(conf, str(path), str(path)), 1, "no database")

    def test_sqlite_in_use_is_refused(self):
        conf = self.sqlite_conf()
        self.fill(conf)
        path = self.directory / "pastmon.db"
        reader = sqlite3.connect(path)
        rows = reader.execute("SELECT COUNT(*) FROM level_1").fetchone()
        self.assert_refused(self.drop(conf, str(path), str(path)), 1, "in use", "stop pastmon")
        self.assertEqual(reader.execute("SELECT COUNT(*) FROM level_1").fetchone(), rows)
        reader.close()
        self.assertEqual(self.drop(conf, str(path), str(path)).returncode, 0)

    def test_what_is_not_ours_stays(self):
        path = self.directory / "pastmon.db"
        database = sqlite3.connect(path)
        database.execute("CREATE TABLE letters (text)")
        database.commit()
        database.close()
        conf = self.sqlite_conf()
        self.assert_refused(self.drop(conf, str(path), str(path)), 1, "pastmon.db")
        path.unlink()
        path.touch()
        self.assert_refused(self.drop(conf, str(path), str(path)), 1, "no PasTmon tables")
        self.assertTrue(path.exists())
        self.cluster.sql("CREATE DATABASE letters OWNER pastmon")
        self.assert_refused(self.drop(self.pgsql_conf("letters"), "letters", "letters"), 1, "no PasTmon tables")
        self.assertEqual(run("pastmon-admin", "-c", self.pgsql_conf("letters"), "create-database").returncode, 0)
        self.cluster.sql("CREATE TABLE public.dear (text TEXT)", "letters")
        self.assert_refused(self.drop(self.pgsql_conf("letters"), "letters", "letters"), 1, "public.dear")
        self.assertEqual(self.cluster.sql("SELECT COUNT(*) FROM pg_database WHERE datname = 'letters'"), "1\n")

    def test_a_newer_database_stays(self):
        conf = self.sqlite_conf()
        run("pastmon-admin", "-c", conf, "create-database")
        path = self.directory / "pastmon.db"
        database = sqlite3.connect(path)
        database.execute("INSERT INTO schema_version VALUES (9999, 0)")
        database.commit()
        database.close()
        self.assert_refused(self.drop(conf, str(path), str(path)), 1, "9999", "newer")

    def test_postgresql_goes_as_a_whole(self):
        conf = self.pgsql_conf("pastmon2")
        self.fill(conf)
        self.assert_refused(self.drop(conf, "pastmon2", "pastmon"), 1, "nothing is deleted")
        session = subprocess.Popen(["psql", "-h", self.cluster.socket, "-U", "pastmon", "-d", "pastmon2", "-Atq"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        session.stdin.write("SELECT 1;\n")
        session.stdin.flush()
        session.stdout.readline()
        self.assert_refused(self.drop(conf, "pastmon2", "pastmon2"), 1, "1 session", "as pastmon", "stop pastmon")
        session.communicate("\\q\n", timeout=30)
        self.cluster.sql("CREATE ROLE onlooker LOGIN")
        self.cluster.sql("GRANT USAGE ON SCHEMA pastmon TO onlooker; GRANT SELECT ON ALL TABLES IN SCHEMA pastmon TO onlooker", "pastmon2")
        self.assert_refused(self.drop(self.pgsql_conf("pastmon2", "onlooker"), "pastmon2", "pastmon2"), 1, "must be owner", "--admin-user")
        done = self.drop(self.pgsql_conf("pastmon2"), "pastmon2", "pastmon2")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertRegex(done.stdout.decode(), r"level_1 [1-9]\d*, ")
        self.assertEqual(self.cluster.sql("SELECT COUNT(*) FROM pg_database WHERE datname = 'pastmon2'"), "0\n")

    def test_on_a_terminal_it_prompts(self):
        conf = self.sqlite_conf()
        run("pastmon-admin", "-c", conf, "create-database")
        name = f"{self.directory}/pastmon.db"
        controller, terminal = pty.openpty()
        process = subprocess.Popen([BIN / "pastmon-admin", "-c", conf, "drop-database"], stdin=terminal, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        os.close(terminal)
        os.write(controller, f"{name}\n{name}\n".encode())
        output, prompts = process.communicate(timeout=60)
        os.close(controller)
        self.assertEqual(process.returncode, 0, prompts)
        self.assertTrue(re.search(rb"Type the database's name \(.*\): Once more \(.*\): ", prompts, re.S), prompts)
        self.assertIn(b"deleted", output)


if __name__ == "__main__":
    unittest.main()
