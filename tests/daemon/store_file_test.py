#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon --read FILE -c CONF: what is stored is what the report prints, and once only."""
import sqlite3
import time
import unittest

from programs import CAPTURES, ProgramTest, report, run

DEMO = CAPTURES / "demo" / "demo.pcap"
COUNTERS = ("transactions", "answered", "unanswered", "refused", "aborted", "errors", "packets_client", "packets_server",
            "bytes_client", "bytes_server")


class StoreFile(ProgramTest):
    def store(self, *arguments):
        done = run("pastmon", "-c", self.sqlite_conf('sensor = "here";'), *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)

    def query(self, sql):
        database = sqlite3.connect(self.directory / "pastmon.db")
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def sums(self):
        return dict(zip(COUNTERS, self.query("SELECT " + ", ".join(f"sum({each})" for each in COUNTERS) +
                                             " FROM level_1")[0]))

    def test_what_is_stored_is_what_the_report_prints(self):
        self.store("--read", DEMO)
        rows, _, _ = report("--read", DEMO, "--bucket", "300")
        self.assertEqual(self.query("SELECT count(*) FROM level_1"), [(len(rows),)])
        self.assertEqual(self.sums(), {key: sum(row.get(key, 0) for row in rows) for key in COUNTERS})
        self.assertEqual(self.query("SELECT name FROM sensor"), [("here",)])

    def test_reading_it_twice_stores_it_once(self):
        self.store("--read", DEMO)
        first = self.sums()
        self.store("--read", DEMO)
        self.assertEqual(self.sums(), first)

    def test_a_copy_under_another_name_is_the_same_capture(self):
        self.store("--read", DEMO)
        first = self.sums()
        self.store("--read", self.write("copy.pcap", DEMO.read_bytes()))
        self.assertEqual(self.sums(), first)

    def test_another_filter_is_another_run(self):
        self.store("--read", DEMO, "port", "80")
        self.store("--read", DEMO, "port", "53")
        self.assertEqual(self.query("SELECT count(DISTINCT run) FROM level_1"), [(2,)])

    def test_shifted_times_end_now(self):
        self.store("--read", DEMO, "--time-shift-to-now", "--sensor", "demo")
        ((last, buckets),) = self.query("SELECT max(last_seen), count(DISTINCT bucket) FROM level_1")
        self.assertLess(abs(time.time() - last / 1e6), 60)
        self.assertGreaterEqual(buckets, 3)
        self.assertEqual(self.query("SELECT name FROM sensor"), [("demo",)])

    def test_own_statistics_come_with_it(self):
        self.store("--read", DEMO)
        _, summary, _ = report("--read", DEMO)
        self.assertEqual(self.query("SELECT sum(\"sum\") FROM statistic WHERE name = 'packets_received'"),
                         [(summary["packets"],)])


if __name__ == "__main__":
    unittest.main()
