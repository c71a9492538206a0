#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-admin create-database --front: what it makes, and what it says when something is wrong with a group."""
import glob
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.request

import postgres
from programs import BIN, CAPTURES, SOURCE, ProgramTest, run

CAPTURE = CAPTURES / "http_basic/http_basic.pcap"


class Front(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = postgres.Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.cluster.sql("DROP DATABASE pastmon2")
        cls.databases = 0
        with tempfile.TemporaryDirectory() as directory:
            for name in ("north", "south"):
                conf = pathlib.Path(directory, f"{name}.conf")
                conf.write_text(cls.text(directory, name, f"sensor {name}"))
                for arguments in (("pastmon-admin", "-c", conf, "create-database", "--admin-user", "postgres"),
                                  ("pastmon", "-f", "-c", conf, "--read", CAPTURE)):
                    done = run(*arguments)
                    assert done.returncode == 0, done.stderr

    @classmethod
    def text(cls, directory, database, sensor, role="pastmon"):
        return (f'data_directory = "{directory}/{database}"; signatures_directory = "{SOURCE}/etc/signatures.d"; '
                f'sensor = "{sensor}"; output_DBI: {{ driver = "pgsql"; host = "{cls.cluster.socket}"; '
                f'dbname = "{database}"; username = "{role}"; }};')

    def setUp(self):
        super().setUp()
        type(self).databases += 1
        self.database = f"front{self.databases}"
        self.conf = self.write("front.conf", self.text(self.directory, self.database, "front"), 0o640)

    def group(self, name, user="pastmon_web", more="", database=None):
        return f"{name}=host={self.cluster.socket} dbname={database or name} user={user} {more}"

    def front(self, *arguments, status=0, action="create-database"):
        done = run("pastmon-admin", "-c", self.conf, action, "--admin-user", "postgres", *arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def made(self, *groups, more=()):
        arguments = [word for group in groups for word in ("--group", group)]
        done = self.front("--front", *arguments, *more)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode().splitlines()

    def refused(self, group, status, *words, more=()):
        self.assert_refused(self.front("--front", "--group", group, *more, status=status), status, *words)

    def sql(self, text, role="pastmon_web"):
        return self.cluster.sql("SET search_path = pastmon; " + text, self.database, role).strip()

    def sensors(self):
        return self.sql("SELECT string_agg(name, ',' ORDER BY name) FROM sensor")

    # ---- what is made

    def test_groups_come_and_go(self):
        lines = self.made(self.group("north"))
        for line in ("made: front", f"made: group north ({self.cluster.socket}/north)"):
            self.assertIn(line, lines)
        self.assertEqual(self.sensors(), "sensor north")
        self.made(self.group("south"))
        self.assertEqual(self.sensors(), "sensor north,sensor south")
        one = self.cluster.sql("SELECT SUM(transactions) FROM pastmon.level_1", "north", "pastmon_web").strip()
        self.assertEqual(self.sql("SELECT sensor_group, SUM(transactions) FROM level_1 GROUP BY 1 ORDER BY 1"),
                         f"north|{one}\nsouth|{one}")
        self.assertEqual(self.sql("SELECT COUNT(*) > 0 FROM level_1_by_name WHERE sensor = 'sensor south'"), "t")
        self.made(self.group("north"))  # changed
        self.assertEqual(self.front().stdout.decode(), f"ready: pgsql {self.cluster.socket}/{self.database}\n")
        self.assertEqual(self.sensors(), "sensor north,sensor south")
        self.made(more=["--remove-group", "north"])
        self.assertEqual(self.sensors(), "sensor south")
        self.assert_refused(self.front("--front", "--remove-group", "north", status=1), 1, "no group \"north\"")

    def test_programs_read_it(self):
        self.made(self.group("north"), self.group("south"))
        self.assertEqual(run("pastmon-admin", "-c", self.conf, "check").returncode, 0)
        rows = run("pastmon-admin", "-c", self.conf, "export", "--format", "json").stdout.splitlines()
        self.assertEqual({json.loads(row)["sensor"] for row in rows}, {"sensor north", "sensor south"})
        self.assertEqual(len(rows), 2 * len(run("pastmon-admin", "-c", self.conf, "export", "--format", "json",
                                                "--sensor", "sensor north").stdout.splitlines()))

    def test_an_older_front_is_brought_up_to_date(self):
        self.made(self.group("north"), self.group("south"))
        self.sql("DELETE FROM schema_version WHERE version > 1", "postgres")
        self.sql("DROP VIEW host CASCADE", "postgres")
        self.assert_refused(run("pastmon-admin", "-c", self.conf, "check"), 1, "upgrade-database")
        self.front(action="upgrade-database")
        self.assertEqual(self.sensors(), "sensor north,sensor south")
        self.assertNotEqual(self.sql("SELECT COUNT(*) FROM host"), "0")
        self.assertEqual(run("pastmon-admin", "-c", self.conf, "check").returncode, 0)

    def test_passwords_come_from_a_file(self):
        conf = self.write("guarded.conf", self.text(self.directory, "guarded", "g", "guarded").replace(
            "guarded\"; }", "guarded\"; password = \"swordfish\"; }"), 0o640)
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database").returncode, 0)
        group = self.group("guarded", "guarded")
        self.refused(group, 1, "group guarded", "password")
        wrong = self.write("wrong", "guarded:sailfish\n", 0o600)
        self.refused(group, 1, "password authentication failed", more=["--passwords", wrong])
        right = self.write("right", "# group:password\nguarded:swordfish\n", 0o600)
        done = self.front("--front", "--group", group, "--passwords", right)
        self.assertNotIn(b"swordfish", done.stdout + done.stderr)
        self.assertEqual(self.sql("SELECT COUNT(*) FROM sensor"), "0")
        self.assertNotIn("swordfish", self.sql("SELECT * FROM pg_user_mappings"))
        self.assertNotIn("swordfish", (self.cluster.directory / "postgresql/server.log").read_text())
        right.chmod(0o644)
        self.refused(group, 2, "chmod", more=["--passwords", right])
        self.refused(group + " password=swordfish", 2, "--passwords")

    def test_dropping_it_leaves_the_groups(self):
        self.made(self.group("north"), self.group("south"))
        done = run("pastmon-admin", "-c", self.conf, "drop-database", "--admin-user", "postgres",
                   input=f"{self.database}\n{self.database}\n".encode())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"the databases of its groups stay", done.stdout)
        self.assertIn(b"federation_group 2", done.stdout)
        self.assertNotEqual(self.cluster.sql("SELECT COUNT(*) FROM pastmon.level_1", "north").strip(), "0")

    # ---- what is refused

    def test_wrong_words(self):
        for group, words in {"north": "NAME=CONNINFO", "north=db1": "NAME=CONNINFO", "a b=dbname=x": "letters",
                             "north=hots=x dbname=y": "hots", "north=host=x": "dbname"}.items():
            self.refused(group, 2, words)
        self.assert_refused(self.front("--group", self.group("north"), status=2), 2, "--front")
        sqlite = self.sqlite_conf()
        done = run("pastmon-admin", "-c", sqlite, "create-database", "--front", "--group", self.group("north"))
        self.assert_refused(done, 1, "PostgreSQL")

    def test_a_group_that_cannot_be_reached(self):
        self.refused("west=host=/no/such/place dbname=west", 1, "group west (/no/such/place/west)", "No such file")
        self.refused(self.group("west"), 1, "group west", "database \"west\" does not exist")
        self.refused(self.group("north", "stranger"), 1, "group north", "stranger")
        self.assertEqual(self.sql("SELECT COUNT(*) FROM pg_foreign_server", "postgres"), "0")

    def test_a_group_of_another_version(self):
        conf = self.write("west.conf", self.text(self.directory, "west", "west"), 0o640)
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database", "--admin-user", "postgres").returncode, 0)
        self.cluster.sql("INSERT INTO pastmon.schema_version VALUES (99, 0)", "west")
        self.refused(self.group("west"), 1, "group west", "version 99", "upgrade PasTmon")
        self.cluster.sql("DELETE FROM pastmon.schema_version WHERE version > 1", "west")
        self.refused(self.group("west"), 1, "group west", "version 1", "upgrade-database")
        self.cluster.sql("DROP SCHEMA pastmon CASCADE", "west")
        self.refused(self.group("west"), 1, "group west", "schema_version")
        self.cluster.sql("DROP DATABASE west WITH (FORCE)")

    def test_the_same_database_twice(self):
        done = self.front("--front", "--group", self.group("north"), "--group", self.group("again", database="north"), status=1)
        self.assert_refused(done, 1, "same database")
        done = self.front("--front", "--group", self.group("north"),
                          "--group", self.group("again", more="port=5432", database="north"))
        self.assertIn(b"sensor north stands in several groups (again, north)", done.stderr)

    def test_a_database_with_figures_is_no_front(self):
        self.conf = self.write("north.conf", self.text(self.directory, "north", "n"), 0o640)
        self.refused(self.group("south"), 1, "figures of its own")

    def test_a_sensor_does_not_write_into_a_front(self):
        self.made(self.group("north"))
        done = run("pastmon", "-f", "-c", self.conf, "--read", CAPTURE)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"is a front", done.stderr)
        sqlite = self.sqlite_conf()
        self.assertEqual(run("pastmon", "-f", "-c", sqlite, "--read", CAPTURE).returncode, 0)
        done = run("pastmon-admin", "-c", self.conf, "migrate", "--from", f"sqlite:{self.directory}/pastmon.db", "--to", "pgsql")
        self.assert_refused(done, 1, "is a front")

    def test_a_group_that_is_gone_is_named(self):
        conf = self.write("gone.conf", self.text(self.directory, "gone", "gone"), 0o640)
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database", "--admin-user", "postgres").returncode, 0)
        self.made(self.group("north"), self.group("gone"))
        self.cluster.sql("DROP DATABASE gone WITH (FORCE)")
        done = run("pastmon-admin", "-c", self.conf, "check")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"Group gone", done.stderr)

    def test_pages_and_api_say_which_group_is_gone(self):
        conf = self.write("lost.conf", self.text(self.directory, "lost", "lost"), 0o640)
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database", "--admin-user", "postgres").returncode, 0)
        self.made(self.group("north"), self.group("lost"))
        web = self.write("web.conf", f'output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; '
                                     f'dbname = "{self.database}"; username = "pastmon_web"; }};', 0o640)
        address = self.directory / "address"
        server = subprocess.Popen([BIN / "pastmon-web", "-f", "-c", web, "--listen", "127.0.0.1:0", "--address-file", address],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 30
            while not (address.exists() and address.read_text().endswith("\n")):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)

            def page(path):
                with urllib.request.urlopen(f"http://{address.read_text().strip()}/PasTmon/{path}", timeout=30) as answer:
                    return answer.read().decode()

            self.assertNotIn("Group lost", page("level1?range=all"))
            self.cluster.sql("DROP DATABASE lost WITH (FORCE)")
            for path in ("level1?range=all", "", "internal"):
                gone = f"Group lost ({self.cluster.socket}/lost) cannot be read"
                deadline = time.monotonic() + 30  # answers are used again for some seconds
                while gone not in page(path):
                    self.assertLess(time.monotonic(), deadline, path)
                    time.sleep(0.5)
            answer = json.loads(page("api/v1/list?range=all&group=sensor"))
            self.assertEqual([row["sensor"] for row in answer["rows"]], ["sensor north"])
            self.assertEqual(len(answer["warnings"]), 1)
        finally:
            server.terminate()
            server.wait(timeout=30)

    def test_postgresql_without_the_extension(self):
        with tempfile.TemporaryDirectory() as directory:
            pathlib.Path(directory).chmod(0o755)
            extensions = glob.glob("/usr/share/postgresql/*/extension")
            mounts = ""
            for number, extension in enumerate(extensions):
                copy = pathlib.Path(directory, f"extension{number}")
                shutil.copytree(extension, copy, ignore=lambda _, names: [n for n in names if n.startswith("postgres_fdw")])
                mounts += f"mount --bind {copy} {extension} && "
            place = pathlib.Path(directory, "cluster")
            place.mkdir()
            started = subprocess.run(["unshare", "-m", "sh", "-c", f"{mounts} {postgres.SCRIPT} start {place}"],
                                     capture_output=True, text=True, timeout=120)
            self.assertEqual(started.returncode, 0, started.stderr)
            try:
                self.conf.write_text(self.conf.read_text().replace(self.cluster.socket, started.stdout.strip()))
                self.refused(self.group("north"), 1, "postgresql-contrib")
            finally:
                subprocess.run([postgres.SCRIPT, "stop", place], check=True, timeout=120)


if __name__ == "__main__":
    unittest.main()
