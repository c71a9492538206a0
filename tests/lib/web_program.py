# SPDX-License-Identifier: MIT
"""A running pastmon-web on a port of its own, for tests that speak HTTP to it."""
import subprocess
import time
import urllib.error
import urllib.request

import programs

TIMEOUT = 30


class WebProgramTest(programs.ProgramTest):
    def configuration(self, more=""):
        return self.write("pastmon-web.conf", f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.directory}/pastmon.db"; }};\n{more}')

    def start(self, *arguments):
        """A running server; self.address is where it listens."""
        address = self.directory / "address"
        address.unlink(missing_ok=True)
        process = subprocess.Popen([programs.BIN / "pastmon-web", "-f", "--listen", "127.0.0.1:0", "--address-file", address, *arguments],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        deadline = time.monotonic() + TIMEOUT
        while not (address.exists() and address.read_text().endswith("\n")):
            self.assertIsNone(process.poll(), "the server ended")
            self.assertLess(time.monotonic(), deadline, "the server did not start")
            time.sleep(0.02)
        self.address = address.read_text().strip()
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def ask(self, path, **headers):
        """Status, headers, body."""
        request = urllib.request.Request(f"http://{self.address}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()

    def get(self, path, **headers):
        status, _, body = self.ask(path, **headers)
        return status, body

    def fill(self, buckets=6, *more):
        done = programs.run("make_sample_database", self.directory / "pastmon.db", int(time.time()), buckets, *more)
        self.assertEqual(done.returncode, 0, done.stderr)
