# SPDX-License-Identifier: MIT
"""Runs a program as a systemd unit would have it, where no systemd runs: user, capabilities, read-only file system, private
/tmp and /dev, system calls and address families, all as the unit's file says."""
import os
import pathlib
import subprocess
import sys

RUNTIME_ONLY = ("/dev", "/proc", "/sys")


class Unit:
    def __init__(self, path):
        self.lines = []
        for line in pathlib.Path(path).read_text().splitlines():
            if line.strip() and line[0] not in "#;[":
                key, _, value = line.partition("=")
                self.lines.append((key.strip(), value.strip()))

    def all(self, key):
        return [value for name, value in self.lines if name == key]

    def one(self, key):
        values = self.all(key)
        if len(values) != 1:
            raise AssertionError(f"{key} stands {len(values)} times")
        return values[0]

    def calls(self):
        """The names of the system calls that SystemCallFilter lets through."""
        allowed = set()
        for line in self.all("SystemCallFilter"):
            names = expanded(line.removeprefix("~").split())
            allowed = allowed - names if line.startswith("~") else allowed | names
        return allowed | expanded(["@default"])


def expanded(words):
    names = set()
    for word in words:
        if not word.startswith("@"):
            names.add(word)
            continue
        shown = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True).stdout
        names |= expanded([line.strip() for line in shown.splitlines() if line.startswith("    ") and not line.strip().startswith("#")])
    return names


def capabilities(text):
    return "".join(f",+{word.lower().removeprefix('cap_')}" for word in text.split())


def start(unit, command, user, group, writable, **options):
    """Popen of `command` below the unit's rules. `writable`: the directories that stay so."""
    for key in ("ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes", "NoNewPrivileges=yes",
                "SystemCallErrorNumber=EPERM"):
        name, _, value = key.partition("=")
        if unit.one(name) != value:
            raise AssertionError(f"the unit does not say {key}")
    environment = {"PATH": "/usr/sbin:/usr/bin", "SANDBOX_CALLS": " ".join(sorted(unit.calls())),
                   "SANDBOX_FAMILIES": unit.one("RestrictAddressFamilies"), **options.pop("env", {})}
    bounding, ambient = unit.one("CapabilityBoundingSet"), unit.one("AmbientCapabilities")
    words = ["unshare", "--mount", sys.executable, __file__, "mounts", ":".join(map(str, writable)),
             "subset=pid,hidepid=invisible" if unit.all("ProcSubset") == ["pid"] else "hidepid=invisible",
             "setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", f"--bounding-set=-all{capabilities(bounding)}",
             f"--inh-caps=-all{capabilities(ambient)}", f"--ambient-caps=-all{capabilities(ambient)}", "--no-new-privs",
             sys.executable, __file__, "calls", *map(str, command)]
    return subprocess.Popen(words, env=environment, **options)


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def make_mounts(writable, proc):
    mount("--make-rprivate", "/")
    for directory in writable:
        mount("--bind", directory, directory)
    devices = "/mnt"
    mount("-t", "tmpfs", "-o", "mode=755", "none", devices)
    for name in ("null", "zero", "full", "random", "urandom"):
        pathlib.Path(devices, name).touch()
        mount("--bind", f"/dev/{name}", f"{devices}/{name}")
    mount("--move", devices, "/dev")
    for directory in ("/home", "/root", "/run/user"):
        if pathlib.Path(directory).is_dir():
            mount("-t", "tmpfs", "-o", "ro,mode=0", "none", directory)
    for directory in ("/tmp", "/var/tmp"):
        mount("-t", "tmpfs", "-o", "mode=1777", "none", directory)
    mount("-t", "proc", "-o", proc, "proc", "/proc")
    stay = [*writable, "/tmp", "/var/tmp", "/dev", "/proc", "/sys"]
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        place = line.split()[4].replace("\\040", " ")
        if not any(place == each or place.startswith(each + "/") for each in stay):
            mount("-o", "remount,bind,ro", place)


def restrict_calls():
    import errno
    import socket

    import seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in os.environ.pop("SANDBOX_CALLS").split():
        try:
            if name != "socket":
                rules.add_rule(seccomp.ALLOW, name)
        except (RuntimeError, ValueError):
            pass  # of another machine
    allowed = {int(getattr(socket, family)) for family in os.environ.pop("SANDBOX_FAMILIES").split()}
    for family in range(64):
        rules.add_rule(seccomp.ALLOW if family in allowed else seccomp.ERRNO(errno.EAFNOSUPPORT), "socket",
                       seccomp.Arg(0, seccomp.EQ, family))
    rules.load()


if __name__ == "__main__":
    if sys.argv[1] == "mounts":
        make_mounts([place for place in sys.argv[2].split(":") if place], sys.argv[3])
        os.execvp(sys.argv[4], sys.argv[4:])
    restrict_calls()
    os.execvp(sys.argv[2], sys.argv[2:])
