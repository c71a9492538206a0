#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Soak: a steady load in a network namespace for minutes or days, and a sensor whose memory must stay flat.

    tests/bench/soak.py [--minutes 30] [--rate 100] [--bound 8] [--bin DIR]

Prints a line a sample and a verdict. Fails (1) when resident memory grows by more than --bound MB after the warm-up (the
first fifth), when descriptors or threads become more, when the kernel drops packets, when requests are missing in the
database, or when the sensor does not end well. Needs root; the namespaces and the files are its own and go at the end.
"""
import argparse
import os
import pathlib
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
import network  # noqa: E402
from network import Network, until  # noqa: E402

# One request in ten opens a connection; between them datagrams from ports that change: flows come and go all the time.
LOAD = """
import http.client, itertools, socket, sys, threading, time
THREADS = 8
rate, seconds = float(sys.argv[1]) / THREADS, float(sys.argv[2])
ports = itertools.cycle(range(20000, 60000))
begun = time.monotonic()
asked = [0] * THREADS
def client(at):
    while time.monotonic() - begun < seconds:
        connection = http.client.HTTPConnection("%s", %d, timeout=30)
        for _ in range(10):
            connection.request("GET", "/" + str(asked[at]))
            assert connection.getresponse().read() == b"hello"
            asked[at] += 1
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
                datagram.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                datagram.bind(("", next(ports)))
                datagram.sendto(b"x" * 64, ("%s", 9))
            time.sleep(max(0, begun + asked[at] / rate - time.monotonic()))
        connection.close()
threads = [threading.Thread(target=client, args=(at,)) for at in range(THREADS)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sum(asked))
""" % (network.SERVER, network.PORT, network.SERVER)


def configuration(directory):
    path = directory / "soak.conf"
    # Short times, so that what lives for a while is at its steady level after the warm-up.
    path.write_text(f"""
        interfaces = [ "{Network.interface}" ];
        data_directory = "{directory}/data";
        signatures_directory = "{ROOT}/etc/signatures.d";
        sensor = "soak"; user = ""; bucket = "10s"; checkpoint = "2s";
        limits: {{ udp_idle = "2s"; tcp_linger = "1s"; syn_timeout = "2s"; }};
        output_DBI: {{ driver = "sqlite3"; dbname = "{directory}/data/pastmon.db"; }};""")
    return path


class Sensor:
    def __init__(self, space, program, conf, log):
        self.process = space.start(space.near, program, "-f", "-c", conf, stdout=log, stderr=log)

    def sample(self):
        """Resident KB, descriptors, threads, processor time in seconds."""
        proc = pathlib.Path(f"/proc/{self.process.pid}")
        status = dict(line.split(":\t", 1) for line in (proc / "status").read_text().splitlines() if ":\t" in line)
        ticks = (proc / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(status["VmRSS"].split()[0]), len(list((proc / "fd").iterdir())), int(status["Threads"]),
                (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"))


def read_database(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        total = dict(database.execute('SELECT name, sum("sum") FROM statistic GROUP BY name'))
        rows = database.execute("SELECT count(*) FROM level_1").fetchone()[0]
    finally:
        database.close()
    return total, rows


def verdict(samples, arguments, total, stored, asked, status):
    """What is wrong; empty: nothing."""
    wrong = []
    settled = samples[max(1, len(samples) // 5):]
    quarter = max(1, len(settled) // 4)
    first = statistics.median(sample[0] for sample in settled[:quarter])
    last = statistics.median(sample[0] for sample in settled[-quarter:])
    growth = (last - first) / 1024
    print(f"memory after the warm-up: {first / 1024:.1f} MB, at the end: {last / 1024:.1f} MB, growth {growth:+.2f} MB "
          f"(allowed {arguments.bound:g})")
    print(f"{asked} requests asked, {stored} stored; {total.get('packets_received', 0)} packets, "
          f"{total.get('kernel_dropped', 0)} dropped by the kernel, {total.get('interface_dropped', 0)} by the interface")
    if growth > arguments.bound:
        wrong.append("memory grows")
    for at, what, slack in ((1, "descriptors", 3), (2, "threads", 0)):
        if max(sample[at] for sample in settled[-quarter:]) > max(sample[at] for sample in settled[:quarter]) + slack:
            wrong.append(f"more and more {what}")
    if total.get("kernel_dropped", 0):
        wrong.append("the kernel dropped packets")
    if stored != asked:
        wrong.append("requests are missing")
    if status != 0:
        wrong.append(f"the sensor ended with {status}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description="a sensor under a steady load")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--bound", type=float, default=8, help="growth of memory that is allowed, MB")
    parser.add_argument("--bin", type=pathlib.Path, default=os.environ.get("PASTMON_BIN_DIR", ROOT / "build/release/bin"))
    arguments = parser.parse_args()
    seconds = arguments.minutes * 60
    with tempfile.TemporaryDirectory(prefix="pastmon-soak-") as name:
        directory = pathlib.Path(name)
        space = Network()
        try:
            space.serve(0.001)
            with open(directory / "log", "wb") as log:
                sensor = Sensor(space, arguments.bin / "pastmon", configuration(directory), log)
                said = lambda: (directory / "log").read_text()
                if not until(lambda: "capturing on" in said() or sensor.process.poll() is not None) or "capturing" not in said():
                    print(said())
                    return 1
                load = space.start(space.near, sys.executable, "-c", LOAD, arguments.rate, seconds, stdout=subprocess.PIPE)
                print(" time s   RSS MB  fds  threads   CPU s", flush=True)
                samples, begun = [], time.monotonic()
                while load.poll() is None:
                    time.sleep(min(10, max(1, seconds / 60)))
                    samples.append(sensor.sample())
                    rss, fds, threads, cpu = samples[-1]
                    print(f"{time.monotonic() - begun:7.0f} {rss / 1024:8.1f} {fds:4d} {threads:8d} {cpu:7.1f}", flush=True)
                asked = int(load.stdout.read() or 0)
                time.sleep(3)
                sensor.process.send_signal(signal.SIGTERM)
                status = sensor.process.wait(60)
            total, rows = read_database(directory / "data" / "pastmon.db")
            stored = network.rows(directory / "data" / "pastmon.db", "level_1")[0]
            print(f"{rows} rows in the database")
            wrong = verdict(samples, arguments, total, stored, asked, status)
            print(said() if wrong else "", end="")
        finally:
            space.close()
    print("FAILED: " + "; ".join(wrong) if wrong else "flat: nothing grows, nothing is lost")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
