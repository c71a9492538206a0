#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fuzzed requests, slow clients and hundreds of idle ones: the server neither ends, nor grows, nor lets others wait.

As a test it takes about half a minute. By hand, against a server that runs already and for as long as one likes:
    tests/web/toughness_test.py --server 127.0.0.1:8080 --pid PID --seconds 3600 [--seed N]
"""
import argparse
import contextlib
import http.client
import os
import pathlib
import re
import resource
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import request_fuzz

PATIENCE = 5  # seconds that another user may wait on a busy machine
DATABASES = 3 * (8 + 4)  # files of the connections that may have been opened meanwhile: to the figures, to the favourites
SECRET = b"root:"


def open_socket(address, timeout=2):
    return socket.create_connection(address, timeout)


def memory(pid):
    """Resident megabytes."""
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1000


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class OtherUser(threading.Thread):
    """Somebody who just reads pages meanwhile: how long that takes, and what goes wrong."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.ended, self.times, self.wrong = address, False, [], []

    def run(self):
        while not self.ended:
            for path in ("/PasTmon/health", "/PasTmon/level1"):
                begun = time.monotonic()
                try:
                    connection = http.client.HTTPConnection(*self.address, timeout=4 * PATIENCE)
                    connection.request("GET", path, headers={"Host": "localhost"})
                    answer = connection.getresponse()
                    if answer.status != 200 or not answer.read():
                        self.wrong.append(f"{path}: status {answer.status}")
                    connection.close()
                except OSError as error:
                    self.wrong.append(f"{path}: {error}")
                self.times.append(time.monotonic() - begun)
            time.sleep(0.05)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended = True
        self.join()


def fuzz(address, seed, seconds):
    """Sends fuzzed requests; returns how many, and answers that should not be."""
    fuzzer, until, sent, bad = request_fuzz.Fuzzer(seed), time.monotonic() + seconds, 0, []
    while time.monotonic() < until:
        request = fuzzer.request()
        sent += 1
        with contextlib.suppress(OSError):
            with open_socket(address) as connection:
                connection.settimeout(0.3)
                connection.sendall(request)
                if fuzzer.random.random() < 0.5:
                    connection.shutdown(socket.SHUT_WR)
                answer = b""
                while (part := connection.recv(65536)):
                    answer += part
                    if len(answer) > 1_000_000 or fuzzer.random.random() < 0.05:
                        break
                if answer.startswith(b"HTTP/1.1 500") or SECRET in answer or (answer and not answer.startswith(b"HTTP/1.1 ")):
                    bad.append((request[:300], answer[:300]))
    return sent, bad


