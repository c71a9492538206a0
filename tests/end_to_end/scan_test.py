# SPDX-License-Identifier: MIT
"""A flood of SYNs from 200,000 addresses beside one client that uses a web server: the store stays within its bound, the
totals stay right, and the client's rows are those of the same capture without the flood."""
import json
import pathlib
import random
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import unittest

from harness import BIN, Installation

START = 1_700_000_100  # a multiple of 300 s
SYNS = 200_000
CLIENT, SERVER = bytes((198, 51, 100, 7)), bytes((192, 0, 2, 80))
SYN, ACK, PSH, FIN = 2, 16, 8, 1
KEY = ("signature", "client", "server", "port")


def frame(source, destination, ports, sequence, acknowledged, flags, payload=b""):
    """An Ethernet frame; checksums are 0, which nobody looks at."""
    tcp = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, 5 << 4, flags, 64240, 0, 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0, source, destination)
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp + payload


def dialogue(begin, port):
    """(time in microseconds, frame) of one connection with a request that takes 20 ms."""
    request = b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"
    response = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    out, back = (port, 80), (80, port)
    steps = ((0, True, 100, 0, SYN, b""), (1_000, False, 500, 101, SYN | ACK, b""), (2_000, True, 101, 501, ACK, b""),
             (3_000, True, 101, 501, ACK | PSH, request),
             (23_000, False, 501, 101 + len(request), ACK | PSH, response),
             (24_000, True, 101 + len(request), 501 + len(response), ACK | FIN, b""),
             (25_000, False, 501 + len(response), 102 + len(request), ACK | FIN, b""),
             (26_000, True, 102 + len(request), 502 + len(response), ACK, b""))
    for after, from_client, sequence, acknowledged, flags, payload in steps:
        ends = (CLIENT, SERVER, out) if from_client else (SERVER, CLIENT, back)
        yield begin + after, frame(*ends, sequence, acknowledged, flags, payload)


def flood():
    """SYNs from addresses of all kinds, once each, over four minutes."""
    generator = random.Random(4)
    sources = set()
    while len(sources) < SYNS:
        sources.add(generator.randrange(0x0b000000, 0xc0000000))
    for number, source in enumerate(sorted(sources, key=lambda _: generator.random())):
        at = 10_000_000 + number * 240_000_000 // SYNS
        yield at, frame(struct.pack("!I", source), SERVER, (1024 + source % 60_000, 80), source, 0, SYN)


