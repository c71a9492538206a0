# SPDX-License-Identifier: MIT
"""Installing from the programs that are built already, for the tests of what an administrator gets."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from programs import BIN, SOURCE

TIMEOUT = 60


def sh(*words, check=True, timeout=300, **options):
    """Runs a command; its output as text."""
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, timeout=timeout, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}")
    return done


def configure(build, *options):
    """A build tree that compiles nothing and installs the programs under test."""
    sh("cmake", "-G", "Ninja", "-S", SOURCE, "-B", build, f"-DPASTMON_PREBUILT={BIN}", *options)


def install(build, *options, destdir=None):
    environment = {key: value for key, value in os.environ.items() if key != "DESTDIR"}
    if destdir:
        environment["DESTDIR"] = str(destdir)
    return sh("cmake", "--install", build, *options, env=environment).stdout


def uninstall(build, destdir=None):
    environment = {**os.environ, "DESTDIR": str(destdir or "")}
    return sh("cmake", "--build", build, "--target", "uninstall", env=environment).stdout


def wait_for(condition, what, seconds=TIMEOUT):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(0.05)


def processes(program):
    """The process ids of those that run this program file (or one that was replaced since)."""
    found = []
    for exe in pathlib.Path("/proc").glob("[0-9]*/exe"):
        try:
            if os.readlink(exe).removesuffix(" (deleted)") == str(program):
                found.append(int(exe.parent.name))
        except OSError:
            pass
    return found


def ended(pid):
    """Gone, or only waiting to be collected: all that it held is free."""
    try:
        return "\nState:\tZ" in pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


class InstalledTest(unittest.TestCase):
    """An installation of its own below one directory that other users can reach: self.prefix."""

    place = None  # for the directory; None: the usual one for temporary files

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="pastmon-install-", dir=cls.place))
        cls.directory.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.prefix = cls.directory / "pastmon"
        cls.build = cls.directory / "build"
        configure(cls.build, f"-DCMAKE_INSTALL_PREFIX={cls.prefix}")
        install(cls.build)

    def configuration(self, sensor, web=""):
        """Writes both configurations, with an SQLite database in the data directory of the user nobody."""
        data = self.prefix / "var/lib/pastmon"
        shutil.chown(data, "nobody", "nogroup")
        database = f'output_DBI: {{ driver = "sqlite3"; dbname = "{data}/pastmon.db"; }};\n'
        (self.prefix / "etc/pastmon.conf").write_text('user = "nobody";\n' + database + sensor)
        (self.prefix / "etc/pastmon-web.conf").write_text('user = "nobody";\n' + database + web)
        for name in ("pastmon.conf", "pastmon-web.conf"):
            shutil.chown(self.prefix / "etc" / name, "root", "nogroup")
