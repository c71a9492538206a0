#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rewrites the list of cases in README.md: name, size and the beginning of each case's own README."""
import os
import re
import sys

BEGIN, END = "<!-- cases: written by lib/index.py -->", "<!-- end of cases -->"


def first_sentence(path):
    with open(path) as f:
        text = f.read().split("\n\n")[1]
    text = " ".join(text.split())
    ends = [m.start() for m in re.finditer(r"\.( |$)|[:;] ", text) if m.start() > 14]
    return text[:ends[0]] if ends else text


def main():
    root = sys.argv[1]
    lines = ["| case | bytes | |", "|---|--:|---|"]
    for name in sorted(os.listdir(root)):
        readme = os.path.join(root, name, "README.md")
        if not os.path.exists(readme):
            continue
        captures = [f for f in os.listdir(os.path.join(root, name)) if f.startswith(name + ".")]
        size = sum(os.path.getsize(os.path.join(root, name, f)) for f in captures)
        lines.append("| [%s](%s/README.md) | %d | %s |" % (name, name, size, first_sentence(readme)))
    path = os.path.join(root, "README.md")
    with open(path) as f:
        text = f.read()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    with open(path, "w") as f:
        f.write(before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + after)


if __name__ == "__main__":
    main()
