#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast pastmon-web is, over a month of rows: every page warm and cold, 32 busy clients beside 500 idle connections
and a daemon that writes, page weight, memory. See README.md."""
import argparse
import atexit
import http.client
import pathlib
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUSY = "/PasTmon/level1"
IDLE, CLIENTS = 500, 32

# name, path; {n} is another number in each request, so that no answer is in memory yet
PAGES = [
    ("Home", "/PasTmon/"),
    ("Level 1", "/PasTmon/level1"),
    ("Level 1, 31 days", "/PasTmon/level1?range=31d"),
    ("Level 1, rows of a service", "/PasTmon/level1?signature=HTTP+GET"),
    ("Level 1, drill-down *", "/PasTmon/level1?client=10.0.0.{n}"),
    ("Level 1, a regex *", "/PasTmon/level1?client_like=0.{n}$"),
    ("Level 1, metrics *", "/PasTmon/level1?signature=HTTP+GET&client=*&server=192.168.0.{n}"),
    ("Level 2", "/PasTmon/level2"),
    ("All", "/PasTmon/all"),
    ("Graph, a day", "/PasTmon/graph?signature=HTTP+GET&client=*&server=*&metric=response_time"),
    ("Graph, 31 days *", "/PasTmon/graph?signature=*&client=*&server=192.168.0.{n}&metric=response_time&range=31d"),
    ("Internal", "/PasTmon/internal"),
    ("API list", "/PasTmon/api/v1/list"),
    ("API series", "/PasTmon/api/v1/series?signature=DNS+A&client=*&server=*&metric=response_time"),
    ("metrics", "/PasTmon/metrics"),
    ("health", "/PasTmon/health"),
]


class Server:
    """A running pastmon-web."""

    def __init__(self, binary, configuration, directory):
        self.address_file = directory / "address"
        self.address_file.unlink(missing_ok=True)
        self.log = open(directory / "web.log", "ab")
        self.process = subprocess.Popen(
            [binary, "-f", "-c", configuration, "--listen", "127.0.0.1:0", "--address-file", self.address_file],
            stdout=subprocess.DEVNULL, stderr=self.log)
        atexit.register(self.process.kill)  # where a figure could not be taken
        deadline = time.monotonic() + 60
        while not (self.address_file.exists() and self.address_file.read_text().endswith("\n")):
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"pastmon-web did not start: see {self.log.name}")
            time.sleep(0.01)
        host, port = self.address_file.read_text().split(":")
        self.address = (host, int(port))

    def memory(self):
        """Present and greatest resident memory, MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return [int(re.search(rf"{key}:\s+(\d+) kB", status)[1]) / 1000 for key in ("VmRSS", "VmHWM")]

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


def fetch(connection, path):
    """Seconds from the request to the last byte, and the answer."""
    begun = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - begun
    if answer.status != 200:
        print(f"{path}: status {answer.status}: {body[:200]!r}", file=sys.stderr)
    return took, body


def quantile(values, q):
    return sorted(values)[min(len(values) - 1, int(q * len(values)))]


def measure_pages(start, rounds):
    print(f"\n{'page (* another one each time)':32} {'cold':>8} {'p50':>8} {'p95':>8} {'max':>8} ms {'size':>8} kB")
    server = start()
    warm = {}
    connection = http.client.HTTPConnection(*server.address)
    missing = {name for name, path in PAGES if not available(connection, path)}
    for name, path in PAGES:
        if name in missing:
            continue
        fetch(connection, path.format(n=0))
        took, sizes = [], []
        for i in range(rounds):
            seconds, body = fetch(connection, path.format(n=1 + i))
            took.append(1000 * seconds)
            sizes.append(len(body))
        warm[name] = (took, max(sizes) / 1000)
    memory = server.memory()
    server.stop()
    for name, path in PAGES:
        if name in missing:
            print(f"{name:32} not in this version")
            continue
        server = start()
        cold = 1000 * fetch(http.client.HTTPConnection(*server.address), path.format(n=0))[0]
        server.stop()
        took, size = warm[name]
        print(f"{name:32} {cold:8.1f} {statistics.median(took):8.1f} {quantile(took, 0.95):8.1f} {max(took):8.1f}    {size:8.1f}",
              flush=True)
    print(f"memory after the warm pages: {memory[0]:.0f} MB, at most {memory[1]:.0f} MB")


def available(connection, path):
    connection.request("GET", path.format(n=0))
    answer = connection.getresponse()
    answer.read()
    return answer.status != 404


def weight(server):
    """All that a browser loads for the page, bytes."""
    connection = http.client.HTTPConnection(*server.address)
    page = fetch(connection, BUSY)[1]
    assets = set(re.findall(r'(?:href|src)="(/PasTmon/assets/[^"]+)"', page.decode()))
    return len(page), sum(len(fetch(connection, asset)[1]) for asset in assets)


