#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""cmake --install below one directory: everything is there, works from there, and goes again."""
import json
import os
import stat
import subprocess
import unittest

from installation import InstalledTest, configure, install, sh, uninstall
from programs import CAPTURES, SOURCE


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


class Prefix(InstalledTest):
    def program(self, name, *arguments, **options):
        return subprocess.run([str(self.prefix / "sbin" / name), *map(str, arguments)], capture_output=True, text=True,
                              timeout=120, **options)

    def test_every_program_is_there_with_its_old_name(self):
        for name in ("pastmon", "pastmon-web", "pastmon-admin", "pastmon_summarise_level_2", "create_database_summary",
                     "pastmon_summarise_level_2.pl"):
            done = self.program(name, "--version")
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)

    def test_files_have_their_modes(self):
        for name, wanted in {"etc/pastmon.conf": 0o640, "etc/pastmon-web.conf": 0o640, "var/lib/pastmon": 0o2750,
                             "etc/signatures.d/http.conf": 0o644, "etc/init.d/pastmon": 0o755, "etc/init.d/pastmon-web": 0o755,
                             "sbin/pastmon": 0o755}.items():
            self.assertEqual(oct(mode(self.prefix / name)), oct(wanted), name)

    def test_nothing_of_the_build_lies_in_what_was_installed(self):
        for path in self.prefix.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.parent.name != "sbin":
                text = path.read_bytes()
                for place in (SOURCE, self.build):
                    self.assertNotIn(str(place).encode(), text, path)

    def test_files_name_places_below_the_prefix(self):
        for name in ("etc/init.d/pastmon", "etc/cron.d/pastmon", "share/pastmon/service.sh", "lib/systemd/system/pastmon.service",
                     "lib/systemd/system/pastmon-web.service", "lib/tmpfiles.d/pastmon.conf", "etc/pastmon.conf"):
            text = (self.prefix / name).read_text()
            for elsewhere in ("/usr/sbin/pastmon", "/usr/share/pastmon", "/etc/pastmon/", "/var/lib/pastmon"):
                self.assertNotIn(elsewhere, text.replace(str(self.prefix), "PREFIX").replace("PREFIX/var/lib/pastmon", ""), name)

    def test_programs_find_their_own_files(self):
        done = self.program("pastmon", "--check-config")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f'signatures_directory = "{self.prefix}/etc/signatures.d";', done.stdout)
        self.assertIn(f'data_directory = "{self.prefix}/var/lib/pastmon";', done.stdout)
        self.assertIn(str(self.prefix / "etc/pastmon-web.conf"), self.program("pastmon-web", "--help").stdout)
        (self.prefix / "etc/pastmon.conf").rename(self.prefix / "etc/away")
        self.addCleanup(lambda: (self.prefix / "etc/away").rename(self.prefix / "etc/pastmon.conf"))
        self.assertIn(f"{self.prefix}/etc/pastmon.conf", self.program("pastmon-admin", "check-config").stderr)

    def test_a_capture_is_read_with_the_installed_signatures(self):
        done = self.program("pastmon", "--report", "json", "--read", CAPTURES / "http_basic/http_basic.pcap")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("HTTP GET", {json.loads(line).get("signature") for line in done.stdout.splitlines()})

    def test_the_old_names_work_on_a_database_in_the_data_directory(self):
        conf = self.directory / "sqlite.conf"
        conf.write_text(f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.prefix}/var/lib/pastmon/pastmon.db"; }};')
        self.addCleanup(lambda: [path.unlink() for path in (self.prefix / "var/lib/pastmon").iterdir()])
        for name in ("create_database_summary", "pastmon_summarise_level_2.pl"):
            done = self.program(name, "-c", conf)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.prefix / "var/lib/pastmon/pastmon.db").exists())


