#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A database of a newer program is refused by every program of this one with one line, and stays as it is."""
import hashlib
import sqlite3
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import postgres
from programs import BIN, CAPTURES, ProgramTest, run

COMMANDS = {  # of pastmon-admin; None: does not open the database
    "create-database": [], "upgrade-database": [], "drop-database": [], "check": [], "export": ["--from", "2023-11-01"], "migrate": ["--from", "{from}", "--to", "sqlite:{directory}/copy.db"],
    "check-config": None, "signature": None,
}


class Newer(ProgramTest):
    def check_all(self, conf, web, name):
        for command, arguments in COMMANDS.items():
            if arguments is not None:
                words = [word.replace("{from}", name).replace("{directory}", str(self.directory)) for word in arguments]
                done = run("pastmon-admin", "-c", conf, command, *words, input=b"x\nx\n")
                self.assert_refused(done, 1, "9999", "newer", "upgrade PasTmon")
        self.assert_refused(run("pastmon", "-c", conf, "--sensor", "s", "--read", CAPTURES / "demo/demo.pcap"), 1, "9999", "newer")
        self.assert_refused(run("pastmon", "-f", "-c", conf, "--sensor", "s", "-i", "lo"), 1, "9999", "newer")
        address = self.directory / "address"
        server = subprocess.Popen([BIN / "pastmon-web", "-f", "-c", web, "--listen", "127.0.0.1:0", "--address-file", address],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            deadline = time.monotonic() + 30
            while not (address.exists() and address.read_text().endswith("\n")):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"http://{address.read_text().strip()}/PasTmon/level1", timeout=30)
            with refused.exception as answer:
                self.assertEqual(answer.code, 503)
                self.assertIn("newer than this program", answer.read().decode())
        finally:
            server.terminate()
            log = server.communicate(timeout=30)[1]
        self.assertEqual(len([line for line in log.splitlines() if "newer" in line]), 1, log)

    def test_sqlite(self):
        conf = self.sqlite_conf()
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database").returncode, 0)
        path = self.directory / "pastmon.db"
        database = sqlite3.connect(path)
        database.execute("INSERT INTO schema_version VALUES (9999, 0)")
        database.commit()
        dump = hashlib.sha256("".join(database.iterdump()).encode()).hexdigest()
        self.check_all(conf, self.write("pastmon-web.conf", f'output_DBI: {{ driver = "sqlite3"; dbname = "{path}"; }};'), f"sqlite:{path}")
        self.assertEqual(hashlib.sha256("".join(database.iterdump()).encode()).hexdigest(), dump)
        database.close()

    def test_postgresql(self):
        cluster = postgres.Cluster()
        self.addCleanup(cluster.close)
        section = f'output_DBI: {{ driver = "pgsql"; host = "{cluster.socket}"; dbname = "pastmon2"; username = "pastmon"; }};'
        conf = self.write("pastmon.conf", f'data_directory = "{self.directory}/data"; {section}')
        self.assertEqual(run("pastmon-admin", "-c", conf, "create-database").returncode, 0)
        cluster.sql("INSERT INTO pastmon.schema_version VALUES (9999, 0)", "pastmon2")
        self.check_all(conf, self.write("web.conf", section), "pgsql")
        self.assertEqual(cluster.sql("SELECT COUNT(*) FROM pastmon.sensor", "pastmon2"), "0\n")


if __name__ == "__main__":
    unittest.main()
