#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/backup.md: its commands, run as they stand there, give every row back. Needs root."""
import os
import re
import signal
import sqlite3
import subprocess
import unittest

import network
import postgres
from network import Network, until
from programs import BIN, CAPTURES, SOURCE, ProgramTest, run

CAPTURE = CAPTURES / "smtp_starttls/smtp_starttls.pcap"
OTHER = CAPTURES / "dns_tcp/dns_tcp.pcap"
DOCS = (SOURCE / "docs/backup.md").read_text()


def commands(title, nth=0):
    """The nth block of commands below a headline."""
    section = re.split(rf"^## {title}$", DOCS, flags=re.M)[1].split("\n## ")[0]
    blocks = re.findall(r"(?:^    .*\n)+", section, re.M)
    return [line.strip() for line in blocks[nth].splitlines()]


class Backup(ProgramTest):
    def setUp(self):
        super().setUp()
        self.backup = self.directory / "backup"
        self.backup.mkdir()
        self.backup.chmod(0o777)

    def shell(self, lines, data, conf, **environment):
        """Runs lines of the documentation with our directories, and our configuration for pastmon-admin."""
        for line in lines:
            line = line.replace("/backup/", f"{self.backup}/").replace("/var/lib/pastmon", str(data))
            line = re.sub(r"^pastmon-admin", f"{BIN}/pastmon-admin -c {conf}", line)
            done = subprocess.run(["bash", "-c", line], capture_output=True, env={**os.environ, **environment}, timeout=120)
            self.assertEqual((done.returncode, done.stderr), (0, b""), line)


class PostgreSql(Backup):
    def cluster(self):
        """A server without our database and roles."""
        cluster = postgres.Cluster()
        self.addCleanup(cluster.close)
        cluster.sql("DROP DATABASE pastmon2")
        cluster.sql("DROP ROLE pastmon")
        return cluster

    def conf(self, name, cluster):
        return self.write(name, f'data_directory = "{self.directory}/data"; signatures_directory = "{SOURCE}/etc/signatures.d";'
                                f'output_DBI: {{ driver = "pgsql"; host = "{cluster.socket}"; dbname = "pastmon2"; '
                                f'username = "pastmon"; }};', 0o640)

    def store(self, conf, capture):
        done = run("pastmon", "-c", conf, "--sensor", "edge", "--read", capture)
        self.assertEqual(done.returncode, 0, done.stderr)

    def contents(self, cluster):
        """Every row of every table, as text; open buckets apart."""
        tables = cluster.sql("SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'pastmon'::regnamespace AND "
                             "relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1", "pastmon2").split()
        rows = {t: sorted(cluster.sql(f"SELECT to_jsonb(t) FROM {t} t", "pastmon2").splitlines()) for t in tables}
        opened = [rows.pop(table) for table in ("pastmon.level_1_open", "pastmon.statistic_open")]
        return rows, opened

    def test_dump_and_restore(self):
        old, new = self.cluster(), self.cluster()
        old_conf, new_conf = self.conf("old.conf", old), self.conf("new.conf", new)
        self.assertEqual(run("pastmon-admin", "-c", old_conf, "create-database").returncode, 0)
        for capture in (CAPTURE, OTHER):
            self.store(old_conf, capture)
        old.sql("INSERT INTO pastmon.level_2 SELECT * FROM pastmon.level_1; "
                "INSERT INTO pastmon.level_1_open SELECT * FROM pastmon.level_1", "pastmon2")
        self.shell(commands("PostgreSQL"), self.directory, old_conf, PGHOST=old.socket, PGUSER="postgres")
        self.shell(commands("PostgreSQL", 1), self.directory, new_conf, PGHOST=new.socket, PGUSER="postgres")
        rows, _ = self.contents(old)
        self.assertGreater(len(rows["pastmon.level_1"]), 3)
        self.assertEqual(self.contents(new), (rows, [[], []]))

        # It goes on working: the same batch is known, a new one makes its day, the web server's role reads.
        self.store(new_conf, CAPTURE)
        self.assertEqual(self.contents(new)[0]["pastmon.level_1"], rows["pastmon.level_1"])
        self.store(new_conf, CAPTURES / "dns_ipv6/dns_ipv6.pcap")
        self.assertGreater(len(self.contents(new)[0]["pastmon.level_1"]), len(rows["pastmon.level_1"]))
        count = new.sql("SELECT COUNT(*) FROM pastmon.level_1_by_name", "pastmon2", "pastmon_web")
        self.assertGreater(int(count), 0)


