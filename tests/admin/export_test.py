#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`pastmon-admin export`: what pastmon --report tells of a capture, out of the database, as JSON and as CSV."""
import csv
import io
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import unittest

import postgres
from programs import BIN, CAPTURES, SOURCE, ProgramTest, report, run

CAPTURE = CAPTURES / "smtp_starttls/smtp_starttls.pcap"
DOCS = (SOURCE / "docs/export.md").read_text()
MORE = {"bucket", "interval", "sensor", "run"}  # that a report does not tell
HOSTILE = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", 'a "quoted", b', "line\r\nline", "plain", "'"]


def without(row, keys):
    return {key: value for key, value in row.items() if key not in keys}


class Exports:
    """The tests that both databases pass; `conf` gives a configuration with an empty database."""

    def stored(self, *captures):
        conf = self.conf()
        for capture in captures or (CAPTURE,):
            done = run("pastmon", "-c", conf, "--sensor", "edge", "--read", capture)
            self.assertEqual(done.returncode, 0, done.stderr)
        return conf

    def export(self, conf, *arguments, status=0):
        done = run("pastmon-admin", "-c", conf, "export", *arguments)
        self.assertEqual((done.returncode, done.stderr if status == 0 else b""), (status, b""), done.stderr)
        return done.stdout.decode()

    def objects(self, conf, *arguments):
        return [json.loads(line) for line in self.export(conf, "--format", "json", *arguments).splitlines()]

    def records(self, conf, *arguments):
        return list(csv.DictReader(io.StringIO(self.export(conf, *arguments), newline="")))

    def test_json_tells_what_a_report_tells(self):
        conf = self.stored()
        rows = self.objects(conf)
        told, _, _ = report("--bucket", "300", "--read", CAPTURE)
        key = lambda row: (row["bucket"], row["signature"], row["client"], row["server"], row["port"])
        estimated = {"estimated", "client_other_names", "server_other_names"}
        self.assertEqual(sorted((without(row, MORE - {"bucket"}) for row in rows), key=key),
                         sorted((without(row, estimated) for row in told), key=key))
        self.assertEqual({(row["sensor"], row["interval"]) for row in rows}, {("edge", 300)})
        self.assertEqual(len({int(row["run"]) for row in rows}), 1)

    def test_csv_tells_what_json_tells(self):
        conf = self.stored()
        rows, records = self.objects(conf), self.records(conf)
        self.assertEqual(len(rows), len(records))
        for row, record in zip(rows, records):
            flat = {}
            for name, value in row.items():
                parts = {f"{name}_{part}": v for part, v in value.items()} if isinstance(value, dict) else {name: value}
                flat.update({part: str(v).removesuffix(".0") for part, v in parts.items()})
            self.assertEqual({name: record[name] for name in flat}, flat)
            for name in record.keys() - flat.keys():
                self.assertIn(record[name], ("", "0"), name)

    def test_times_choose_the_buckets(self):
        conf = self.stored()
        bucket = self.objects(conf)[0]["bucket"]
        self.assertEqual(self.objects(conf, "--from", bucket + 1), [])
        self.assertEqual(self.objects(conf, "--to", bucket), [])
        self.assertTrue(self.objects(conf, "--from", bucket, "--to", bucket + 1))
        self.assertTrue(self.objects(conf, "--from", "1970-01-01", "--to", "9999-12-31T23:59:59Z"))
        self.assertEqual(self.export(conf, "--to", "1999-01-01T00:00:00+01:00").count("\n"), 1)

    def test_sensors_are_chosen_by_name(self):
        conf = self.stored()
        self.assertEqual(self.objects(conf, "--sensor", "edge"), self.objects(conf))
        done = run("pastmon-admin", "-c", conf, "export", "--sensor", "edge", "--sensor", "=evil")
        self.assert_refused(done, 1, "no sensor \"=evil\"", "there are: edge")
        self.assertEqual(done.stdout, b"")

    def test_level_two_is_empty_until_something_is_archived(self):
        conf = self.stored()
        self.assertEqual(self.objects(conf, "--level", "2"), [])
        self.assertEqual(len(self.export(conf, "--level", "2").splitlines()), 1)

    def test_names_from_the_network_execute_nothing(self):
        conf = self.stored()
        for name in HOSTILE:
            quoted = name.replace("'", "''")
            self.sql(f"UPDATE host SET name = '{quoted}', name_source = 'dns' WHERE id = (SELECT client FROM level_1 "
                     "ORDER BY bucket, sensor, run, signature, client LIMIT 1)")
            text = self.export(conf)
            self.assertTrue(text.endswith("\r\n"))
            record = self.records(conf)[0]
            cell = record["client_name"]
            self.assertEqual(cell, "'" + name if name[0] in "=+-@\t\r" else name)
            self.assertEqual(self.objects(conf)[0]["client_name"], name)
            for cells in csv.reader(io.StringIO(text, newline="")):
                self.assertEqual(len(cells), len(record))
                for cell in cells:
                    self.assertTrue(cell[:1] not in "=+-@\t\r" or cell == "" or cell.lstrip("-").isdigit(), cell)

    def test_the_commands_of_the_documentation_work(self):
        conf = self.stored()
        commands = re.findall(r"^    pastmon-admin (.*?) *[>|] .*$", DOCS, re.M)
        self.assertEqual(len(commands), 2)
        for command in commands:
            words = [word.replace("/etc/pastmon/pastmon.conf", str(conf)) for word in command.split()]
            words = words if "-c" in words else ["-c", str(conf), *words]
            done = run("pastmon-admin", *words)
            self.assertEqual((done.returncode, done.stderr), (0, b""), command)

    def test_wrong_command_lines(self):
        conf = self.conf()
        for wrong, word in ((["--from", "yesterday"], "--from"), (["--to", "2026-02-30"], "2026-02-30"),
                            (["--from", "2026-01-02", "--to", "2026-01-02"], "later"), (["--level", "3"], "level"),
                            (["--format", "xml"], "format"), (["--level", "2", "--open"], "level 1")):
            self.assert_refused(run("pastmon-admin", "-c", conf, "export", *wrong), 2, word)

    def test_a_reader_that_goes_away_is_no_error(self):
        conf = self.stored()
        for handler in (signal.SIG_DFL, signal.SIG_IGN):
            arguments = [BIN / "pastmon-admin", "-c", conf, "export"]
            child = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, restore_signals=False,
                                     preexec_fn=lambda handler=handler: signal.signal(signal.SIGPIPE, handler))
            child.stdout.close()
            self.assertEqual(child.stderr.read(), b"")
            child.stderr.close()
            self.assertEqual(child.wait(timeout=60), 1)

    def test_a_full_disk_is_told(self):
        conf = self.stored()
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BIN / "pastmon-admin", "-c", conf, "export"], stdout=full, stderr=subprocess.PIPE,
                                  timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left", done.stderr)


