#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What bad input gets from pastmon: one clear line on standard error and the right exit status."""
import os
import sqlite3
import subprocess
import unittest

from programs import BIN, CAPTURES, ProgramTest, report, run

NOBODY = 65534


def run_as_nobody(program, *arguments):
    """As a user without rights (tests run as root)."""
    command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all",
               "--bounding-set=-all", str(BIN / program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=60)


class CommandLine(ProgramTest):
    def test_unknown_option(self):
        self.assert_refused(run("pastmon", "--no-such-option"), 2, "pastmon", "--help")

    def test_report_without_a_file(self):
        self.assert_refused(run("pastmon", "--report", "json"), 2, "--read")

    def test_no_database(self):
        conf = self.write("empty.conf", "")
        self.assert_refused(run("pastmon", "-c", conf, "-i", "lo", "-f"), 2, "output_DBI")

    def test_no_interface(self):
        self.assert_refused(run("pastmon", "-f", "-c", self.sqlite_conf()), 2, "no interface")

    def test_version_and_help(self):
        for option in ("--version", "--help"):
            done = run("pastmon", option)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertIn(b"pastmon", done.stdout)


class Captures(ProgramTest):
    def refused(self, path, *words):
        done = run("pastmon", "--read", path, "--report", "json")
        self.assert_refused(done, 1, *words)
        self.assertEqual(done.stdout, b"")
        stored = run("pastmon", "--read", path, "-c", self.sqlite_conf())
        self.assert_refused(stored, 1, *words)

    def test_missing(self):
        self.refused(self.directory / "gone.pcap", "gone.pcap", "No such file")

    def test_directory(self):
        self.refused(self.directory, "directory")

    def test_unreadable(self):
        path = self.write("secret.pcap", b"", 0o600)
        self.assert_refused(run_as_nobody("pastmon", "--read", path, "--report", "table"), 1, "secret.pcap",
                            "ermission denied")

    def test_not_a_capture(self):
        self.refused(CAPTURES / "not_a_capture" / "not_a_capture.pcap", "not_a_capture.pcap")

    def test_unknown_link_type(self):
        self.refused(CAPTURES / "unknown_linktype" / "unknown_linktype.pcap", "link type")

    def test_name_full_of_control_bytes(self):
        self.refused(self.directory / "\x1b[31mred\nline\x07", "x1b")

    def test_bad_filter(self):
        done = run("pastmon", "--read", CAPTURES / "http_basic" / "http_basic.pcap", "--report", "json", "prot", "80")
        self.assert_refused(done, 1, "filter")

    def test_damaged_capture_gives_the_rows_up_to_the_damage(self):
        for case in ("truncated", "bad_record"):
            rows, summary, done = report("--read", CAPTURES / case / f"{case}.pcap")
            self.assert_refused(done, 1, f"{case}.pcap")
            self.assertGreater(len(rows), 0)
            self.assertGreater(summary["packets"], 0)

    def test_damaged_capture_is_stored_up_to_the_damage(self):
        conf = self.sqlite_conf()
        self.assert_refused(run("pastmon", "--read", CAPTURES / "truncated" / "truncated.pcap", "-c", conf), 1,
                            "truncated.pcap")
        database = sqlite3.connect(self.directory / "pastmon.db")
        self.assertGreater(database.execute("SELECT count(*) FROM level_1").fetchone()[0], 0)
        database.close()

    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([str(BIN / "pastmon"), "--report", "json", "--read",
                                   str(CAPTURES / "http_basic" / "http_basic.pcap")],
                                  stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assert_refused(done, 1, "No space left")


class Configuration(ProgramTest):
    def refused(self, text, *words):
        conf = self.write("bad.conf", text)
        for arguments in (["pastmon", "--check-config", "-c", conf], ["pastmon", "-c", conf, "-f", "-i", "lo"]):
            self.assert_refused(run(*arguments), 2, *words)

    def test_missing_file(self):
        self.assert_refused(run("pastmon", "--check-config", "-c", self.directory / "gone.conf"), 2, "gone.conf",
                            "no such file")

    def test_unknown_key(self):
        self.refused("\nintrfaces = [ \"eth0\" ];", "bad.conf:2", "unknown key intrfaces", "did you mean interfaces?")

    def test_bad_value(self):
        self.refused("snaplen = 1;", "bad.conf:1", "snaplen must be from 128 to 262144")

    def test_integer_that_does_not_fit(self):
        self.refused("buffer = 99999999999;", "bad.conf:1", "99999999999 is too large")

    def test_syntax_error(self):
        self.refused("interfaces = [ \"eth0\";\n", "bad.conf:1", "syntax error")

    def test_password_is_never_shown(self):
        conf = self.write("p.conf", 'output_DBI: { driver = "pgsql"; dbname = "d"; password = "swordfish"; };', 0o640)
        done = run("pastmon", "--check-config", "-c", conf)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(b"swordfish", done.stdout + done.stderr)
        self.assertIn(b"(hidden)", done.stdout)

    def test_password_that_everybody_may_read(self):
        conf = self.write("p.conf", 'output_DBI: { driver = "pgsql"; dbname = "d"; password = "swordfish"; };', 0o644)
        self.assertIn(b"chmod 0640", run("pastmon", "--check-config", "-c", conf).stderr)

    def test_signature_files(self):
        for text, words in (('service', ("broken.conf:1",)),
                            ('no_such_key = 1;', ("broken.conf:1", "no_such_key"))):
            (self.directory / "signatures").mkdir(exist_ok=True)
            self.write("signatures/broken.conf", text)
            done = run("pastmon", "--check-config", "--signatures", self.directory / "signatures")
            self.assert_refused(done, 2, *words)

    def test_no_signature_directory(self):
        self.assert_refused(run("pastmon", "--check-config", "--signatures", self.directory / "gone"), 2, "gone")


class Live(ProgramTest):
    def test_no_such_interface(self):
        self.assert_refused(run("pastmon", "-f", "-c", self.sqlite_conf(), "-i", "nosuch0"), 1, "nosuch0")

    def test_daemon_that_cannot_start_says_so_before_it_leaves(self):
        self.assert_refused(run("pastmon", "-c", self.sqlite_conf(), "-i", "lo", "port nonsense"), 1, "nonsense")

    def test_no_permission_to_capture(self):
        done = run_as_nobody("pastmon", "-f", "-c", self.sqlite_conf(), "-i", "lo")
        self.assert_refused(done, 1, "CAP_NET_RAW", "setcap")

    def test_bad_filter(self):
        self.assert_refused(run("pastmon", "-f", "-c", self.sqlite_conf(), "-i", "lo", "prot", "80"), 1, "filter")

    def test_no_such_user(self):
        conf = self.sqlite_conf('user = "no-such-user-here";')
        self.assert_refused(run("pastmon", "-f", "-c", conf, "-i", "lo"), 1, "no such user: no-such-user-here")

    def test_unwritable_data_directory(self):
        locked = self.directory / "locked"
        locked.mkdir(mode=0o755)
        conf = self.write("locked.conf", f"""
            user = "nobody"; data_directory = "{locked}";
            output_DBI: {{ driver = "sqlite3"; dbname = "/tmp/pastmon-test-unused-{os.getpid()}.db"; }};""")
        try:
            self.assert_refused(run("pastmon", "-f", "-c", conf, "-i", "lo"), 1, "locked")
        finally:
            for suffix in ("", "-wal", "-shm"):
                try:
                    os.unlink(f"/tmp/pastmon-test-unused-{os.getpid()}.db{suffix}")
                except FileNotFoundError:
                    pass

    def test_pid_file_that_cannot_be_written(self):
        conf = self.sqlite_conf('pid_file = "/no/such/directory/pastmon.pid";')
        self.assert_refused(run("pastmon", "-f", "-c", conf, "-i", "lo"), 1, "/no/such/directory/pastmon.pid")


if __name__ == "__main__":
    unittest.main()
