# SPDX-License-Identifier: MIT
"""Databases with many old rows, made of those of one capture, and what summarising leaves in them."""
import pathlib
import shutil
import sqlite3

import postgres
from programs import CAPTURES, SOURCE, run

DEMO = CAPTURES / "demo" / "demo.pcap"
KEY = ("bucket", "interval", "sensor", "run", "signature", "client", "server", "port")
DUMPS = ("SELECT * FROM level_1 ORDER BY bucket, sensor, run, signature, client, server, port",
         "SELECT * FROM level_2 ORDER BY bucket, sensor, run, signature, client, server, port",
         "SELECT * FROM archived ORDER BY bucket, sensor, run, part",
         "SELECT * FROM statistic ORDER BY bucket, sensor, run, name, interface",
         "SELECT id, address, name FROM host ORDER BY id")


SHIFT = 60 * 86_400


def multiply(columns, clients, buckets):
    """SQL that adds, for each row of level_1, rows of other clients, in several buckets sixty days earlier."""
    changed = {"bucket": f"bucket - {SHIFT} + 300 * b.n", "client": "client + 7919 * c.n"}
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
    numbers = "(WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {0}) SELECT n FROM n)"
    return (f"INSERT INTO level_1 ({names}) SELECT {values} FROM (SELECT * FROM level_1) r, {numbers.format(clients - 1)} c, "
            f"{numbers.format(buckets - 1)} b WHERE true ON CONFLICT DO NOTHING")


class Sqlite:
    """`conf` is the configuration; `restore` puts the rows back as they were."""

    def __init__(self, directory, clients, buckets):
        self.path = directory / "pastmon.db"
        self.kept = directory / "kept.db"
        self.conf = directory / "sqlite.conf"
        self.conf.write_text(f"""data_directory = "{directory}/data"; signatures_directory = "{SOURCE}/etc/signatures.d";
            output_DBI: {{ driver = "sqlite3"; dbname = "{self.path}"; }};""")
        done = run("pastmon", "-c", self.conf, "--sensor", "here", "--read", DEMO)
        assert done.returncode == 0, done.stderr
        database = sqlite3.connect(self.path)
        columns = [row[1] for row in database.execute("PRAGMA table_info(level_1)")]
        ((young,),) = database.execute("SELECT min(bucket) FROM level_1")
        database.execute(multiply(columns, clients, buckets))
        database.execute(f"DELETE FROM level_1 WHERE bucket >= {young}")
        database.execute(f"UPDATE statistic SET bucket = bucket - {SHIFT}")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        shutil.copy(self.path, self.kept)

    def restore(self):
        for suffix in ("-wal", "-shm"):
            pathlib.Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.kept, self.path)

    def ask(self, sql):
        database = sqlite3.connect(self.path, timeout=60)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def close(self):
        pass


class Postgres:
    def __init__(self, directory, clients, buckets):
        self.cluster = postgres.Cluster()
        self.conf = directory / "postgres.conf"
        self.conf.write_text(f"""data_directory = "{directory}/pgdata"; signatures_directory = "{SOURCE}/etc/signatures.d";
            output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; dbname = "pastmon2"; username = "pastmon"; }};""")
        done = run("pastmon", "-c", self.conf, "--sensor", "here", "--read", DEMO)
        assert done.returncode == 0, done.stderr
        columns = self.ask("SELECT column_name FROM information_schema.columns WHERE table_schema = 'pastmon' AND "
                           "table_name = 'level_1' ORDER BY ordinal_position")
        ((young,),) = self.ask("SELECT min(bucket) FROM level_1")
        first = (int(young) - SHIFT) // 86_400 * 86_400
        self.ask(f"SELECT make_level_1_day({first}), make_level_1_day({first + 86_400})")
        self.ask(multiply([column for (column,) in columns], clients, buckets))
        self.ask(f"DELETE FROM level_1 WHERE bucket >= {young}")
        self.ask(f"UPDATE statistic SET bucket = bucket - {SHIFT}")
        self.cluster.sql("CREATE DATABASE kept TEMPLATE pastmon2 OWNER pastmon")

    def restore(self):
        self.cluster.sql("DROP DATABASE pastmon2 WITH (FORCE)")
        self.cluster.sql("CREATE DATABASE pastmon2 TEMPLATE kept OWNER pastmon")

    def ask(self, sql):
        lines = self.cluster.sql("SET search_path = pastmon; " + sql, "pastmon2", "pastmon").splitlines()
        return [tuple(line.split("|")) for line in lines]

    def close(self):
        self.cluster.close()


def dump(database):
    return [database.ask(sql) for sql in DUMPS]
