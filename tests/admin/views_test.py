#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The queries of docs/export.md and docs/schema.md over the views, as the role that reads, and on SQLite."""
import decimal
import json
import re
import sqlite3
import subprocess
import unittest

import postgres
from programs import CAPTURES, SOURCE, ProgramTest, run


def queries(page):
    return re.findall(r"```sql\n(.*?)```", (SOURCE / "docs" / page).read_text(), re.S)


SLOW, FAILED, BYTES = queries("export.md")[:3]
MEAN = queries("schema.md")[0]


def rounded(total, count):
    """Microseconds to a mean in milliseconds, as ROUND() has it."""
    return str((decimal.Decimal(total) / count / 1000).quantize(decimal.Decimal("0.1"), decimal.ROUND_HALF_UP)) if count else ""


class Views(ProgramTest):
    def store(self, conf):
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database").returncode, 0)
        for capture in ("http_aborted", "tcp_refused"):
            done = run("pastmon", "-c", conf, "--sensor", "edge", "--read", CAPTURES / capture / f"{capture}.pcap", "--time-shift-to-now")
            self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in run("pastmon-admin", "-c", conf, "export", "--format", "json").stdout.splitlines()]

    def test_as_the_reading_role(self):
        cluster = postgres.Cluster()
        self.addCleanup(cluster.close)
        cluster.sql("DROP DATABASE pastmon2")
        cluster.sql("DROP ROLE pastmon")
        conf = self.write("pg.conf", f'data_directory = "{self.directory}/data"; signatures_directory = "{SOURCE}/etc/signatures.d";'
                                     f'output_DBI: {{ driver = "pgsql"; host = "{cluster.socket}"; dbname = "pastmon2"; '
                                     f'username = "pastmon"; }};', 0o640)
        exported = self.store(conf)
        day = min(row["bucket"] for row in exported) // 86400
        date = lambda n: cluster.sql(f"SELECT to_char(to_timestamp({n} * 86400) AT TIME ZONE 'UTC', 'YYYY-MM-DD')").strip()

        def ask(query):
            done = subprocess.run(["psql", "-X", "-h", cluster.socket, "-U", "pastmon_web", "-d", "pastmon2", "-v",
                                   "ON_ERROR_STOP=1", "-Atqc", "SET search_path = pastmon; " + query], capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            return [line.split("|") for line in done.stdout.splitlines()]

        rows = ask(SLOW.replace("2023-11-14", date(day)).replace("2023-11-15", date(day + 2)))
        means = {}
        for row in exported:
            total = means.setdefault(row["signature"], [0, 0, 0])
            times = row.get("response_time_us", {"sum": 0, "count": 0})
            for i, more in enumerate((row["transactions"], times["sum"], times["count"])):
                total[i] += more
        self.assertEqual({name: int(count) for name, count, _, _ in rows}, {name: t[0] for name, t in means.items()})
        for name, _, mean, _ in rows:
            self.assertEqual(mean, rounded(means[name][1], means[name][2]), name)
        self.assertEqual(sum(int(row[3]) for row in ask(BYTES)), sum(row.get("bytes_client", 0) + row.get("bytes_server", 0) for row in exported))
        gets = [row for row in exported if row["signature"] == "HTTP GET"]
        told = ask(MEAN)
        self.assertEqual([row[1] for row in told],
                         [row["client"] for row in sorted(gets, key=lambda row: -row["response_time_us"]["max"])])
        self.assertEqual(sum(int(row[3]) for row in told), sum(row["transactions"] for row in gets))
        self.assertGreater(len(told), 0)

    def test_on_sqlite(self):
        exported = self.store(self.sqlite_conf())
        database = sqlite3.connect(f"file:{self.directory}/pastmon.db?mode=ro", uri=True)
        failed = database.execute(FAILED).fetchall()
        failures = lambda row: row["unanswered"] + row["refused"] + row["aborted"]
        self.assertGreater(len(failed), 0)
        self.assertEqual(sum(row[4] for row in failed), sum(map(failures, exported)))
        rows = database.execute(BYTES).fetchall()
        self.assertEqual(sum(row[3] for row in rows), sum(row.get("bytes_client", 0) + row.get("bytes_server", 0) for row in exported))
        self.assertEqual({row[1] for row in rows}, {"edge"})
        database.close()


if __name__ == "__main__":
    unittest.main()
