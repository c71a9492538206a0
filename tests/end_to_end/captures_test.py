# SPDX-License-Identifier: MIT
"""`pastmon --read CAPTURE --report json` against the truth of every committed capture (tests/captures/README.md), and
the accounting invariants of docs/metrics.md on each of them."""
import json
import subprocess
import sys
import unittest

from harness import BIN, CAPTURES, SOURCE

sys.path.insert(0, str(CAPTURES))
from compare import compare, text, key_of  # noqa: E402

OUTCOMES = ("answered", "unanswered", "refused", "aborted")


def report(path, *options):
    done = subprocess.run([BIN / "pastmon", "--read", path, "--report", "json", "--signatures",
                           SOURCE / "etc/signatures.d", *options], capture_output=True, timeout=120)
    return done, [json.loads(line) for line in done.stdout.decode().splitlines()]


def broken_invariants(lines):
    rows = [line for line in lines if "signature" in line]
    for row in rows:
        if row["transactions"] != sum(row.get(o, 0) for o in OUTCOMES):
            yield f"{text(key_of(row))}: transactions are not the sum of their outcomes"
        for name, value in row.items():
            if name.endswith("_us") and value["min"] < 0:
                yield f"{text(key_of(row))}: {name} is negative"
    for summary in (line["summary"] for line in lines if "summary" in line):
        seen = sum(r.get("packets_client", 0) + r.get("packets_server", 0) for r in rows)
        other = sum(summary[n] for n in ("undecodable", "not_ip", "filtered", "duplicates"))
        if seen + other != summary["packets"]:
            yield f"packets: {seen} in rows + {other} elsewhere are not the {summary['packets']} read"


class Captures(unittest.TestCase):
    def check(self, directory):
        expected = json.loads((directory / "expect.json").read_text())
        done, lines = report(directory / expected["capture"])
        errors = done.stderr.decode()
        wrong = [*compare(expected, done.returncode, lines, later=True), *broken_invariants(lines)]
        if expected["exit_status"] != 0 and errors.count("\n") != 1:
            wrong.append(f"one clear line on standard error, not: {errors}")
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_invariants_hold_with_a_filter_and_small_buckets(self):
        done, lines = report(CAPTURES / "demo/demo.pcap", "--bucket", "10", "tcp port 80 or udp")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(lines[-1]["summary"]["filtered"], 0)
        self.assertEqual(list(broken_invariants(lines)), [])


for _directory in sorted(p.parent for p in CAPTURES.glob("*/expect.json")):
    setattr(Captures, f"test_{_directory.name}", lambda self, d=_directory: self.check(d))

if __name__ == "__main__":
    unittest.main()
