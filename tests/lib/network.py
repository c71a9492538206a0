# SPDX-License-Identifier: MIT
"""Two network namespaces with a veth pair between them, and an HTTP server in one of them whose delay is known."""
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time

CLIENT = "192.0.2.1"
SERVER = "192.0.2.2"
PORT = 8080

SERVE = """
import http.server, sys, time
delay = float(sys.argv[1])
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        time.sleep(delay)
        body = b"hello"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
http.server.ThreadingHTTPServer(("%s", %d), Handler).serve_forever()
""" % (SERVER, PORT)

ASK = """
import http.client, sys
connection = http.client.HTTPConnection("%s", %d, timeout=30)
for _ in range(int(sys.argv[1])):
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
connection.close()
""" % (SERVER, PORT)


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def until(condition, seconds=30):
    """Waits until the condition holds; says whether it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


class Network:
    """`near` is the client's and the sensor's namespace, `far` the server's. The sensor watches `interface`."""
    interface = "pt0"

    def __init__(self):
        name = secrets.token_hex(4)  # a process id comes again while a killed test's namespaces may still be there
        self.near, self.far = f"ptn{name}", f"ptf{name}"
        self.processes = []
        for namespace in (self.near, self.far):
            ip("netns", "add", namespace)
            ip("-n", namespace, "link", "set", "lo", "up")
        self.connect()

    def connect(self):
        ip("-n", self.near, "link", "add", self.interface, "type", "veth", "peer", "name", "pt1", "netns", self.far)
        ip("-n", self.near, "addr", "add", f"{CLIENT}/24", "dev", self.interface)
        ip("-n", self.far, "addr", "add", f"{SERVER}/24", "dev", "pt1")
        ip("-n", self.near, "link", "set", self.interface, "up")
        ip("-n", self.far, "link", "set", "pt1", "up")

    def disconnect(self):
        ip("-n", self.near, "link", "del", self.interface)

    def start(self, namespace, *command, **options):
        process = subprocess.Popen(["ip", "netns", "exec", namespace, *map(str, command)], **options)
        self.processes.append(process)
        return process

    def serve(self, delay):
        self.start(self.far, sys.executable, "-c", SERVE, delay)
        ready = lambda: subprocess.run(["ip", "netns", "exec", self.far, "ss", "-Hltn", f"sport = :{PORT}"],
                                       capture_output=True).stdout != b""
        assert until(ready), "the server did not start"

    def ask(self, count):
        subprocess.run(["ip", "netns", "exec", self.near, sys.executable, "-c", ASK, str(count)], check=True, timeout=120)

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        for namespace in (self.near, self.far):
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True)


def rows(path, table, signature="HTTP GET"):
    """Transactions, sum and minimum of response times, runs of one signature in level_1 or level_1_open."""
    if not os.path.exists(path):
        return 0, 0, None, 0
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        return database.execute(
            f"SELECT coalesce(sum(transactions), 0), coalesce(sum(response_time_sum), 0), min(response_time_min), "
            f"count(DISTINCT run) FROM {table} WHERE signature IN (SELECT id FROM signature WHERE name = ?)",
            (signature,)).fetchone()
    except sqlite3.OperationalError:
        return 0, 0, None, 0
    finally:
        database.close()
