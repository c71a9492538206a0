#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The systemd units: right, tight, and the programs can work below them."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import unittest
import urllib.parse
import urllib.request

from installation import InstalledTest, processes, sh, wait_for
from unit import Unit, start

PASSWORD = "correct horse battery"
EXPOSURE = {"pastmon": 25, "pastmon-web": 20}  # tenths, as `systemd-analyze security` counts


class Units(InstalledTest):
    place = "/opt"  # what lies below /tmp or /home a unit does not see

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shutil.copy(pathlib.Path(sys.modules["unit"].__file__), cls.directory / "unit.py")
        sys.modules["unit"].__file__ = str(cls.directory / "unit.py")
        sys.modules["unit"].start.__globals__["__file__"] = str(cls.directory / "unit.py")

    def setUp(self):
        self.data = self.prefix / "var/lib/pastmon"
        self.configuration('interfaces = [ "lo" ];\n', 'listen = "127.0.0.1:0";\n')
        self.log = open(self.directory / "log", "w+")
        self.addCleanup(self.log.close)

    def tearDown(self):
        for path in self.data.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def unit(self, name):
        return self.prefix / f"lib/systemd/system/{name}.service"

    def start(self, name):
        """As the service manager would, which listens on self.manager."""
        unit = Unit(self.unit(name))
        place = self.directory / "notify"
        place.unlink(missing_ok=True)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(str(place))
        place.chmod(0o777)
        self.manager.settimeout(60)
        process = start(unit, unit.one("ExecStart").split(), "nobody", "nogroup", [self.data], stdout=subprocess.DEVNULL, stderr=self.log,
                        cwd="/", env={"NOTIFY_SOCKET": str(place), "WATCHDOG_USEC": "2000000"})
        self.addCleanup(self.end, process)
        self.wait_for_message("READY=1")
        return process

    def wait_for_message(self, line):
        """The next message to the service manager that has this line."""
        try:
            while line not in self.manager.recv(4096).decode().split("\n"):
                pass
        except TimeoutError:
            self.fail(f"no {line}: {self.logged()}")

    def check_messages(self, process, pid):
        """What Type=notify, WatchdogSec and ExecReload rely on."""
        self.wait_for_message("WATCHDOG=1")
        for command in Unit(self.unit(pathlib.Path(f"/proc/{pid}/comm").read_text().strip())).all("ExecReload"):
            sh(*command.replace("$MAINPID", str(pid)).split())
        self.wait_for_message("RELOADING=1")
        self.wait_for_message("READY=1")
        self.assertIn("read again", self.logged())
        os.kill(pid, signal.SIGTERM)
        self.wait_for_message("STOPPING=1")
        self.assertEqual(process.wait(timeout=60), 0, self.logged())
        self.assertNotIn("error", self.logged())

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.wait(timeout=60)

    def logged(self):
        return pathlib.Path(self.log.name).read_text()

    def test_systemd_accepts_them(self):
        for name in EXPOSURE:
            done = sh("systemd-analyze", "verify", "--man=no", self.unit(name), check=False)
            self.assertEqual((done.returncode, [line for line in done.stdout.splitlines() if name in line]), (0, []), done.stdout)

    def test_they_are_tight(self):
        for name, exposure in EXPOSURE.items():
            sh("systemd-analyze", "security", "--offline=yes", f"--threshold={exposure}", self.unit(name))

    def test_user_and_directories_are_made_by_the_systems_own_means(self):
        root = self.directory / "root"
        (root / "etc").mkdir(parents=True)
        sh("systemd-sysusers", f"--root={root}", self.prefix / "lib/sysusers.d/pastmon.conf")
        self.assertRegex((root / "etc/passwd").read_text(), r"(?m)^pastmon:x:\d+:\d+:PasTmon network monitor:.*:.*/nologin$")
        self.assertRegex((root / "etc/group").read_text(), r"(?m)^pastmon:x:\d+:")
        sh("systemd-tmpfiles", "--create", f"--root={root}", self.prefix / "lib/tmpfiles.d/pastmon.conf")
        uid = int((root / "etc/passwd").read_text().split("pastmon:x:")[1].split(":")[0])
        for place, mode in ((str(self.data), 0o2750), ("/run/pastmon", 0o755), ("/run/pastmon-web", 0o755)):
            made = (root / place.lstrip("/")).stat()
            self.assertEqual((oct(made.st_mode & 0o7777), made.st_uid), (oct(mode), uid), place)

    def test_the_services_have_the_rights_they_need_and_no_others(self):
        rights = {"pastmon": "CAP_NET_RAW CAP_NET_ADMIN", "pastmon-web": ""}
        for name, wanted in rights.items():
            unit = Unit(self.unit(name))
            self.assertEqual(unit.one("CapabilityBoundingSet"), wanted)
            self.assertEqual(unit.one("AmbientCapabilities"), wanted)
            self.assertEqual((unit.one("User"), unit.one("Group")), ("pastmon", "pastmon"))
            self.assertEqual(unit.all("MemoryDenyWriteExecute"), [], "PCRE2 compiles patterns to machine code")
            self.assertEqual(unit.one("Type"), "notify")
            self.assertTrue(unit.one("WatchdogSec"))
            self.assertIn("--check-config", unit.one("ExecStartPre"))
            self.assertEqual(unit.all("ReadWritePaths"), [str(self.data)])

    def test_the_checks_before_the_start_find_a_wrong_configuration(self):
        for name in EXPOSURE:
            before = Unit(self.unit(name)).one("ExecStartPre").split()
            self.assertEqual(sh(*before, check=False).returncode, 0)
            (self.prefix / f"etc/{name}.conf").write_text("nonsense = 1;")
            self.assertNotEqual(sh(*before, check=False).returncode, 0)

    def test_the_sensor_works_below_its_unit(self):
        process = self.start("pastmon")
        self.assertIn("capturing on lo", self.logged())
        pid = processes(self.prefix / "sbin/pastmon")[0]
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        self.assertIn("NoNewPrivs:\t1\n", status)
        self.assertIn("Seccomp:\t2\n", status)
        self.assertIn("CapEff:\t0000000000000000\n", status)
        bounding = int(re.search(r"CapBnd:\t(\w+)", status)[1], 16)
        self.assertEqual(bounding, 1 << 13 | 1 << 12)
        self.exchange()
        self.check_messages(process, pid)
        rows = sqlite3.connect(self.data / "pastmon.db").execute("SELECT count(*) FROM level_1").fetchone()[0]
        self.assertGreater(rows, 0)

    def exchange(self):
        """A request and its answer on the loopback."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            with socket.create_connection(listener.getsockname()) as client:
                server, _ = listener.accept()
                with server:
                    client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    server.recv(1000)
                    server.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                    client.recv(1000)

    def test_the_web_server_works_below_its_unit(self):
        sh(self.prefix / "sbin/pastmon-admin", "create-database")
        subprocess.run([self.prefix / "sbin/pastmon-admin", "user", "add", "alice", "--role", "editor", "--password-stdin"],
                       input=PASSWORD.encode() + b"\n", stdout=subprocess.DEVNULL, check=True, timeout=60)
        process = self.start("pastmon-web")
        address = re.search(r"127\.0\.0\.1:\d+", self.logged())[0]
        pid = processes(self.prefix / "sbin/pastmon-web")[0]
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        for capabilities in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertIn(f"{capabilities}:\t0000000000000000\n", status)
        self.assertIn("Seccomp:\t2\n", status)
        self.use_pages(f"http://{address}/PasTmon")
        self.check_messages(process, pid)

    def use_pages(self, base):
        """Reads with a regular expression, logs in, and stays so: patterns, passwords and writing work."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with browser.open(f"{base}/level1?client_like=^a", timeout=30) as answer:
            self.assertEqual(answer.status, 200)
        page = browser.open(f"{base}/login", timeout=30).read().decode()
        form = {"form_token": re.search(r'name="form_token" value="([^"]+)"', page)[1], "name": "alice", "password": PASSWORD,
                "next": "/PasTmon/level1"}
        with browser.open(f"{base}/login", urllib.parse.urlencode(form).encode(), timeout=30) as answer:
            self.assertIn("alice", answer.read().decode())

    def test_what_is_not_needed_is_forbidden(self):
        """The same rules on a program that tries."""
        probe = """
import ctypes, errno, json, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def attempt(action):
    try:
        action()
        return "done"
    except OSError as failure:
        return errno.errorcode[failure.errno]
def call(name, *arguments):
    if getattr(libc, name)(*arguments) != 0: raise OSError(ctypes.get_errno(), name)
tries = {
    "write /etc": lambda: open("/etc/pastmon-probe", "w"), "write /usr": lambda: open("/usr/pastmon-probe", "w"),
    "write data": lambda: open("DATA/probe", "w"), "setuid": lambda: os.setuid(0), "chroot": lambda: os.chroot("/"),
    "mount": lambda: call("mount", b"none", b"/mnt", b"tmpfs", 0, None), "bluetooth": lambda: socket.socket(31, socket.SOCK_RAW, 0),
    "packets": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0), "internet": lambda: socket.socket(),
    "other processes": lambda: open("/proc/1/cmdline"), "memory": lambda: open("/dev/mem"),
    "host name": lambda: socket.sethostname(socket.gethostname())}
print(json.dumps({name: attempt(action) for name, action in tries.items()}))""".replace("DATA", str(self.data))
        for name, packets in (("pastmon", "done"), ("pastmon-web", "EAFNOSUPPORT")):
            unit = Unit(self.unit(name))
            process = start(unit, [sys.executable, "-c", probe], "nobody", "nogroup", [self.data], stdout=subprocess.PIPE,
                            stderr=self.log, cwd="/")
            out, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, self.logged())
            self.assertEqual(json.loads(out), {
                "write /etc": "EROFS", "write /usr": "EROFS", "write data": "done", "setuid": "EPERM", "chroot": "EPERM", "mount": "EPERM",
                "bluetooth": "EAFNOSUPPORT", "packets": packets, "internet": "done", "other processes": "ENOENT",
                "memory": "ENOENT", "host name": "EPERM"}, name)


if __name__ == "__main__":
    unittest.main()