def write(path, packets):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for at, data in sorted(packets, key=lambda packet: packet[0]):
            out.write(struct.pack("<IIII", START + at // 1_000_000, at % 1_000_000, len(data), len(data)) + data)


def report(capture, *arguments):
    done = subprocess.run([BIN / "pastmon", "--read", capture, "--report", "json", "--bucket", "300", *arguments],
                          capture_output=True, text=True, timeout=120, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[:-1], lines[-1]["summary"], done.stderr


def total(rows, metric):
    return sum(row.get(metric, 0) for row in rows)


def of_client(rows):
    return {tuple(row[k] for k in KEY): row for row in rows if row["client"] == "198.51.100.7"}


class Captures:
    """Made once for all tests: the client's connections before, during and after the flood, with it and without."""
    directory = None

    @classmethod
    def make(cls):
        if cls.directory is None:
            cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="pastmon-scan-"))
            unittest.addModuleCleanup(shutil.rmtree, cls.directory, True)
            calm = [packet for i in range(50) for packet in dialogue(5_000_000 + i * 5_500_000, 40_000 + i)]
            write(cls.directory / "calm.pcap", calm)
            write(cls.directory / "flood.pcap", calm + list(flood()))
        return cls.directory / "calm.pcap", cls.directory / "flood.pcap"


class Report(unittest.TestCase):
    def setUp(self):
        self.calm, self.flood = Captures.make()
        self.undisturbed = of_client(report(self.calm)[0])

    def check(self, most, *arguments):
        rows, summary, errors = report(self.flood, *arguments)
        self.assertEqual(len(rows), most, "no room is left unused, none is taken that is not there")
        self.assertEqual(total(rows, "packets_client") + total(rows, "packets_server"), summary["packets"])
        self.assertEqual(total(rows, "unanswered"), SYNS)
        self.assertEqual(total(rows, "answered"), 100)
        self.assertEqual(of_client(rows), self.undisturbed)
        many = [row for row in rows if row["client"] == "(many)"]
        self.assertEqual([tuple(row[k] for k in KEY) for row in many], [("TCP SYNACK", "(many)", "192.0.2.80", 80)])
        self.assertEqual(errors.count("\n"), 1, errors)
        self.assertIn(" of TCP SYNACK", errors)
        self.assertIn(f"beyond the {most} of a bucket", errors)
        return many[0]

    def test_the_client_has_its_rows_and_the_rest_is_many(self):
        self.assertEqual(len(self.undisturbed), 2)
        many = self.check(20_000)
        self.assertEqual(many["transactions"], SYNS - 20_000 + 3)

    def test_the_bound_is_a_setting(self):
        config = self.calm.with_name("few.conf")
        config.write_text("limits: { max_rows_per_bucket = 1000; };")
        self.assertEqual(self.check(1_000, "-c", config)["transactions"], SYNS - 1_000 + 3)

    def test_so_it_is_when_the_memory_for_rows_is_full(self):
        config = self.calm.with_name("memory.conf")
        config.write_text("limits: { max_rows_per_bucket = 1000; max_rows = 3000; };")
        self.check(1_000, "-c", config)

    def test_the_table_shows_it(self):
        done = subprocess.run([BIN / "pastmon", "--read", self.flood, "--report", "table"], capture_output=True,
                              text=True, timeout=120, check=True)
        self.assertIn("(many)", done.stdout)


class Store:
    """The same for each database; mixed into the classes below."""

    def test_the_flood_is_bounded_in_the_database_and_on_the_pages(self):
        calm, flooded = Captures.make()
        self.run_program("pastmon", "--read", flooded, "-c", self.config, "--sensor", "s")
        self.start_web()
        listed = self.get_json("/api/v1/list", range="all", limit=1, client="(many)")["rows"]
        self.assertEqual(len(listed), 1)
        self.assertEqual(listed[0]["client"]["address"], "(many)")
        self.assertEqual(listed[0]["values"]["unanswered"], SYNS - 20_000 + 3)
        whole = self.get_json("/api/v1/list", range="all", limit=10, client="*", server="*")["rows"]
        self.assertEqual(sum(row["values"].get("unanswered", 0) for row in whole), SYNS)
        ours = self.get_json("/api/v1/list", range="all", limit=10, client="198.51.100.7")["rows"]
        undisturbed = of_client(report(calm)[0])
        for row in ours:
            expected = undisturbed[row["signature"], "198.51.100.7", "192.0.2.80", 80]
            for metric in ("transactions", "packets_client", "packets_server", "response_time_us"):
                self.assertEqual(row["values"].get(metric), expected.get(metric), metric)
        self.assertEqual(len(ours), 2)
        page = self.get("/level1", range="all", rows="1", client="(many)")
        self.assertIn("(many)", page)
        self.assertIn("TCP SYNACK", page)
        folded = self.get_json("/api/v1/statistics", range="all", name="rows_folded")
        self.assertIn("rows_folded", json.dumps(folded))
        self.check_tables()


class Sqlite(Store, Installation):
    driver = "sqlite3"

    def check_tables(self):
        database = sqlite3.connect(self.dir / "pastmon.db")
        try:
            self.assertEqual(database.execute("SELECT count(*) FROM level_1").fetchone(), (20_000,))
            self.assertEqual(database.execute("SELECT name FROM host WHERE address = '(many)'").fetchall(), [("",)])
            # A client that was folded leaves no host behind.
            stray = database.execute("SELECT count(*) FROM host WHERE id NOT IN (SELECT client FROM level_1) AND "
                                     "id NOT IN (SELECT server FROM level_1)").fetchone()
            self.assertEqual(stray, (0,))
            folded = database.execute("SELECT sum(\"sum\") FROM statistic WHERE name = 'rows_folded'").fetchone()
            self.assertEqual(folded, (SYNS + 2 - 20_000,))
        finally:
            database.close()


class PostgreSql(Store, Installation):
    driver = "pgsql"

    def check_tables(self):
        pass


if __name__ == "__main__":
    unittest.main()
