#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`pastmon-admin migrate`: every row of one database is in the other, once, however often the copying is killed."""
import contextlib
import fcntl
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
import unittest

import postgres
from programs import BIN, CAPTURES, ProgramTest, run

CAPTURE = CAPTURES / "smtp_starttls/smtp_starttls.pcap"
OTHER = CAPTURES / "dns_tcp/dns_tcp.pcap"
TABLES = ["sensor", "signature", "host", "host_name", "applied_batch", "archived", "level_1", "level_2", "statistic", "total",
          "statistic_total"]
ROUNDS = int(os.environ.get("PASTMON_KILL_ROUNDS", "6"))
ROWS = int(os.environ.get("PASTMON_MIGRATE_ROWS", "20000"))


class Migrate(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = postgres.Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.databases = 0

    def setUp(self):
        super().setUp()
        type(self).databases += 1
        self.database = f"migrate_{self.databases}"
        self.cluster.sql(f"CREATE DATABASE {self.database} OWNER pastmon")
        self.pgsql = self.write("pg.conf", f"""data_directory = "{self.directory}/data";
            output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; dbname = "{self.database}"; username = "pastmon"; }};""")
        self.sqlite = self.sqlite_conf()
        self.file = self.directory / "pastmon.db"

    def read_capture(self, conf, capture=CAPTURE, sensor="edge"):
        done = run("pastmon", "-c", conf, "--sensor", sensor, "--read", capture)
        self.assertEqual(done.returncode, 0, done.stderr)

    def lite(self, *statements, file=None):
        """Runs statements on an SQLite file; rows of the last one."""
        database = sqlite3.connect(file or self.file)
        for statement in statements:
            rows = database.execute(statement).fetchall()
        database.commit()
        database.close()
        return rows

    def psql(self, statement):
        return self.cluster.sql("SET search_path = pastmon; " + statement, self.database, "pastmon")

    def columns(self, table, file=None):
        return [name for (name,) in self.lite(f"SELECT name FROM pragma_table_info('{table}') ORDER BY name", file=file)]

    def rows_of_sqlite(self, table, file=None):
        values = ", ".join(f'\'{c}\', ' + (f'hex("{c}")' if c == "detail" else f'"{c}"') for c in self.columns(table, file))
        return sorted(json.dumps(json.loads(row), sort_keys=True)
                      for (row,) in self.lite(f"SELECT json_object({values}) FROM {table}", file=file))

    def rows_of_pgsql(self, table):
        values = ", ".join(f"'{c}', " + (f"upper(encode({c}, 'hex'))" if c == "detail" else f'"{c}"')
                           for c in self.columns(table))
        rows = self.psql(f"SELECT json_build_object({values}) FROM {table}").splitlines()
        return sorted(json.dumps(json.loads(row), sort_keys=True) for row in rows)

    def assert_same(self, tables=None):
        for table in tables or TABLES:
            self.assertEqual(self.rows_of_pgsql(table), self.rows_of_sqlite(table), table)

    def command(self):
        return [BIN / "pastmon-admin", "-c", self.pgsql, "migrate", "--from", f"sqlite:{self.file}", "--to", "pgsql"]

    def migrate(self, *more, status=0):
        done = run("pastmon-admin", "-c", self.pgsql, "migrate", "--from", f"sqlite:{self.file}", "--to", "pgsql", *more)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    @contextlib.contextmanager
    def session(self, statement):
        """A session of the database that has run this statement, and stays."""
        with subprocess.Popen(["psql", "-h", self.cluster.socket, "-U", "pastmon", "-d", self.database, "-Atq"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            child.stdin.write(f"{statement};\n\\echo there\n")
            child.stdin.flush()
            while child.stdout.readline().strip() != "there":
                self.assertIsNone(child.poll())
            yield
            child.stdin.close()

    def fill(self):
        """What a capture gives, and of each other table rows that no capture gives."""
        self.read_capture(self.sqlite)
        self.read_capture(self.sqlite, OTHER, "second")
        sensor = "(SELECT id FROM sensor WHERE name = 'edge')"
        level = [c for c in self.columns("total") if c not in ("sensor", "signature")]
        names = ", ".join(f'"{c}"' for c in level)
        self.lite("UPDATE sensor SET identity = 'word' WHERE name = 'edge'",
                  "UPDATE host SET name = '=evil \"a'', b?', name_source = 'dns' WHERE id = (SELECT MAX(id) FROM host)",
                  "INSERT OR IGNORE INTO host_name SELECT id, 'old ' || address, 'ptr', 5 FROM host",
                  "INSERT OR IGNORE INTO host_name SELECT id, 'ä€ ' || address, 'dns', 6 FROM host",
                  f"INSERT INTO archived SELECT DISTINCT bucket, sensor, run, -1 FROM level_1 WHERE sensor = {sensor}",
                  "INSERT INTO level_2 SELECT * FROM level_1",
                  "UPDATE level_2 SET bucket = bucket - bucket % 3600, \"interval\" = 3600, run = 0",
                  f"INSERT OR REPLACE INTO total (sensor, signature, {names}) SELECT sensor, signature, {names} FROM level_1",
                  f"INSERT OR REPLACE INTO statistic_total VALUES ({sensor}, 'packets', '', 3, 900, 100, 500)")

    def eventually(self, condition):
        for _ in range(400):
            if condition():
                return
            time.sleep(0.05)
        self.fail("waited in vain")

    def fill_many(self, rows=ROWS):
        self.fill()
        values = ", ".join({"client": "n.i", "bucket": "1700000100 + n.i / 700 * 300", "run": "7"}.get(c, f'r."{c}"')
                           for c in self.table_columns("level_1"))
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT"
        name = "'é? \" ''' || i"
        self.lite(f"INSERT INTO level_1 {numbers} {rows}) SELECT {values} FROM n, "
                  "(SELECT * FROM level_1 ORDER BY LENGTH(detail) DESC LIMIT 1) AS r",
                  f"INSERT INTO host_name {numbers} 5000) SELECT (SELECT MIN(id) FROM host), {name}, 'dns', i FROM n",
                  f"INSERT INTO statistic {numbers} 5000) SELECT 1700000100, (SELECT MAX(id) FROM sensor), 7, {name}, '', 1, 2, "
                  "3, 4, 300 FROM n")

    def table_columns(self, table):
        return [name for (name,) in self.lite(f"SELECT name FROM pragma_table_info('{table}') ORDER BY cid")]

    def test_every_row_of_every_table(self):
        self.fill()
        before = {table: self.rows_of_sqlite(table) for table in TABLES}
        done = self.migrate()
        self.assertEqual(done.stderr, b"")
        self.assert_same()
        for table in TABLES:
            (count,), = self.lite(f"SELECT COUNT(*) FROM {table}")
            self.assertGreater(count, 0, table)
            line = [words for words in map(str.split, done.stdout.decode().splitlines()) if words[0] == table]
            self.assertEqual(line, [[table, f"{count:,}", f"{count:,}", "agree"]])
        self.assertEqual({table: self.rows_of_sqlite(table) for table in TABLES}, before)
        self.assertEqual(run("pastmon-admin", "-c", self.pgsql, "check").returncode, 0)

    def test_rows_are_due_for_roll_ups(self):
        self.fill()
        self.migrate()
        for level, span in ((1, 3600), (2, 86400)):
            hours = self.lite(f"SELECT DISTINCT bucket - bucket % {span}, sensor FROM level_{level}")
            due = self.psql(f"SELECT bucket, sensor FROM rolled_up WHERE level = {level} AND ready = 0").splitlines()
            self.assertEqual(sorted(due), sorted(f"{hour}|{sensor}" for hour, sensor in hours))

    def test_a_second_time_changes_nothing(self):
        self.fill()
        self.migrate()
        for _ in range(2):
            self.assertIn(b"All is in", self.migrate().stdout)
            self.assert_same()

    def test_a_batch_that_comes_again_afterwards_is_known(self):
        self.fill()
        self.migrate()
        before = {table: self.rows_of_pgsql(table) for table in TABLES}
        self.read_capture(self.pgsql)
        self.read_capture(self.pgsql, OTHER, "second")
        for table in set(TABLES) - {"host", "host_name", "sensor"}:
            self.assertEqual(self.rows_of_pgsql(table), before[table], table)

    def test_killed_again_and_again(self):
        self.fill_many()
        chance = random.Random(20261126)
        begun = time.monotonic()
        run("pastmon-admin", "-c", self.pgsql, "create-database")
        killed = 0
        for _ in range(ROUNDS):
            child = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(chance.uniform(0.02, 0.6))
            child.send_signal(signal.SIGKILL)
            killed += child.wait(timeout=60) == -signal.SIGKILL
            child.stderr.close()
        self.assertGreater(killed, 0, time.monotonic() - begun)
        self.migrate()
        self.assert_same()

    def test_a_connection_that_breaks(self):
        self.fill_many(5000)
        run("pastmon-admin", "-c", self.pgsql, "create-database")
        child = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while child.poll() is None:
            self.cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pastmon' AND "
                             f"datname = '{self.database}' AND query LIKE '%level_1%'")
        error = child.stderr.read()
        child.stderr.close()
        self.assertEqual(child.returncode, 1, error)
        self.assertIn(b"run it again", error)
        self.migrate()
        self.assert_same()

    def test_two_at_once(self):
        self.fill_many(5000)
        run("pastmon-admin", "-c", self.pgsql, "create-database")
        children = [subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(3)]
        for child in children:
            self.assertIn(child.wait(timeout=120), (0, 1))
        self.migrate()
        self.assert_same()

    def test_what_came_since_is_copied_by_the_next_run(self):
        self.read_capture(self.sqlite)
        self.migrate()
        self.read_capture(self.sqlite, OTHER)
        done = self.migrate()
        self.assertIn(b"has changed since the last run", done.stderr)
        self.assert_same()

    def test_other_sensors_stay(self):
        self.fill()
        self.read_capture(self.pgsql, CAPTURES / "dns_ipv6/dns_ipv6.pcap", "third")
        before = self.rows_of_pgsql("level_1")
        self.migrate()
        self.assertEqual(self.rows_of_pgsql("level_1"), sorted(before + self.rows_of_sqlite("level_1")))

    def test_totals_are_added_once(self):
        self.fill()
        run("pastmon-admin", "-c", self.pgsql, "create-database")
        sensor, signature, packets = self.lite("SELECT sensor, signature, packets_client FROM total LIMIT 1")[0]
        names = ", ".join(c for c in self.columns("total") if c not in ("sensor", "signature", "detail") and
                          not c.endswith(("_min", "_max", "_seen")))
        ones = ", ".join("1" for _ in names.split(","))
        self.psql(f"INSERT INTO total (sensor, signature, detail, {names}) VALUES ({sensor}, {signature}, '\\x01', {ones})")
        for _ in range(2):
            self.migrate()
            told = self.psql(f"SELECT packets_client FROM total WHERE sensor = {sensor} AND signature = {signature}")
            self.assertEqual(int(told), packets + 1)

    def test_back_into_a_file(self):
        self.fill()
        self.migrate()
        back = self.directory / "back.db"
        done = run("pastmon-admin", "migrate", "--from", "pgsql", "--from-config", self.pgsql, "--to", f"sqlite:{back}")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        for table in TABLES:
            self.assertEqual(self.rows_of_sqlite(table, back), self.rows_of_sqlite(table), table)

    def test_a_lone_copy_of_a_file_is_a_source(self):
        self.fill()
        self.lite(f"VACUUM INTO '{self.directory}/copy.db'")
        original, self.file = self.file, self.directory / "copy.db"
        self.migrate()
        self.file = original
        self.assert_same()

    def test_not_beside_a_running_sensor(self):
        self.fill()
        (self.directory / "data").mkdir(exist_ok=True)
        with open(self.directory / "data/lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write("4242\n")
            lock.flush()
            done = run("pastmon-admin", "-c", self.pgsql, "migrate", "--from", f"sqlite:{self.file}", "--to", "pgsql")
            self.assert_refused(done, 1, "process 4242", "--beside-sensor")
            self.migrate("--beside-sensor")
        self.assert_same()

    def refused_while(self, description):
        done = self.migrate(status=1)
        self.assert_refused(done, 1, description, "is being summarised", "pastmon_summarise_level_2")

    def test_not_while_the_source_is_summarised(self):
        self.fill()
        with open(f"{self.file}-level2.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refused_while(f"sqlite3 {self.file}")
        self.migrate()
        self.assert_same()

    def test_not_while_the_target_is_summarised(self):
        self.fill()
        with self.session("SELECT pg_advisory_lock(1349735502, 3)"):
            self.refused_while(self.database)
        self.migrate()
        self.assert_same()

    def test_nobody_summarises_either_database_meanwhile(self):
        self.fill_many(500)
        run("pastmon-admin", "-c", self.pgsql, "create-database")
        # The copying waits for this session, with all its own locks held.
        with self.session("BEGIN; LOCK TABLE pastmon.level_1"):
            child = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            self.eventually(lambda: self.cluster.sql(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").strip() == "1")
            for conf in (self.sqlite, self.pgsql):
                done = run("pastmon_summarise_level_2", "--config", conf, "--age=1", "--interval=3600", "--delete")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(b"another", done.stdout + done.stderr)
        self.assertEqual(child.wait(timeout=60), 0, child.stderr.read())
        child.stderr.close()
        self.assert_same()

    def test_archived_rows_of_the_same_sensor_are_refused(self):
        self.fill()
        self.read_capture(self.pgsql)
        self.psql("INSERT INTO level_2 SELECT * FROM level_1")
        before = self.rows_of_pgsql("level_2")
        self.assert_refused(self.migrate(status=1), 1, "archived rows", "edge")
        self.assertEqual(self.rows_of_pgsql("level_2"), before)
        self.assertEqual(self.psql("SELECT COUNT(*) FROM migration").strip(), "0")

    def test_two_machines_with_one_name_are_refused(self):
        self.fill()
        self.read_capture(self.pgsql)
        self.psql("UPDATE sensor SET identity = 'another word'")
        self.assert_refused(self.migrate(status=1), 1, "edge", "another machine")

    def test_what_cannot_be_a_source_is_refused(self):
        self.assert_refused(self.migrate(status=1), 1, "pastmon.db", "No such file")
        self.assertFalse(self.file.exists())
        self.write("pastmon.db", "a letter, not a database\n" * 100)
        self.assert_refused(self.migrate(status=1), 1, "not an SQLite database")
        self.assertEqual(self.file.read_text(), "a letter, not a database\n" * 100)

    def test_the_same_database_twice_is_refused(self):
        self.fill()
        done = run("pastmon-admin", "migrate", "--from", f"sqlite:{self.file}", "--to", f"sqlite:{self.file}")
        self.assert_refused(done, 1, "same database")

    def test_wrong_command_lines(self):
        for wrong, word in ((["--from", "pgsql"], "--to"), (["--from", "mysql", "--to", "pgsql"], "mysql"),
                            (["--from", "sqlite:", "--to", "pgsql"], "sqlite:FILE")):
            self.assert_refused(run("pastmon-admin", "migrate", *wrong), 2, word)
        self.assert_refused(run("pastmon-admin", "-c", self.sqlite, "migrate", "--from", "sqlite:x", "--to", "pgsql"), 2,
                            "pastmon.conf", "no PostgreSQL database")


if __name__ == "__main__":
    unittest.main()
