#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs `pastmon --read CASE --report json` over the cases and compares with their expect.json, as
README.md describes. Prints what differs and ends with 1 if anything does.

usage: compare.py --pastmon PATH [--later] [--argument ARG]... [CASE...]
  --later     compare the rows under "later" too
  --argument  passed on to pastmon, for example --argument=-c --argument=etc/pastmon.conf
"""
import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KEY = ("signature", "client", "server", "port")
# Rows that a report may hold although expect.json does not speak of them.
UNSAID = ("IP OTHER", "ICMP OTHER", "TCP SYNACK")


def key_of(row, names=KEY):
    return tuple(row[n] for n in names)


def differing(expected, found):
    """Lines about the keys of one expected row (or sum) that the report has otherwise."""
    for name, value in expected.items():
        if name in KEY:
            continue
        if isinstance(value, dict):
            stat = found.get(name, {"count": 0})
            for part, number in value.items():
                if part == "min_at_least":
                    wrong = stat.get("min", -1) < number
                elif part == "max_at_most":
                    wrong = stat.get("max", number + 1) > number
                else:
                    wrong = stat.get(part) != number
                if wrong:
                    yield "%s.%s is %s, not %s" % (name, part, stat.get(part, stat), number)
        elif found.get(name, 0) != value:
            yield "%s is %s, not %s" % (name, found.get(name, 0), value)


def text(key):
    return " ".join(str(k) for k in key)


def compare(expect, status, report, later):
    rows = {key_of(r): r for r in report if "signature" in r}
    summary = next((r["summary"] for r in report if "summary" in r), None)
    if (status == 0) != (expect["exit_status"] == 0):
        yield "exit status is %d, not %d" % (status, expect["exit_status"])
    wanted = expect["rows"] + (expect.get("later", []) if later else [])
    for row in wanted:
        found = rows.get(key_of(row))
        if found is None:
            if row.get("transactions", 1) or row.get("packets_server"):
                yield "%s: no such row" % text(key_of(row))
            continue
        for line in differing(row, found):
            yield "%s: %s" % (text(key_of(row)), line)
    unsaid = [*UNSAID, *expect.get("open", [])]
    known = {key_of(r) for r in expect["rows"] + expect.get("later", [])}
    for key, row in rows.items():
        if key not in known and row.get("transactions") and (key[0] not in unsaid or key[0] in expect.get("absent", [])):
            yield "%s: unexpected, %d transactions" % (text(key), row["transactions"])
    for wish in expect.get("sums", []):
        same = [r for k, r in rows.items() if k[1:] == key_of(wish, KEY[1:])]
        added = {n: sum(r.get(n, 0) for r in same) for n in wish if n not in KEY}
        for line in differing(wish, added):
            yield "sum over %s: %s" % (text(key_of(wish, KEY[1:])), line)
    if "summary" in expect:
        if summary is None:
            yield "no summary"
        else:
            yield from ("summary: " + line for line in differing(expect["summary"], summary))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--pastmon", required=True)
    p.add_argument("--later", action="store_true")
    p.add_argument("--argument", action="append", default=[])
    p.add_argument("cases", nargs="*")
    o = p.parse_args()
    cases = o.cases or sorted(d for d in os.listdir(HERE) if os.path.exists(os.path.join(HERE, d, "expect.json")))
    failed = 0
    for case in cases:
        with open(os.path.join(HERE, case, "expect.json")) as f:
            expect = json.load(f)
        capture = os.path.join(HERE, case, expect["capture"])
        done = subprocess.run([o.pastmon, "--read", capture, "--report", "json", *o.argument], capture_output=True, timeout=60)
        report = [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines()]
        found = list(compare(expect, done.returncode, report, o.later))
        if expect["exit_status"] and not done.stderr.strip():
            found.append("no error line")
        if done.returncode < 0:
            found.append("ended by signal %d" % -done.returncode)
        failed += bool(found)
        print("%-24s %s" % (case, "differs" if found else "ok"))
        for line in found:
            print("    " + line)
    print("%d of %d cases as expected" % (len(cases) - failed, len(cases)))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