def fuzz_all(address, seed, seconds, threads=6):
    results = []
    workers = [threading.Thread(target=lambda s=seed + i: results.append(fuzz(address, s, seconds))) for i in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(sent for sent, _ in results), [entry for _, bad in results for entry in bad]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    host, port = arguments.server.rsplit(":", 1)
    address, until, seed = (host, int(port)), time.monotonic() + arguments.seconds, arguments.seed
    with OtherUser(address) as user:
        while time.monotonic() < until:
            sent, bad = fuzz_all(address, seed, min(30, max(1, until - time.monotonic())))
            print(f"seed {seed}: {sent} requests, memory {memory(arguments.pid):.0f} MB, {descriptors(arguments.pid)} descriptors, "
                  f"another user waited at most {1000 * max(user.times, default=0):.0f} ms", flush=True)
            user.times.clear()
            if bad or user.wrong:
                sys.exit(f"{bad[:3]} {user.wrong[:3]}")
            seed += 1000


if __name__ == "__main__" and len(sys.argv) > 1 and sys.argv[1].startswith("--"):
    main()
    sys.exit()

import web_program


class ToughnessTest(web_program.WebProgramTest):
    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        self.fill(12, "hostile")
        self.process = self.start("-c", self.configuration())
        host, port = self.address.split(":")
        self.server = (host, int(port))

    def raw(self, request):
        with open_socket(self.server, 20) as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(request)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while (part := connection.recv(65536)):
                    answer += part
        return answer

    def assert_well(self, user):
        self.assertIsNone(self.process.poll(), "the server ended")
        self.assertEqual(user.wrong, [])
        self.assertGreater(len(user.times), 3)
        self.assertLess(max(user.times), PATIENCE)

    def settled(self, figure, most):
        """The figure, once it is small enough or some seconds have passed: connections take a moment to end."""
        deadline = time.monotonic() + 3 * PATIENCE
        while figure() > most and time.monotonic() < deadline:
            time.sleep(0.1)
        return figure()

    def test_fuzzed_requests_do_no_harm(self):
        files = descriptors(self.process.pid)
        with OtherUser(self.server) as user:
            fuzz_all(self.server, 1, 4)
            before = memory(self.process.pid)
            sent, bad = fuzz_all(self.server, 2, 6)
        self.assertGreater(sent, 50)
        self.assertEqual(bad, [])
        self.assert_well(user)
        self.assertLess(memory(self.process.pid) - before, 15)
        self.assertLessEqual(self.settled(lambda: descriptors(self.process.pid), files + DATABASES), files + DATABASES)

    def test_what_is_too_much_is_refused_at_once(self):
        line = b"GET /PasTmon/level1%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
        refused = {
            "10,000 parameters": line % (b"?" + b"&".join(b"a%d=1" % i for i in range(10_000)), b""),
            "101 parameters": line % (b"?" + b"&".join(b"a%d=1" % i for i in range(101)), b""),
            "a NUL in the path": line % (b"%00", b""),
            "a NUL in a value": line % (b"?client=%00", b""),
            "a raw NUL": line % (b"\x00", b""),
            "a long address": line % (b"?client=" + b"a" * 100_000, b""),
            "a long header": line % (b"", b"X: " + b"y" * 100_000 + b"\r\n"),
            "a body with GET": line % (b"", b"Content-Length: 5\r\n") + b"hello",
            "no such method": b"FETCH /PasTmon/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "a large body": b"POST /PasTmon/level1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n",
        }
        for what, request in refused.items():
            begun = time.monotonic()
            answer = self.raw(request)
            self.assertRegex(answer[:15], rb"^($|HTTP/1\.1 4\d\d)", what)
            self.assertLess(time.monotonic() - begun, PATIENCE, what)
        self.assertEqual(self.get("/PasTmon/level1")[0], 200)

    def test_idle_and_slow_clients_keep_nobody_waiting(self):
        files = descriptors(self.process.pid)
        with contextlib.ExitStack() as stack:
            idle = [stack.enter_context(open_socket(self.server, 20)) for _ in range(500)]
            slow = idle[:50]
            for connection in idle[50:150]:  # these have asked once and keep their connection
                connection.sendall(b"HEAD /PasTmon/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            request = b"GET /PasTmon/level1 HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 1000
            with OtherUser(self.server) as user:
                for i in range(60):
                    for connection in slow:
                        with contextlib.suppress(OSError):
                            connection.send(request[i:i + 1])
                    time.sleep(0.1)
            self.assert_well(user)
        self.assertLessEqual(self.settled(lambda: descriptors(self.process.pid), files + DATABASES), files + DATABASES)
        self.assertLess(memory(self.process.pid), 100)

    def test_a_body_that_trickles_ends(self):
        with open_socket(self.server, 30) as connection:
            connection.sendall(b"POST /PasTmon/level1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n")
            begun, answer = time.monotonic(), b""
            connection.settimeout(0.2)
            while time.monotonic() - begun < 25 and not answer:
                with contextlib.suppress(TimeoutError):
                    connection.sendall(b"x")
                    answer = connection.recv(100)
        self.assertRegex(answer, rb"^HTTP/1\.1 40[58]")
        self.assertLess(time.monotonic() - begun, 20)

    def test_evil_patterns_take_no_longer_than_others(self):
        patterns = ["(a+)+$", "(.*)*x", "(?:(?:a{1,99}){1,99}){1,9}", "((a|b|c|d|e)*)*\\d", "(?=.*(?=.*(?=.*z)))", "^(.+)+\\1$", "\\p{L}+" * 30,
                    "(?R)?", "(.)(?1)*", "x{65535}", "(" * 120 + ")" * 120, "[" + "a-z" * 80 + "]", "(?i)" + "(ä|Ä)?" * 30, "\\K" * 100, "(*LIMIT_MATCH=4000000)(a+)+$",
                    "(*NO_JIT)(a+)+$", "(?C1)a", "\\C", "a" * 257]
        for pattern in patterns:
            coded = "".join(f"%{b:02x}" for b in pattern.encode())
            begun = time.monotonic()
            status, page = self.get(f"/PasTmon/level1?client_like={coded}&server_like={coded}")
            self.assertEqual(status, 200, pattern)
            self.assertIn("<html", page)
            self.assertLess(time.monotonic() - begun, PATIENCE, pattern)


if __name__ == "__main__":
    unittest.main(verbosity=2)
