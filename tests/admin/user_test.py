#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-admin user: adds, lists, changes and removes the users of the web server, on both databases."""
import os
import pty
import sqlite3
import subprocess
import time
import unittest

import postgres
from programs import BIN, ProgramTest, run

PASSWORD = "correct horse"


class Users:
    def user(self, *words, password=None):
        stdin = b"" if password is None else password.encode() + b"\n"
        return run("pastmon-admin", "-c", self.conf, "user", *words, input=stdin)

    def add(self, name, role, password=PASSWORD):
        done = self.user("add", name, "--role", role, "--password-stdin", password=password)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode()

    def test_without_users_the_list_says_what_that_means(self):
        done = self.user("list")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn("there are no users", done.stdout.decode())

    def test_added_listed_changed_removed(self):
        self.assertEqual(self.add("zoe", "reader"), "zoe may log in\n")
        self.add("adam", "editor")
        self.assertRegex(self.user("list").stdout.decode(),
                         r"^adam  editor  since \d{4}-\d\d-\d\d \d\d:\d\d UTC\nzoe   reader  since .* UTC\n$")
        hashes = self.hashes()
        self.assertRegex(hashes["zoe"], r"^\$argon2id\$")
        self.assertNotEqual(hashes["zoe"], hashes["adam"], "the same password, another salt")
        self.assertEqual(self.user("role", "zoe", "--role", "editor").returncode, 0)
        self.assertIn("zoe   editor", self.user("list").stdout.decode())
        self.assertEqual(self.user("password", "zoe", "--password-stdin", password="another one").returncode, 0)
        self.assertNotEqual(self.hashes()["zoe"], hashes["zoe"])
        self.assertEqual(self.user("remove", "zoe").returncode, 0)
        self.assertNotIn("zoe", self.user("list").stdout.decode())

    def test_refusals(self):
        self.add("zoe", "reader")
        self.assert_refused(self.user("add", "zoe", "--role", "reader", "--password-stdin", password=PASSWORD), 1, '"zoe" already')
        for name in ("a b", "a:b", "x" * 65, "ü"):
            self.assert_refused(self.user("add", name, "--role", "reader", "--password-stdin", password=PASSWORD), 1, "cannot be a user's name")
        self.assert_refused(self.user("add", "bob", "--role", "reader", "--password-stdin", password="short"), 1, "8 to 1024")
        self.assert_refused(self.user("add", "bob", "--role", "reader", "--password-stdin"), 1, "no password")
        for words in (("remove", "bob"), ("role", "bob", "--role", "reader"), ("password", "bob", "--password-stdin")):
            self.assert_refused(self.user(*words, password=PASSWORD), 1, 'no user "bob"')
        self.assert_refused(self.user("add", "bob", "--role", "owner"), 2, "owner")
        self.assert_refused(self.user("add", "bob"), 2, "--role")
        self.assert_refused(self.user("add", "bob", "--role", "reader", "--password", PASSWORD), 2)

    def test_the_password_is_asked_for_twice_and_not_shown(self):
        for second, status in ((PASSWORD, 0), (PASSWORD + "x", 1)):
            master, terminal = pty.openpty()
            process = subprocess.Popen([BIN / "pastmon-admin", "-c", self.conf, "user", "add", f"bob{status}", "--role", "editor"],
                                       stdin=terminal, stdout=terminal, stderr=terminal)
            os.close(terminal)
            shown = b""
            for prompt, answer in ((b"Password of bob", PASSWORD), (b"The same again", second)):
                deadline = time.monotonic() + 60
                while prompt not in shown:
                    self.assertLess(time.monotonic(), deadline, shown)
                    shown += os.read(master, 1000)
                time.sleep(0.2)
                os.write(master, answer.encode() + b"\n")
            self.assertEqual(process.wait(timeout=60), status)
            try:
                shown += os.read(master, 1000)
            except OSError:
                pass
            os.close(master)
            self.assertNotIn(PASSWORD.encode(), shown)


class Sqlite(Users, ProgramTest):
    def setUp(self):
        super().setUp()
        self.conf = self.sqlite_conf()
        self.write("pastmon-web.conf", f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.directory}/pastmon.db"; }};')

    def hashes(self):
        connection = sqlite3.connect(self.directory / "web.db")
        try:
            return dict(connection.execute("SELECT name, password FROM account"))
        finally:
            connection.close()

    def test_the_file_is_for_its_user_only(self):
        self.add("zoe", "reader")
        self.assertEqual((self.directory / "web.db").stat().st_mode & 0o777, 0o600)

    def test_another_directory(self):
        (self.directory / "other").mkdir()
        self.write("pastmon-web.conf", f'data_directory = "{self.directory}/other"; '
                                       f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.directory}/pastmon.db"; }};')
        self.add("zoe", "reader")
        self.assertTrue((self.directory / "other/web.db").exists())
        self.assertFalse((self.directory / "web.db").exists())

    def test_root_works_as_the_user_of_the_web_server(self):
        if os.geteuid() != 0:
            return  # only root becomes another user
        self.write("pastmon-web.conf", f'user = "nobody"; output_DBI: {{ driver = "sqlite3"; dbname = "{self.directory}/pastmon.db"; }};')
        self.assert_refused(self.user("list"), 1, "web.db", "Permission denied", "data_directory")
        self.directory.chmod(0o777)
        self.add("zoe", "reader")
        self.assertNotEqual((self.directory / "web.db").stat().st_uid, 0)

    def test_without_a_configuration_it_says_which_is_missing(self):
        (self.directory / "pastmon-web.conf").unlink()
        self.assert_refused(self.user("list"), 2, "pastmon-web.conf", "--web-config")
        other = self.write("w.conf", f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.directory}/pastmon.db"; }};')
        self.assertEqual(self.user("list", "--web-config", other).returncode, 0)


class Postgresql(Users, ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = postgres.Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.number = 0

    def setUp(self):
        super().setUp()
        type(self).number += 1
        self.database = f"users{self.number}"
        section = f'output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; dbname = "{self.database}"; username = "%s"; }};'
        self.conf = self.write("pastmon.conf", section % "pastmon", 0o640)
        self.write("pastmon-web.conf", section % "pastmon_web", 0o640)
        done = run("pastmon-admin", "-c", self.conf, "create-database", "--admin-user", "postgres")
        self.assertEqual(done.returncode, 0, done.stderr)

    def query(self, sql, role="postgres"):
        return subprocess.run(["psql", "-X", "-h", self.cluster.socket, "-U", role, "-d", self.database, "-Atc", sql],
                              capture_output=True, text=True, timeout=60)

    def hashes(self):
        return dict(line.split("|") for line in self.query("SELECT name, password FROM web.account").stdout.splitlines())

    def test_the_sensor_cannot_read_them(self):
        self.add("zoe", "reader")
        self.assertIn("permission denied", self.query("SELECT * FROM web.account", "pastmon").stderr)
        self.assertEqual(self.query("SELECT tableowner FROM pg_tables WHERE schemaname = 'web' GROUP BY 1").stdout, "pastmon_web\n")

    def test_creating_again_leaves_them(self):
        self.add("zoe", "reader")
        done = run("pastmon-admin", "-c", self.conf, "create-database", "--admin-user", "postgres")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn("zoe", self.user("list").stdout.decode())


if __name__ == "__main__":
    unittest.main(verbosity=2)
