# SPDX-License-Identifier: MIT
"""Runs PasTmon's real programs for the end-to-end tests: each test has a directory, a database and processes of its own.

Environment: PASTMON_SOURCE_DIR (the checkout), PASTMON_BIN_DIR (the programs).
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

SOURCE = pathlib.Path(os.environ["PASTMON_SOURCE_DIR"])
BIN = pathlib.Path(os.environ["PASTMON_BIN_DIR"])
CAPTURES = SOURCE / "tests" / "captures"


def wait_until(condition, seconds, what):
    """The first true value of condition(), polled; fails after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def capture(case):
    """Path of a committed capture."""
    return next(p for p in (CAPTURES / case).iterdir() if p.suffix in (".pcap", ".pcapng"))


class Installation(unittest.TestCase):
    """A test with one installation of PasTmon. Subclasses set `driver`."""

    driver = "sqlite3"

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="pastmon-e2e-"))
        self.addCleanup(shutil.rmtree, self.dir, True)
        self.config = self.dir / "pastmon.conf"
        self.web_config = self.dir / "pastmon-web.conf"
        self.base = None
        self.write_config(self.database_section())
        self.run_program("pastmon-admin", "-c", self.config, "create-database")

    def database_section(self):
        if self.driver == "sqlite3":
            return f'driver = "sqlite3"; dbname = "{self.dir}/pastmon.db";'
        os.chmod(self.dir, 0o755)
        cluster = self.dir / "postgresql"
        started = subprocess.run([SOURCE / "scripts/private-postgres", "start", cluster], capture_output=True, text=True)
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(subprocess.run, [SOURCE / "scripts/private-postgres", "stop", cluster], capture_output=True)
        return f'driver = "pgsql"; host = "{started.stdout.strip()}"; dbname = "pastmon2"; username = "pastmon";'

    def write_config(self, database):
        self.config.write_text(
            f'data_directory = "{self.dir}/data";\nsignatures_directory = "{SOURCE}/etc/signatures.d";\n'
            f'output_DBI: {{ {database} }};\n')
        self.web_config.write_text(f"output_DBI: {{ {database} }};\n")
        for path in (self.config, self.web_config):
            path.chmod(0o640)

    def run_program(self, name, *arguments, status=0):
        done = subprocess.run([BIN / name, *map(str, arguments)], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, status, f"{name} {arguments}: {done.stderr}")
        return done

    def start_program(self, name, *arguments):
        log = open(self.dir / f"{name}.log", "ab")
        process = subprocess.Popen([BIN / name, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.addCleanup(self.stop_program, process)
        return process

    def stop_program(self, process, how=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
        return process.returncode

    def log_of(self, name):
        return (self.dir / f"{name}.log").read_text(errors="replace")

    def start_web(self):
        address = self.dir / "web.address"
        process = self.start_program("pastmon-web", "-f", "-c", self.web_config, "--listen", "127.0.0.1:0",
                                     "--address-file", address)

        def listening():
            self.assertIsNone(process.poll(), self.log_of("pastmon-web"))
            return address.exists() and address.read_text().strip()

        self.base = f"http://{wait_until(listening, 20, 'pastmon-web listens')}/PasTmon"
        return process

    def get(self, path, **query):
        url = self.base + path + ("?" + urllib.parse.urlencode(query) if query else "")
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read().decode()

    def get_json(self, path, **query):
        return json.loads(self.get(path, **query))