class Again(InstalledTest):
    def test_changed_configuration_survives_installing_again_and_removal(self):
        etc = self.prefix / "etc"
        web, signature, removed = etc / "pastmon-web.conf", etc / "signatures.d/http.conf", etc / "signatures.d/irc.conf"
        web.write_text("// mine\n")
        removed.unlink()
        own = etc / "signatures.d/own.conf"
        own.write_text("// my own\n")
        said = install(self.build)
        self.assertIn(f"Kept, because it was changed: {web}", said)
        self.assertEqual(web.read_text(), "// mine\n")
        self.assertIn("listen", (etc / "pastmon-web.conf.new").read_text())
        self.assertFalse((etc / "signatures.d/http.conf.new").exists())
        data = self.prefix / "var/lib/pastmon/pastmon.db"
        data.write_text("rows")

        said = uninstall(self.build)
        self.assertIn(f"Kept, because it was changed: {web}", said)
        left = sorted(str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if not path.is_dir())
        self.assertEqual(left, ["etc/pastmon-web.conf", "etc/signatures.d/own.conf", "var/lib/pastmon/pastmon.db"])

    def test_a_newer_version_replaces_configuration_that_nobody_changed(self):
        prefix, build = self.directory / "other", self.directory / "newer"
        configure(build, f"-DCMAKE_INSTALL_PREFIX={prefix}")
        install(build)
        conf, record = prefix / "etc/pastmon.conf", build / "install_record.txt"
        # As if an older version had put another text there.
        conf.write_text("// an older version's\n")
        digest = sh("sha256sum", conf).stdout.split()[0]
        record.write_text(record.read_text() + f"{digest} {conf}\n")
        install(build)
        self.assertIn("output_DBI", conf.read_text())
        self.assertFalse((prefix / "etc/pastmon.conf.new").exists())
        uninstall(build)
        self.assertEqual([path for path in prefix.rglob("*") if not path.is_dir()], [])

    def test_removal_without_an_installation_says_so(self):
        build = self.directory / "empty"
        configure(build)
        done = sh("cmake", "--build", build, "--target", "uninstall", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Nothing was installed", done.stdout)


class Distribution(InstalledTest):
    """The layout of a distribution, staged."""

    def test_files_are_where_a_distribution_has_them(self):
        build, root = self.directory / "fhs", self.directory / "root"
        configure(build, "-DPASTMON_LAYOUT=fhs")
        install(build, destdir=root)
        for name, wanted in {"etc/pastmon/pastmon.conf": 0o640, "etc/pastmon/pastmon-web.conf": 0o640,
                             "etc/pastmon/signatures.d/http.conf": 0o644, "etc/init.d/pastmon": 0o755, "etc/init.d/pastmon-web": 0o755,
                             "etc/cron.d/pastmon": 0o644, "usr/sbin/pastmon": 0o755, "usr/sbin/pastmon-web": 0o755,
                             "usr/lib/systemd/system/pastmon.service": 0o644, "usr/lib/systemd/system/pastmon-web.service": 0o644,
                             "usr/lib/sysusers.d/pastmon.conf": 0o644, "usr/lib/tmpfiles.d/pastmon.conf": 0o644,
                             "usr/share/pastmon/sql/roles/grants.sql": 0o644, "usr/share/pastmon/grafana/pastmon.json": 0o644,
                             "usr/share/doc/pastmon/examples/logrotate.d/pastmon": 0o644,
                             "usr/share/doc/pastmon/examples/rsyslog.d/pastmon.conf": 0o644,
                             "usr/share/doc/pastmon-web/examples/nginx/pastmon.conf": 0o644, "var/lib/pastmon": 0o2750}.items():
            self.assertEqual(oct(mode(root / name)), oct(wanted), name)
        self.assertEqual(os.readlink(root / "usr/sbin/create_database_summary"), "pastmon-admin")
        for name in ("etc/pastmon.conf", "etc/init.d/pastmon", "etc/cron.d/pastmon", "etc/systemd/pastmon.service"):
            placed = {"etc/pastmon.conf": "etc/pastmon/pastmon.conf", "etc/systemd/pastmon.service": "usr/lib/systemd/system/pastmon.service"}
            self.assertEqual((root / placed.get(name, name)).read_text(), (SOURCE / name).read_text())
        uninstall(build, destdir=root)
        self.assertEqual([path for path in root.rglob("*") if not path.is_dir() or path.name.startswith("pastmon")], [])


if __name__ == "__main__":
    unittest.main()