class IdleConnections(threading.Thread):
    """Keeps so many connections open that ask nothing; opens those anew that the server closes."""

    def __init__(self, address, number):
        super().__init__(daemon=True)
        self.address, self.number, self.ended, self.reopened = address, number, False, 0
        self.open = []

    def run(self):
        while not self.ended:
            still = []
            for connection in self.open:
                try:
                    if connection.recv(1, socket.MSG_DONTWAIT) == b"":
                        connection.close()
                        self.reopened += 1
                        continue
                except BlockingIOError:
                    pass
                except OSError:
                    connection.close()
                    continue
                still.append(connection)
            self.open = still
            while len(self.open) < self.number and not self.ended:
                self.open.append(socket.create_connection(self.address))
            time.sleep(0.2)
        for connection in self.open:
            connection.close()


def load(server, arguments, label):
    url = f"http://{server.address[0]}:{server.address[1]}{BUSY}"
    before = server.cpu()
    done = subprocess.run(["wrk", "-t1", f"-c{CLIENTS}", f"-d{arguments.seconds}s", "--latency", "--timeout", "10s", url],
                          capture_output=True, text=True, timeout=arguments.seconds + 60)
    if done.returncode != 0:
        sys.exit(done.stderr)
    figures = dict(re.findall(r"^\s+(50|75|90|99)%\s+(\S+)\s*$", done.stdout, re.M))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])
    bad = re.findall(r"(?:Socket errors|Non-2xx).*", done.stdout)
    cpu = (server.cpu() - before) / arguments.seconds
    print(f"{label:52} {rate:7.0f} requests/s   p50 {figures.get('50', '?'):>8}  p90 {figures.get('90', '?'):>8}  p99 {figures.get('99', '?'):>8}  "
          f"{cpu:.2f} CPUs  {' '.join(bad)}", flush=True)


def measure_load(start, arguments, database):
    server = start()
    connection = http.client.HTTPConnection(*server.address)
    for _ in range(3):
        fetch(connection, BUSY)
    page, assets = weight(server)
    print(f"\npage weight of {BUSY}: {page / 1000:.0f} kB, with style, scripts and pictures {(page + assets) / 1000:.0f} kB")
    load(server, arguments, f"{CLIENTS} clients")
    writer = subprocess.Popen([arguments.bin / "month_database", "write", *database, str(2 * arguments.seconds + 10)],
                              stdout=subprocess.PIPE, text=True)
    load(server, arguments, f"{CLIENTS} clients, a daemon writes")
    idle = IdleConnections(server.address, IDLE)
    idle.start()
    time.sleep(2)
    load(server, arguments, f"{CLIENTS} clients, a daemon writes, {IDLE} idle connections")
    slowest = max(fetch(http.client.HTTPConnection(*server.address), "/PasTmon/health")[0] for _ in range(50))
    idle.ended = True
    idle.join()
    print(f"another client beside the idle ones: at most {1000 * slowest:.1f} ms; idle connections opened again: {idle.reopened}")
    print(writer.communicate()[0], end="")
    now, most = server.memory()
    print(f"memory {now:.0f} MB, at most {most:.0f} MB")
    server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=40, help="requests of each page")
    parser.add_argument("--seconds", type=int, default=20, help="of each run under load")
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/bench/bin")
    parser.add_argument("--sqlite", type=pathlib.Path, help="the file; made when it is not there (default: a temporary one)")
    parser.add_argument("--pgsql", help="SOCKET_DIRECTORY/DBNAME instead")
    parser.add_argument("--only", choices=("pages", "load"))
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, max(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        if arguments.pgsql:
            database = ("pgsql", arguments.pgsql)
            host, name = arguments.pgsql.rsplit("/", 1)
            section = f'driver = "pgsql"; host = "{host}"; dbname = "{name}"; username = "pastmon";'
        else:
            file = arguments.sqlite or directory / "month.db"
            database = ("sqlite3", str(file))
            section = f'driver = "sqlite3"; dbname = "{file.resolve()}";'
        subprocess.run([arguments.bin / "month_database", "fill", *database, str(arguments.rows)], check=True)
        configuration = directory / "pastmon-web.conf"
        configuration.write_text(f'output_DBI: {{ {section} }};\ndata_directory = "{directory}";\n')
        start = lambda: Server(arguments.bin / "pastmon-web", configuration, directory)
        if arguments.only != "load":
            measure_pages(start, arguments.rounds)
        if arguments.only != "pages":
            measure_load(start, arguments, database)


if __name__ == "__main__":
    main()
