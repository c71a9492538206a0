# SPDX-License-Identifier: MIT
"""A sensor killed in the middle of a bucket and started again: the whole bucket is on the page. Live capture on the
loopback interface of a network namespace, so root is needed."""
import http.server
import os
import signal
import subprocess
import sys
import time
import unittest

from harness import BIN, Installation, wait_until

PORT = 8000
DELAY = 0.02


def serve():
    """What runs in the namespace: a server that thinks for 20 ms before each answer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            time.sleep(DELAY)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()


class Crash(Installation):
    driver = "sqlite3"

    def setUp(self):
        super().setUp()
        self.config.write_text(self.config.read_text() + 'checkpoint = "1s";\nsensor = "crash";\ninterfaces = [ "lo" ];\n')
        self.space = f"pastmon-e2e-{os.getpid()}"
        self.inside("ip", "link", "set", "lo", "up", before=["ip", "netns", "add", self.space])
        self.addCleanup(subprocess.run, ["ip", "netns", "del", self.space])
        server = subprocess.Popen(["ip", "netns", "exec", self.space, sys.executable, "-B", __file__, "serve"])
        self.addCleanup(self.stop_program, server)
        self.start_web()

    def inside(self, *command, before=None):
        if before:
            subprocess.run(before, check=True)
        return subprocess.run(["ip", "netns", "exec", self.space, *command], check=True, capture_output=True, timeout=60)

    def start_sensor(self):
        log = open(self.dir / "pastmon.log", "ab")
        sensor = subprocess.Popen(["ip", "netns", "exec", self.space, BIN / "pastmon", "-f", "-c", self.config],
                                  stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        self.addCleanup(self.stop_program, sensor)
        started = self.log_of("pastmon").count("capturing on")
        wait_until(lambda: self.log_of("pastmon").count("capturing on") > started or sensor.poll() is not None, 30, "capture")
        self.assertIsNone(sensor.poll(), self.log_of("pastmon"))
        return sensor

    def request(self, times):
        self.inside("curl", "-s", "-o", "/dev/null", "--retry", "20", "--retry-connrefused", "--retry-delay", "1",
                    f"http://127.0.0.1:{PORT}/[1-{times}]")

    def on_the_page(self):
        rows = self.get_json("/api/v1/list", signature="HTTP GET", range="all")["rows"]
        return [r["values"] for r in rows if r["port"] == PORT]

    def count(self):
        return sum(v["transactions"] for v in self.on_the_page())

    def test_a_killed_sensor_loses_nothing_that_was_saved(self):
        wait_until(lambda: subprocess.run(["ip", "netns", "exec", self.space, "curl", "-s", "-o", "/dev/null",
                                           f"http://127.0.0.1:{PORT}/"]).returncode == 0, 30, "the server answers")
        sensor = self.start_sensor()
        self.request(7)
        wait_until(lambda: self.count() == 7, 30, "seven requests of the open bucket on the page")
        sensor.send_signal(signal.SIGKILL)
        sensor.wait()
        sensor = self.start_sensor()
        self.request(5)
        wait_until(lambda: self.count() == 12, 30, "both parts of the bucket on the page")
        self.assertEqual(self.stop_program(sensor), 0, self.log_of("pastmon"))
        self.assertEqual(self.count(), 12, "after a clean stop")
        times = [v["response_time_us"] for v in self.on_the_page()]
        self.assertEqual(sum(t["count"] for t in times), 12)
        self.assertGreaterEqual(min(t["min"] for t in times), DELAY * 1e6)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        unittest.main()