class Sqlite(Exports, ProgramTest):
    def conf(self):
        conf = self.sqlite_conf()
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database").returncode, 0)
        return conf

    def sql(self, statement):
        database = sqlite3.connect(self.directory / "pastmon.db")
        database.execute(statement)
        database.commit()
        database.close()
        self.assertEqual(run("pastmon-admin", "-c", self.sqlite_conf(), "create-database").returncode, 0)  # its -wal

    def test_no_database(self):
        self.assert_refused(run("pastmon-admin", "-c", self.sqlite_conf(), "export"), 1, "pastmon.db")

    def test_memory_is_bounded(self):
        """An hour of 20,000 rows is sorted by the database; this program holds one row at a time."""
        conf = self.stored()
        rows = int(os.environ.get("PASTMON_EXPORT_ROWS", "60000"))
        self.sql("INSERT INTO host (id, address) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT "
                 f"{rows}) SELECT i, '10.' || i FROM n")
        columns = [column for (column,) in sqlite3.connect(self.directory / "pastmon.db").execute(
            "SELECT name FROM pragma_table_info('level_1')")]
        values = ", ".join({"client": "n.i", "bucket": "1700000100 + n.i / 1700 * 300"}.get(c, f'r."{c}"') for c in columns)
        self.sql(f"INSERT INTO level_1 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {rows}) "
                 f"SELECT {values} FROM n, (SELECT * FROM level_1 LIMIT 1) AS r")
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (80 << 20, 80 << 20))
        with open(self.directory / "out", "w+b") as out:
            done = subprocess.run([BIN / "pastmon-admin", "-c", conf, "export"], stdout=out, stderr=subprocess.PIPE,
                                  preexec_fn=limit, timeout=300)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            out.seek(0)
            self.assertGreater(sum(1 for _ in out), rows)


class PostgreSql(Exports, ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = postgres.Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.databases = 0

    def conf(self):
        type(self).databases += 1
        self.database = f"export_{self.databases}"
        self.cluster.sql(f"CREATE DATABASE {self.database} OWNER pastmon")
        conf = self.sqlite_conf()
        text = conf.read_text().split("output_DBI")[0]
        conf.write_text(text + f'output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; '
                               f'dbname = "{self.database}"; username = "pastmon"; }};')
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database").returncode, 0)
        return conf

    def sql(self, statement):
        self.cluster.sql("SET search_path = pastmon; " + statement, self.database, "pastmon")


if __name__ == "__main__":
    unittest.main()
