# SPDX-License-Identifier: MIT
"""Every shipped signature file recognises the captures that show its service ("shows" in their expect.json), and no other
file claims them."""
import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import BIN, CAPTURES, SOURCE

FILES = {path.name: path.read_text() for path in sorted((SOURCE / "etc/signatures.d").glob("*.conf"))}
BUILT_IN = ("TCP SYNACK", "TCP OTHER", "UDP OTHER", "ICMP OTHER", "IP OTHER", "ICMP UNREACHABLE")
SERVICE = re.compile(r'^ {2,4}name = "([^"]+)";', re.M)
REFERENCE = re.compile(r'\b(?:to|request_upgrade|part_of|service) = "([^"*]+)"')


def services(name):
    """Names of the services of a file: the outermost `name` keys."""
    return set(SERVICE.findall(FILES[name]))


def needs(name):
    """The files that define services which this one refers to, and what those need."""
    wanted, found = [name], set()
    while wanted:
        at = wanted.pop()
        if at in found:
            continue
        found.add(at)
        for service in set(REFERENCE.findall(FILES[at])) - services(at):
            owners = [other for other in FILES if service in services(other)]
            wanted += owners[:1]
    return found


def cases():
    """{file: [(capture, expect)]}"""
    shown = {name: [] for name in FILES}
    for path in sorted(CAPTURES.glob("*/expect.json")):
        expect = json.loads(path.read_text())
        for name in expect.get("shows", []):
            shown[name].append((path.parent / expect["capture"], expect))
    return shown


CASES = cases()


class SignatureFiles(unittest.TestCase):
    def rows(self, files, capture):
        """Rows with transactions that a signature made, by their key."""
        with tempfile.TemporaryDirectory() as directory:
            for name in files:
                (Path(directory) / name).write_text(FILES[name])
            done = subprocess.run([BIN / "pastmon", "--read", capture, "--report", "json", "--signatures", directory],
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.stderr, "", f"{sorted(files)} on {capture.name}")
        found = {}
        for row in map(json.loads, done.stdout.splitlines()):
            if row.get("transactions") and row["signature"] not in BUILT_IN:
                found[row["signature"], row["client"], row["server"], row["port"]] = row
        return found

    def expected(self, expect):
        return {(r["signature"], r["client"], r["server"], r["port"]): r for r in expect["rows"]}

    def test_every_file_has_a_capture(self):
        self.assertEqual([name for name, shown in CASES.items() if not shown], [])

    def check_alone(self, name):
        for capture, expect in CASES[name]:
            found, wanted = self.rows(needs(name), capture), self.expected(expect)
            mine = {key: row for key, row in found.items() if key in wanted}
            self.assertTrue(mine, f"{name} recognises nothing of {capture.name}")
            unsaid = tuple(expect.get("open", []))
            self.assertEqual([k for k in sorted(found) if k not in wanted and k[0] not in unsaid], [], capture.name)
            for key, row in mine.items():
                counts = {n: row.get(n, 0) for n in ("transactions", "answered", "errors") if n in wanted[key]}
                self.assertEqual(counts, {n: wanted[key][n] for n in counts}, (capture.name, key))

    def check_others(self, name):
        others = {other for other in FILES if name not in needs(other)}
        for capture, expect in CASES[name]:
            wanted, unsaid = self.expected(expect), tuple(expect.get("open", []))
            claimed = [k for k in sorted(self.rows(others, capture)) if k not in wanted and k[0] not in unsaid]
            self.assertEqual(claimed, [], f"{capture.name} without {name}")


for _name in FILES:
    _word = _name.removesuffix(".conf").replace("-", "_")
    setattr(SignatureFiles, f"test_{_word}_recognises_its_captures", lambda self, n=_name: self.check_alone(n))
    setattr(SignatureFiles, f"test_{_word}_is_claimed_by_no_other_file", lambda self, n=_name: self.check_others(n))

if __name__ == "__main__":
    unittest.main()