class Sqlite(Backup):
    def setUp(self):
        super().setUp()
        self.network = Network()
        self.addCleanup(self.network.close)
        self.log = self.directory / "log"
        (self.directory / "signatures.d").mkdir()
        for file in (SOURCE / "etc" / "signatures.d").glob("*.conf"):
            (self.directory / "signatures.d" / file.name).write_text(file.read_text())

    def conf(self, data):
        return self.write(f"{data.name}.conf", f"""
            interfaces = [ "{Network.interface}" ]; sensor = "here"; checkpoint = "1s"; bucket = "10s"; limits: {{ bucket_grace = "100ms"; bucket_idle_grace = "1s"; }};
            data_directory = "{data}"; signatures_directory = "{self.directory}/signatures.d";
            output_DBI: {{ driver = "sqlite3"; dbname = "{data}/pastmon.db"; }};""")

    def sensor(self, conf):
        said = lambda: self.log.read_text().count("capturing on") if self.log.exists() else 0
        before = said()
        with open(self.log, "ab") as log:
            process = self.network.start(self.network.near, BIN / "pastmon", "-f", "-c", conf, stdout=log, stderr=log)
        self.assertTrue(until(lambda: said() > before), self.log.read_text())
        return process

    def end(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0, self.log.read_text())

    def rows(self, file, table):
        database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        rows = sorted(database.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
        database.close()
        return rows

    def test_beside_a_running_sensor(self):
        old, new = self.directory / "old", self.directory / "new"
        old_conf, new_conf = self.conf(old), self.conf(new)
        self.network.serve(0.001)
        process = self.sensor(old_conf)
        self.network.ask(30)
        seen = lambda: sum(network.rows(old / "pastmon.db", table)[0] for table in ("level_1", "level_1_open"))
        self.assertTrue(until(lambda: seen() == 30), self.log.read_text())
        self.assertTrue(until(lambda: network.rows(old / "pastmon.db", "level_1")[0] > 0), self.log.read_text())
        self.network.ask(7)  # they are in an open bucket, or in the next one
        self.assertTrue(until(lambda: seen() == 37), self.log.read_text())
        self.shell(commands("The journal"), old, old_conf)
        self.shell(commands("SQLite"), old, old_conf)
        self.end(process)

        new.mkdir()
        self.shell(commands("The journal again"), new, new_conf)
        self.shell(commands("SQLite", 1), new, new_conf)
        for table in ("level_1", "applied_batch", "host", "signature", "sensor"):
            restored = self.rows(new / "pastmon.db", table)
            self.assertEqual(restored, self.rows(self.backup / "pastmon-copy.db", table), table)
            self.assertTrue(restored)
            if table != "host":  # names may have come since
                self.assertEqual(set(restored) - set(self.rows(old / "pastmon.db", table)), set(), table)
        self.end(self.sensor(new_conf))
        self.assertEqual(network.rows(new / "pastmon.db", "level_1")[0], 37, self.log.read_text())
        self.assertEqual(network.rows(new / "pastmon.db", "level_1_open")[0], 0)

    def test_readonly_leaves_the_log_of_a_stopped_sensor(self):
        data = self.directory / "old"
        data.mkdir()
        self.assertEqual(run("pastmon-admin", "-c", self.conf(data), "create-database").returncode, 0)
        self.shell(commands("SQLite"), data, self.conf(data))
        self.assertTrue((data / "pastmon.db-wal").exists())


if __name__ == "__main__":
    unittest.main()
