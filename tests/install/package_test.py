#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Debian packages on this machine itself: built, installed, used, upgraded, removed, purged. Nothing is left behind."""
import grp
import os
import pathlib
import pwd
import shutil
import stat
import subprocess
import tempfile
import unittest
import urllib.request

from installation import configure, processes, sh, wait_for

ETC = pathlib.Path("/etc/pastmon")
DATA = pathlib.Path("/var/lib/pastmon")
POLICY = pathlib.Path("/usr/sbin/policy-rc.d")
NAMES = ("pastmon", "pastmon-web")
PLACES = ("/etc", "/usr", "/var", "/run", "/lib/systemd", "/opt", "/srv", "/home", "/root")
ENVIRONMENT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


def packages(directory, version):
    """Both packages, of that version."""
    configure(directory, "-DPASTMON_LAYOUT=fhs", f"-DPASTMON_PACKAGE_VERSION={version}", "-DCPACK_DEBIAN_COMPRESSION_TYPE=gzip")
    sh("cpack", cwd=directory, timeout=600)
    return [directory / f"{name}_{version}_{architecture()}.deb" for name in NAMES]


def architecture():
    return sh("dpkg", "--print-architecture").stdout.strip()


def dpkg(*words, check=True):
    """Also where a machine's policy forbids packages to start and stop services, as in containers: ours may."""
    if not POLICY.exists():
        return sh("dpkg", *words, check=check, env=ENVIRONMENT, timeout=600)
    allowing = "mount -t tmpfs -o mode=755 none /mnt; echo '#!/bin/sh' > /mnt/allow; chmod 755 /mnt/allow; mount --bind /mnt/allow \"$0\"; exec dpkg \"$@\""
    return sh("unshare", "--mount", "sh", "-ec", allowing, POLICY, *words, check=check, env=ENVIRONMENT, timeout=600)


def states():
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n", *NAMES], capture_output=True, text=True)
    return {line.split()[0]: line.split()[1] for line in found.stdout.splitlines() if line.split()[1] != "un"}


def exists(lookup, name):
    try:
        lookup(name)
        return True
    except KeyError:
        return False


def ours():
    """Everything on this machine that has our name, but for the sources and test directories."""
    found = sh("find", *[place for place in PLACES if pathlib.Path(place).exists()], "-xdev", "-iname", "*pastmon*", "-not", "-path",
               "/var/tmp/*", "-not", "-path", "/usr/src/*", check=False)
    return {line for line in found.stdout.splitlines() if "/pastmon-install-" not in line}


def mode(path):
    status = os.stat(path)
    return oct(stat.S_IMODE(status.st_mode)), pwd.getpwuid(status.st_uid).pw_name, grp.getgrgid(status.st_gid).gr_name


def service(name, action):
    return sh(f"/etc/init.d/{name}", action, check=False).returncode


