#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""kill -9 at any moment, run again: the same rows, bit for bit. PASTMON_KILL_ROUNDS: more rounds than the usual few."""
import os
import pathlib
import random
import subprocess
import tempfile
import time
import unittest

import many_rows
from programs import BIN

ROUNDS = int(os.environ.get("PASTMON_KILL_ROUNDS", "3"))
COMMAND = (BIN / "pastmon_summarise_level_2.pl", "--age=32", "--interval=3600")


class Kill(unittest.TestCase):
    def run_on(self, make, *options):
        directory = tempfile.TemporaryDirectory(prefix="pastmon-test-")
        self.addCleanup(directory.cleanup)
        database = make(pathlib.Path(directory.name), clients=12, buckets=15)
        self.addCleanup(database.close)
        command = (*COMMAND, "-c", database.conf, *options)
        rows = database.ask("SELECT count(*), sum(packets_client), sum(transactions) FROM level_1")
        begun = time.monotonic()
        whole = subprocess.run(command, capture_output=True, timeout=120)
        self.assertEqual((whole.returncode, whole.stderr), (0, b""))
        duration = time.monotonic() - begun
        expected = many_rows.dump(database)
        self.assertEqual(database.ask("SELECT sum(packets_client), sum(transactions) FROM level_2"), [rows[0][1:]])
        generator = random.Random(4)
        kills = 0
        for _ in range(ROUNDS):
            database.restore()
            for _ in range(3):
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
                try:
                    process.wait(generator.uniform(0.1, 1) * duration)
                except subprocess.TimeoutExpired:
                    process.kill()
                    kills += 1
                    process.wait()
            while True:  # a server may still be ending the session of the last one killed
                last = subprocess.run(command, capture_output=True, timeout=120)
                self.assertEqual((last.returncode, last.stderr), (0, b""))
                if b"another one is at work" not in last.stdout:
                    break
                time.sleep(0.05)
            got = many_rows.dump(database)
            for table, (mine, its) in enumerate(zip(got, expected)):
                self.assertTrue(mine == its, f"{many_rows.DUMPS[table]}: {len(mine)} rows, {len(its)} expected")
        self.assertGreater(kills, 0)

    def test_sqlite(self):
        self.run_on(many_rows.Sqlite)

    def test_sqlite_with_delete(self):
        self.run_on(many_rows.Sqlite, "--delete")

    def test_postgresql(self):
        self.run_on(many_rows.Postgres)

    def test_postgresql_with_delete(self):
        self.run_on(many_rows.Postgres, "--delete")


if __name__ == "__main__":
    unittest.main()
