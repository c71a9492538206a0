# SPDX-License-Identifier: MIT
"""What the tests of the programs share: where they are, how they are run, what a good refusal looks like."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["PASTMON_BIN_DIR"])
SOURCE = pathlib.Path(os.environ["PASTMON_SOURCE_DIR"])
CAPTURES = SOURCE / "tests" / "captures"


def run(program, *arguments, timeout=120, **options):
    """Runs a program to its end; output as bytes."""
    return subprocess.run([str(BIN / program), *map(str, arguments)], capture_output=True, timeout=timeout, **options)


def report(*arguments):
    """Rows, totals and exit status of `pastmon --report json`."""
    done = run("pastmon", "--report", "json", *arguments)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if not lines or "summary" not in lines[-1]:
        raise AssertionError(f"no summary; standard error: {done.stderr!r}")
    return lines[:-1], lines[-1]["summary"], done


class ProgramTest(unittest.TestCase):
    """A directory of its own for each test, and what every refusal must be."""

    def setUp(self):
        self._directory = tempfile.TemporaryDirectory(prefix="pastmon-test-")
        self.directory = pathlib.Path(self._directory.name)
        self.directory.chmod(0o755)

    def tearDown(self):
        self._directory.cleanup()

    def write(self, name, text, mode=0o644):
        path = self.directory / name
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        path.chmod(mode)
        return path

    def sqlite_conf(self, more=""):
        """A configuration with everything below the test's directory."""
        return self.write("pastmon.conf", f"""
            data_directory = "{self.directory}/data";
            signatures_directory = "{SOURCE}/etc/signatures.d";
            output_DBI: {{ driver = "sqlite3"; dbname = "{self.directory}/pastmon.db"; }};
            {more}""")

    def assert_refused(self, done, status, *words):
        """One clear line on standard error that holds `words`, the exit status, nothing that looks like a crash."""
        error = done.stderr.decode("utf-8")
        self.assertEqual(done.returncode, status, error)
        self.assertEqual(error.count("\n"), 1, error)
        self.assertTrue(error.endswith("\n"), error)
        for character in error[:-1]:
            self.assertTrue(character.isprintable(), error)
        for word in words:
            self.assertIn(word, error)
        for crash in ("terminate", "what():", "Sanitizer", "Assertion", "core dumped"):
            self.assertNotIn(crash, error)
