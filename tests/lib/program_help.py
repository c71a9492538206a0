# SPDX-License-Identifier: MIT
"""What the programs say about themselves with --help: subcommands and options."""
import functools
import re
import subprocess

from programs import BIN

PROGRAMS = ("pastmon", "pastmon-web", "pastmon-admin", "pastmon_summarise_level_2")


@functools.cache
def text(program, *path):
    return subprocess.run([BIN / program, *path, "--help"], capture_output=True, text=True, check=True, timeout=30).stdout


def options(program, *path):
    """Names of the options: {"-c", "--config", …}."""
    names = re.findall(r"^  (-\S+)", text(program, *path), re.M)
    return {name for each in names for name in each.split(",")}


def subcommands(program, *path):
    """All of them, as words: [("user",), ("user", "add"), …]."""
    section = re.search(r"^Subcommands:\n((?:  .*\n)+)", text(program, *path), re.M)
    found = []
    for word in re.findall(r"^  ([a-z][\w-]*)", section[1], re.M) if section else ():
        found += [(*path, word), *subcommands(program, *path, word)]
    return found
