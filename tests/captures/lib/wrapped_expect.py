#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a wrapped capture must show: what its source shows, but for bytes on the wire and packets that are not IP.

usage: wrapped_expect.py CASE_DIRECTORY OUT_DIRECTORY
"""
import json
import os
import sys


def main():
    source, out = sys.argv[1:]
    with open(os.path.join(source, "expect.json")) as f:
        expect = json.load(f)
    expect["capture"] = os.path.basename(out) + ".pcap"
    expect["sums"] = [{k: v for k, v in s.items() if not k.startswith("bytes_")} for s in expect["sums"]]
    summary = expect["summary"]
    expect["summary"] = {"packets": summary["packets"] - summary["not_ip"], "not_ip": 0, "undecodable": 0}
    with open(os.path.join(out, "expect.json"), "w") as f:
        f.write("{\n")
        for n, (key, value) in enumerate(expect.items()):
            text = json.dumps(value)
            if isinstance(value, list) and value and isinstance(value[0], dict):
                text = "[\n    " + ",\n    ".join(json.dumps(v) for v in value) + "\n  ]"
            f.write('  "%s": %s%s\n' % (key, text, "," if n + 1 < len(expect) else ""))
        f.write("}\n")


if __name__ == "__main__":
    main()