class Packages(unittest.TestCase):
    def setUp(self):
        self.assertEqual(states(), {}, "PasTmon is installed here")
        self.assertFalse(exists(pwd.getpwnam, "pastmon") or ETC.exists() or DATA.exists(), "PasTmon was installed here")
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pastmon-install-"))
        self.directory.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.before = ours()
        self.addCleanup(self.purge_whatever_is_left)

    def purge_whatever_is_left(self):
        for name in NAMES:
            if pathlib.Path(f"/etc/init.d/{name}").exists():
                service(name, "stop")
        left = list(states())
        if left:
            dpkg("--force-all", "--purge", *left, check=False)

    def running(self, name):
        return processes(f"/usr/sbin/{name}")

    def configure_sqlite(self):
        """As an administrator would: names an interface and the embedded database."""
        database = f'output_DBI: {{ driver = "sqlite3"; dbname = "{DATA}/pastmon.db"; }};\n'
        for name, more in (("pastmon", 'interfaces = [ "lo" ];\n'), ("pastmon-web", 'listen = "127.0.0.1:18472";\n')):
            path = ETC / f"{name}.conf"
            text = path.read_text()
            begin = text.index("output_DBI: {\n")
            end = text.index("\n};", begin) + len("\n};\n")
            text = text[:begin] + database + text[end:]
            path.write_text(text.replace("interfaces = [ ];", "") + more)

    def test_from_installation_to_purge(self):
        old = packages(self.directory / "build", "1.0.0")
        new = [self.newer(file) for file in old]
        self.check_control(old)
        self.check_installation(old)
        self.check_service()
        self.check_upgrade(new)
        self.check_removal()

    def check_control(self, files):
        fields = {name: sh("dpkg-deb", "-f", file, "Depends").stdout for file, name in zip(files, NAMES)}
        for package in ("libdbd-pgsql", "adduser", "libpcap0.8", "libsqlite3-0"):
            self.assertIn(package, fields["pastmon"])
        for package in ("pastmon (= 1.0.0)", "libdbd-pgsql", "libjs-dygraphs", "libjs-chart.js", "tzdata", "libcivetweb1"):
            self.assertIn(package, fields["pastmon-web"])
        for file in files:
            control = self.directory / "control"
            sh("dpkg-deb", "-e", file, control)
            for script in ("postinst", "prerm", "postrm"):
                sh("sh", "-n", control / script)
                self.assertEqual(sh(control / script, "nonsense", check=False).returncode, 1)
            # Everything in /etc is configuration that dpkg looks after.
            contents = [line.split()[5].removeprefix(".") for line in sh("dpkg-deb", "-c", file).stdout.splitlines() if not line.startswith("d")]
            self.assertEqual({name for name in contents if name.startswith("/etc/")},
                             set((control / "conffiles").read_text().split()), file)
            shutil.rmtree(control)

    def check_installation(self, files):
        done = dpkg("--install", *files)
        self.assertEqual(states(), {"pastmon": "ii", "pastmon-web": "ii"}, done.stdout)
        for words in ("pastmon-admin create-database", "it does not watch anything yet", "/etc/pastmon/pastmon.conf"):
            self.assertIn(words, done.stdout)
        user = pwd.getpwnam("pastmon")
        self.assertEqual((user.pw_dir, grp.getgrgid(user.pw_gid).gr_name), (str(DATA), "pastmon"))
        self.assertIn("nologin", user.pw_shell)
        self.assertLess(user.pw_uid, 1000)
        for path, wanted in {ETC / "pastmon.conf": ("0o640", "root", "pastmon"), ETC / "pastmon-web.conf": ("0o640", "root", "pastmon"),
                             DATA: ("0o2750", "pastmon", "pastmon"), ETC / "signatures.d/http.conf": ("0o644", "root", "root"),
                             "/etc/cron.d/pastmon": ("0o644", "root", "root")}.items():
            self.assertEqual(mode(path), wanted, path)
        for name in NAMES:
            self.assertEqual(self.running(name), [], "started without being asked")
            self.assertEqual(list(pathlib.Path("/etc").glob(f"rc[2-5].d/S*{name}")), [], "enabled without being asked")
            self.assertEqual(service(name, "status"), 3)
            self.assertFalse(pathlib.Path(f"/etc/systemd/system/multi-user.target.wants/{name}.service").exists())
        # As shipped: valid, PostgreSQL, and no interface, so that it does not capture.
        for name in NAMES:
            shown = sh(name, "--check-config", "-c", ETC / f"{name}.conf").stdout
            self.assertIn('driver = "pgsql"', shown)
        self.assertEqual(service("pastmon", "start"), 6)
        # Both ways to make the user agree.
        line = pathlib.Path("/usr/lib/sysusers.d/pastmon.conf").read_text().splitlines()[-1]
        self.assertEqual(line, f'u pastmon - "{user.pw_gecos.split(",")[0]}" {user.pw_dir}')

    def check_service(self):
        self.configure_sqlite()
        sh("pastmon-admin", "create-database")
        self.assertEqual(mode(DATA / "pastmon.db"), ("0o640", "pastmon", "pastmon"))
        for name in NAMES:
            self.assertEqual(service(name, "start"), 0, name)
            self.assertEqual(service(name, "status"), 0, name)
            uid = pathlib.Path(f"/proc/{self.running(name)[0]}/status").read_text().split("\nUid:\t")[1].split()[0]
            self.assertEqual(pwd.getpwuid(int(uid)).pw_name, "pastmon")
        with urllib.request.urlopen("http://127.0.0.1:18472/PasTmon/", timeout=30) as answer:
            self.assertEqual(answer.status, 200)
        wait_for(lambda: any(DATA.iterdir()), "the sensor's files")
        sh("update-rc.d", "pastmon", "enable")
        self.assertEqual(len(list(pathlib.Path("/etc").glob("rc[2-5].d/S*pastmon"))), 4)
        command = [line for line in pathlib.Path("/etc/cron.d/pastmon").read_text().splitlines() if line[:1].isdigit()]
        self.assertEqual([line.split()[:6] for line in command], [["0", "1", "*", "*", "*", "pastmon"]])
        what = command[0].split(None, 6)[6].replace("| logger -t pastmon", "")
        done = sh("setpriv", "--reuid=pastmon", "--regid=pastmon", "--init-groups", "/bin/sh", "-c", what, cwd="/")
        self.assertIn("pastmon_summarise_level_2: ", done.stdout)

    def check_upgrade(self, files):
        """With changed configuration, and with programs that run; also when the new version brings other configuration."""
        mine = {name: (ETC / f"{name}.conf").read_text() for name in NAMES}
        (ETC / "signatures.d/irc.conf").unlink()
        os.chmod(ETC / "pastmon.conf", 0o600)
        before = {name: self.running(name) for name in NAMES}
        done = dpkg("--force-confold", "--install", *files)
        self.assertEqual(states(), {"pastmon": "ii", "pastmon-web": "ii"}, done.stdout)
        for name in NAMES:
            self.assertEqual((ETC / f"{name}.conf").read_text(), mine[name])
            self.assertEqual(len(self.running(name)), 1)
            self.assertNotEqual(self.running(name), before[name], "the old program still runs")
        self.assertEqual([len(list(pathlib.Path("/etc").glob(f"rc[2-5].d/S*{name}"))) for name in NAMES], [4, 0], "enabled, as before")
        self.assertIn("of the new version", (ETC / "pastmon.conf.dpkg-dist").read_text())
        self.assertFalse((ETC / "signatures.d/irc.conf").exists(), "what was deleted came back")
        self.assertEqual(mode(ETC / "pastmon.conf"), ("0o600", "root", "pastmon"), "the administrator's mode")
        self.assertNotIn("does not watch anything yet", done.stdout)
        # Whatever was replaced under them, the scripts know their programs.
        for name in NAMES:
            self.assertEqual(service(name, "status"), 0)
        os.chmod(ETC / "pastmon.conf", 0o640)
        for name in NAMES:
            self.assertEqual(service(name, "restart"), 0)

    def newer(self, file):
        """The same package as version 1.0.1, with a line more in its configuration."""
        tree = self.directory / file.stem
        sh("dpkg-deb", "-R", file, tree)
        control = tree / "DEBIAN/control"
        control.write_text(control.read_text().replace("1.0.0", "1.0.1"))
        (tree / "DEBIAN/md5sums").unlink()
        for conf in (tree / "etc/pastmon").glob("*.conf"):
            conf.write_text(conf.read_text() + "// of the new version\n")
        changed = self.directory / file.name.replace("1.0.0", "1.0.1")
        sh("dpkg-deb", "-Zgzip", "-b", "--root-owner-group", tree, changed)
        return changed

    def check_removal(self):
        dpkg("--remove", *NAMES)
        self.assertEqual(states(), {"pastmon": "rc", "pastmon-web": "rc"})
        self.assertEqual([self.running(name) for name in NAMES], [[], []])
        self.assertIn('interfaces = [ "lo" ]', (ETC / "pastmon.conf").read_text())
        self.assertTrue((DATA / "pastmon.db").exists())
        self.assertEqual(service("pastmon", "start"), 5)
        dpkg("--purge", *NAMES)
        self.assertEqual(states(), {})
        self.assertFalse(exists(pwd.getpwnam, "pastmon") or exists(grp.getgrnam, "pastmon"), "the user is still there")
        self.assertEqual(sorted(ours() - self.before), [])


if __name__ == "__main__":
    unittest.main()
