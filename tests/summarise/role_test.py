#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon_summarise_level_2 on PostgreSQL as the sensor's role, which owns nothing: whole days go all the same."""
import unittest

import postgres
from programs import CAPTURES, SOURCE, ProgramTest, run

PROGRAM = "pastmon_summarise_level_2"
SHIFT = 60 * 86_400


class Role(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = postgres.Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.cluster.sql("DROP DATABASE pastmon2")
        cls.cluster.sql("DROP ROLE pastmon")

    def ask(self, text):
        return self.cluster.sql("SET search_path = pastmon; " + text, "pastmon2").strip()

    def test_whole_days_go(self):
        conf = self.write("pastmon.conf", f'data_directory = "{self.directory}/data"; '
                                          f'signatures_directory = "{SOURCE}/etc/signatures.d"; output_DBI: {{ driver = "pgsql"; '
                                          f'host = "{self.cluster.socket}"; dbname = "pastmon2"; username = "pastmon"; }};')
        for arguments in (["pastmon-admin", "-c", conf, "create-database", "--admin-user", "postgres"],
                          ["pastmon", "-c", conf, "--sensor", "here", "--read", CAPTURES / "demo" / "demo.pcap"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
        first = self.ask("SELECT min(bucket) FROM level_1")
        start = (int(first) - SHIFT) // 86_400 * 86_400
        self.ask(f"SELECT make_level_1_day({start}), make_level_1_day({start + 86_400})")
        self.ask(f"UPDATE level_1 SET bucket = bucket - {SHIFT}; UPDATE statistic SET bucket = bucket - {SHIFT}")
        rows, packets = self.ask("SELECT count(*), sum(packets_client) FROM level_1").split("|")
        self.assertEqual(self.ask("SELECT tableowner FROM pg_tables WHERE tablename = 'level_1'"), "pastmon_owner")

        done = run(PROGRAM, "-c", conf, "--delete")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(f"{rows} rows of level 1 added to".encode(), done.stdout)
        self.assertRegex(done.stdout, rb"removed: 0 rows and \d whole days? of level 1")
        self.assertEqual(self.ask("SELECT count(*) FROM level_1"), "0")
        self.assertEqual(self.ask("SELECT sum(packets_client) FROM level_2"), packets)
        self.assertEqual(self.ask(f"SELECT to_regclass('level_1_' || to_char(to_timestamp({start}) AT TIME ZONE 'UTC', 'YYYYMMDD'))"), "")


if __name__ == "__main__":
    unittest.main()
