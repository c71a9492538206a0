#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The init scripts, run for real: LSB's actions and exit statuses."""
import os
import pathlib
import shutil
import signal
import subprocess
import unittest
import urllib.request

from installation import InstalledTest, ended, processes, sh, wait_for

SHELLS = [shell for shell in ("/bin/dash", "/bin/bash") if pathlib.Path(shell).exists()]


class Scripts(InstalledTest):
    def script(self, name, *arguments, user=None):
        options = {"user": user, "group": "nogroup", "extra_groups": []} if user else {}
        return subprocess.run([self.prefix / "etc/init.d" / name, *arguments], capture_output=True, text=True, timeout=200,
                              stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin"}, cwd="/", **options)

    def assert_status(self, name, action, status):
        done = self.script(name, action)
        self.assertEqual(done.returncode, status, f"{name} {action}: {done.stdout}{done.stderr}")
        return done

    def running(self, name):
        return processes(self.prefix / "sbin" / name)

    def pid(self, name):
        return int(pathlib.Path(f"/run/{name}/{name}.pid").read_text())

    def setUp(self):
        for name in ("pastmon", "pastmon-web"):
            self.assertFalse(pathlib.Path(f"/run/{name}").exists(), "left behind by somebody")
        self.configuration('interfaces = [ "lo" ];\n', 'listen = "127.0.0.1:0";\n')

    def tearDown(self):
        for name in ("pastmon", "pastmon-web"):
            self.script(name, "stop")
            shutil.rmtree(f"/run/{name}", ignore_errors=True)
        for path in (self.prefix / "var/lib/pastmon").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def test_headers_of_both_kinds_are_there(self):
        for name in ("pastmon", "pastmon-web"):
            text = (self.prefix / "etc/init.d" / name).read_text()
            for line in ("### BEGIN INIT INFO", "### END INIT INFO", f"# Provides:          {name}", "# Default-Start:     2 3 4 5",
                         "# chkconfig: 2345 "):
                self.assertIn(line, text)

    def test_plain_shells_accept_them(self):
        for shell in SHELLS:
            for file in ("etc/init.d/pastmon", "etc/init.d/pastmon-web", "share/pastmon/service.sh"):
                sh(shell, *(["--posix"] if shell.endswith("bash") else []), "-n", self.prefix / file)

    def test_the_life_of_a_service(self):
        for name in ("pastmon", "pastmon-web"):
            if name == "pastmon-web":
                sh(self.prefix / "sbin/pastmon-admin", "create-database")
            self.assert_status(name, "status", 3)
            self.assert_status(name, "stop", 0)
            self.assert_status(name, "try-restart", 0)
            self.assertEqual(self.running(name), [])
            self.assert_status(name, "start", 0)
            first = self.pid(name)
            self.assertEqual(self.running(name), [first])
            self.assertIn(f"Uid:\t{65534}\t", pathlib.Path(f"/proc/{first}/status").read_text())
            self.assert_status(name, "status", 0)
            self.assert_status(name, "start", 0)
            self.assertEqual(self.running(name), [first], "started twice")
            self.assert_status(name, "restart", 0)
            second = self.pid(name)
            self.assertNotEqual(first, second)
            self.assert_status(name, "condrestart", 0)
            third = self.pid(name)
            self.assertNotEqual(second, third)
            self.assertEqual(self.running(name), [third])
            self.assert_status(name, "stop", 0)
            self.assertEqual(self.running(name), [])
            self.assert_status(name, "status", 3)
            self.assert_status(name, "stop", 0)

    def test_reload_keeps_the_process(self):
        sh(self.prefix / "sbin/pastmon-admin", "create-database")
        shutil.chown(self.prefix / "var/lib/pastmon/pastmon.db", "nobody", "nogroup")
        for name in ("pastmon", "pastmon-web"):
            self.assert_status(name, "reload", 7)
            self.assert_status(name, "start", 0)
            pid = self.pid(name)
            self.assert_status(name, "reload", 0)
            self.assert_status(name, "force-reload", 0)
            self.assert_status(name, "status", 0)
            self.assertEqual(self.pid(name), pid)
            self.assert_status(name, "stop", 0)

    def test_a_wrong_configuration_ends_nothing_that_runs(self):
        self.assert_status("pastmon", "start", 0)
        pid = self.pid("pastmon")
        (self.prefix / "etc/pastmon.conf").write_text("intrfaces = 1;")
        for action in ("restart", "try-restart", "reload"):
            done = self.assert_status("pastmon", action, 6)
            self.assertIn("did you mean interfaces?", done.stderr)
        self.assertEqual(self.running("pastmon"), [pid])
        self.assert_status("pastmon", "status", 0)
        self.assert_status("pastmon", "stop", 0)
        self.assert_status("pastmon", "start", 6)
        (self.prefix / "etc/pastmon.conf").unlink()
        self.assert_status("pastmon", "start", 6)

    def test_as_shipped_the_sensor_does_not_start_to_capture(self):
        conf = self.prefix / "etc/pastmon.conf"
        conf.write_text(conf.read_text().replace('interfaces = [ "lo" ];', "interfaces = [ ];"))
        done = self.assert_status("pastmon", "start", 6)
        self.assertIn("no interface", done.stderr)
        self.assert_status("pastmon", "status", 3)

    def test_a_crash_is_told_from_a_stop(self):
        self.assert_status("pastmon", "start", 0)
        pid = self.pid("pastmon")
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: ended(pid), "the end of pastmon")
        self.assert_status("pastmon", "status", 1)
        self.assert_status("pastmon", "start", 0)
        self.assert_status("pastmon", "status", 0)

    def test_somebody_elses_process_number_is_not_ours(self):
        directory = pathlib.Path("/run/pastmon")
        directory.mkdir()
        (directory / "pastmon.pid").write_text(f"{os.getpid()}\n")
        self.assert_status("pastmon", "status", 1)
        self.assert_status("pastmon", "stop", 0)
        self.assertFalse((directory / "pastmon.pid").exists())
        for nonsense in ("", "-1\n", "1 2\n", "x\n", "0\n"):
            (directory / "pastmon.pid").write_text(nonsense)
            self.assertIn(self.script("pastmon", "status").returncode, (1, 3), nonsense)

    def test_a_pid_file_that_is_a_link_is_not_followed(self):
        """The directory is the service's: whoever took it over must not make root write elsewhere."""
        sh(self.prefix / "sbin/pastmon-admin", "create-database")
        target = self.directory / "precious"
        target.write_text("precious")
        for name in ("pastmon", "pastmon-web"):
            directory = pathlib.Path(f"/run/{name}")
            directory.mkdir()
            (directory / f"{name}.pid").symlink_to(target)
            self.assert_status(name, "start", 1)
            self.assertEqual(self.running(name), [])
        self.assertEqual(target.read_text(), "precious")

    def test_wrong_actions(self):
        for arguments in ((), ("begin",), ("start", "stop"), ("--help",)):
            for name in ("pastmon", "pastmon-web"):
                self.assertEqual(self.script(name, *arguments).returncode, 2, (name, arguments))
        self.assertEqual(self.running("pastmon"), [])

    def test_only_root_may_change_something_and_everybody_may_ask(self):
        self.assertEqual(self.script("pastmon", "start", user="nobody").returncode, 4)
        self.assertEqual(self.script("pastmon", "status", user="nobody").returncode, 3)
        self.assert_status("pastmon", "start", 0)
        self.assertEqual(self.script("pastmon", "stop", user="nobody").returncode, 4)
        self.assertEqual(self.script("pastmon", "status", user="nobody").returncode, 0)

    def test_an_administrator_may_set_options_and_places(self):
        file = pathlib.Path("/etc/default/pastmon")
        self.assertFalse(file.exists(), "left behind by somebody")
        self.addCleanup(file.unlink)
        pid_file = self.directory / "elsewhere/sensor.pid"
        file.write_text(f'PIDFILE={pid_file}\nOPTIONS="--sensor chosen -p"\n')
        self.assert_status("pastmon", "start", 0)
        pid = int(pid_file.read_text())
        self.assertIn("--sensor\0chosen\0-p\0", pathlib.Path(f"/proc/{pid}/cmdline").read_text())
        self.assertEqual(pid_file.parent.stat().st_uid, 65534)
        self.assert_status("pastmon", "stop", 0)
        self.assertFalse(pid_file.exists())

    def test_without_a_distributions_functions(self):
        for action, words in (("start", "Starting the network monitor: ok"), ("stop", "Stopping the network monitor: ok")):
            hidden = "mount -t tmpfs none /lib/lsb; exec \"$@\""
            done = sh("unshare", "--mount", "sh", "-ec", hidden, "sh", self.prefix / "etc/init.d/pastmon", action)
            self.assertIn(words, done.stdout)

    def test_programs_that_are_gone(self):
        program = self.prefix / "sbin/pastmon"
        program.rename(self.prefix / "sbin/away")
        self.addCleanup(lambda: (self.prefix / "sbin/away").rename(program))
        self.assert_status("pastmon", "start", 5)
        self.assert_status("pastmon", "stop", 0)

    def test_the_pages_are_served(self):
        sh(self.prefix / "sbin/pastmon-admin", "create-database")
        web = self.prefix / "etc/pastmon-web.conf"
        web.write_text(web.read_text().replace("127.0.0.1:0", "127.0.0.1:18471"))
        self.assert_status("pastmon-web", "start", 0)
        with urllib.request.urlopen("http://127.0.0.1:18471/PasTmon/", timeout=30) as answer:
            self.assertEqual(answer.status, 200)
        self.assert_status("pastmon-web", "stop", 0)


if __name__ == "__main__":
    unittest.main()
