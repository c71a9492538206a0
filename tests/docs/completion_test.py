#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Completions: what bash, zsh and fish offer is what the programs take."""
import os
import subprocess
import unittest

import program_help
from programs import BIN, SOURCE, ProgramTest

SCRIPTS = SOURCE / "etc" / "completions"
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}

BASH = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_pastmon
printf '%s\\n' "${COMPREPLY[@]}"
"""

# The completion system of zsh works on a terminal only: its three words are ours here.
ZSH = """
compadd() { while [[ $1 == -* && $1 != -- ]]; do [[ $1 == -S ]] && shift; shift; done; [[ $1 == -- ]] && shift; print -l -- $@ }
_describe() { print -l -- ${${(P)2}%%:*} }
_files() { print -l -- FILES $@ }
script=$1
shift
words=("$@")
CURRENT=$#
source $script
"""


def shell(*command, directory):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60, cwd=directory, env=ENVIRONMENT)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{command}: {done.returncode} {done.stderr}")
    return {line for line in done.stdout.splitlines() if line}


class Completion:
    def setUp(self):
        super().setUp()
        for name in ("mine.conf", "trace.pcap", "other.pcapng", "notes.txt"):
            (self.directory / name).write_text("")
        (self.directory / "deeper").mkdir()

    def test_options_of_every_program_and_subcommand(self):
        for program in program_help.PROGRAMS:
            for path in ((), *program_help.subcommands(program)):
                with self.subTest(program=program, path=path):
                    offered = {word for word in self.complete(program, *path, "--") if word.startswith("--")}
                    wanted = {word for word in program_help.options(program, *path) if word.startswith("--")}
                    self.assertEqual(offered, wanted)

    def test_subcommands(self):
        self.assertIn("create-database", self.complete("pastmon-admin", ""))
        self.assertTrue({"add", "password", "role", "remove", "list"} <= self.complete("pastmon-admin", "user", ""))
        self.assertTrue({"show", "replay"} <= self.complete("pastmon-admin", "-c", "mine.conf", "journal", ""))

    def test_values_from_a_list(self):
        self.assertEqual(self.complete("pastmon", "--report", ""), {"table", "json"})
        self.assertEqual(self.complete("pastmon-admin", "user", "add", "alice", "--role", ""), {"reader", "editor"})
        self.assertTrue({"any", "lo"} <= self.complete("pastmon", "-i", ""))


class Bash(Completion, ProgramTest):
    def complete(self, *words):
        return shell("bash", "--norc", "-c", BASH, "bash", SCRIPTS / "pastmon.bash", *words, directory=self.directory)

    def test_beginning_of_a_word(self):
        self.assertEqual(self.complete("pastmon", "--re"), {"--read", "--report"})
        self.assertEqual(self.complete("pastmon-admin", "cr"), {"create-database"})
        self.assertEqual(self.complete("pastmon", "--report", "=", "j"), {"json"})
        self.assertEqual(self.complete("pastmon", "--report", "="), {"table", "json"})

    def test_files_that_fit(self):
        self.assertEqual(self.complete("pastmon", "-c", ""), {"mine.conf", "deeper"})
        self.assertEqual(self.complete("pastmon", "--read", ""), {"trace.pcap", "other.pcapng", "deeper"})
        self.assertEqual(self.complete("pastmon", "--signatures", ""), {"deeper"})
        self.assertEqual(self.complete("pastmon-web", "--address-file", "n"), {"notes.txt"})

    def test_signatures_and_captures(self):
        self.assertEqual(self.complete("pastmon-admin", "signature", "test", ""), {"mine.conf", "deeper"})
        self.assertEqual(self.complete("pastmon-admin", "signature", "test", "mine.conf", "t"), {"trace.pcap"})

    def test_nothing_of_the_line_is_run(self):
        self.complete("pastmon-admin", "create-database", "$(touch ran)", "`touch ran`", "")
        self.assertFalse((self.directory / "ran").exists())

    def test_it_is_bound_to_every_program(self):
        bound = shell("bash", "--norc", "-c", 'source "$0"; complete -p', SCRIPTS / "pastmon.bash", directory=self.directory)
        self.assertEqual({line.split()[-1] for line in bound}, set(program_help.PROGRAMS))


class Zsh(Completion, ProgramTest):
    def complete(self, *words):
        return shell("zsh", "-f", "-c", ZSH, "zsh", SCRIPTS / "_pastmon", *words, directory=self.directory)

    def test_it_is_bound_to_every_program(self):
        first = (SCRIPTS / "_pastmon").read_text().splitlines()[0]
        self.assertEqual(first.split()[1:], list(program_help.PROGRAMS))

    def test_files(self):
        self.assertEqual(self.complete("pastmon", "--read", ""), {"FILES"})
        self.assertEqual(self.complete("pastmon", "--signatures", ""), {"FILES", "-/"})


class Fish(Completion, ProgramTest):
    def complete(self, *words):
        line = " ".join(words)
        found = shell("fish", "--no-config", "-c", f"source $argv[1]; complete -C $argv[2]", SCRIPTS / "pastmon.fish", line,
                      directory=self.directory)
        return {word.split("\t")[0] for word in found}

    def test_files(self):
        self.assertIn("trace.pcap", self.complete("pastmon", "--read", ""))
        self.assertIn("mine.conf", self.complete("pastmon", "-c", ""))


if __name__ == "__main__":
    unittest.main()
