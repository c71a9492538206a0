#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The container files, as far as they can be tried without an engine: packages, what is copied, capabilities. Root."""
import os
import re
import signal
import subprocess
import unittest

from network import Network, rows, until
from programs import BIN, SOURCE, ProgramTest

DIRECTORY = SOURCE / "scripts" / "container"
FILE = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", (DIRECTORY / "Containerfile").read_text(), flags=re.M))
COMPOSE = (DIRECTORY / "compose.yaml").read_text()


def instructions():
    """(stage, instruction, rest) of each line."""
    stage = None
    for line in FILE.splitlines():
        if not line.strip():
            continue
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            stage = rest.split(" AS ")[1]
        yield stage, word, re.sub(r"\s+", " ", rest)


def packages(*stages):
    found = set()
    for stage, word, rest in instructions():
        if word == "RUN" and stage in stages:
            for listed in re.findall(r"apt-get install --yes --no-install-recommends ([^&]+)", rest):
                found |= set(listed.split())
    return found


def service(name):
    return re.search(rf"^  {name}:\n((?:    .*\n)+)", COMPOSE, re.M)[1]


class Files(unittest.TestCase):
    def test_packages_exist(self):
        wanted = packages("build", "common", "sensor", "web")
        self.assertGreater(len(wanted), 15)
        installed = subprocess.run(["dpkg-query", "-W", "-f", "${Package}\\n"], capture_output=True, text=True, timeout=60).stdout.split()
        for package in wanted - set(installed):
            shown = subprocess.run(["apt-cache", "show", package], capture_output=True, text=True, timeout=60).stdout
            self.assertIn(f"Package: {package}", shown)

    def test_images_have_every_library_that_the_programs_name(self):
        needed = {}
        for program in ("pastmon", "pastmon-admin", "pastmon_summarise_level_2", "pastmon-web"):
            headers = subprocess.run(["objdump", "-p", BIN / program], capture_output=True, text=True, check=True, timeout=60).stdout
            linked = subprocess.run(["ldd", BIN / program], capture_output=True, text=True, check=True, timeout=60).stdout
            where = dict(re.findall(r"^\s*(\S+) => (\S+)", linked, re.M))
            needed[program] = {os.path.realpath(where[library]) for library in re.findall(r"NEEDED\s+(\S+)", headers)
                               if not re.match(r"lib(c|m|stdc\+\+|gcc_s|asan|ubsan)\.so|ld-linux", library)}
        # A merged /usr has two names for each; dpkg knows one of them.
        names = {each for paths in needed.values() for path in paths for each in (path, path.removeprefix("/usr"))}
        said = subprocess.run(["dpkg-query", "-S", *names], capture_output=True, text=True, timeout=120).stdout
        owners = {"/usr" + path.removeprefix("/usr"): package for package, path in re.findall(r"^([^:,]+)\S*: (\S+)$", said, re.M)}
        for program, paths in needed.items():
            image = packages("common", "web" if program == "pastmon-web" else "sensor")
            self.assertGreater(len(paths), 5)
            for path in paths:
                self.assertIn(owners["/usr" + path.removeprefix("/usr")], image, f"{program} needs {path}")

    def test_what_is_copied_is_there(self):
        stages = set()
        for stage, word, rest in instructions():
            if word == "FROM":
                base = rest.split()[0]
                self.assertTrue(base in stages or base.startswith("debian:bookworm"), base)
                stages.add(stage)
            elif word == "COPY" and rest.startswith("--from="):
                self.assertIn(rest.split()[0].removeprefix("--from="), stages)
            elif word == "COPY":
                for path in rest.split()[:-1]:
                    self.assertTrue((SOURCE / path).exists(), path)
                    self.assertIn(f"!{path.split('/')[0]}", (SOURCE / ".containerignore").read_text().split())
        self.assertEqual(stages, {"build", "common", "sensor", "web"})

    def test_commands_are_shell(self):
        for _, word, rest in instructions():
            self.assertIn(word, ("FROM", "RUN", "COPY", "WORKDIR", "ENV", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "USER",
                                 "EXPOSE"))
            if word == "RUN":
                subprocess.run(["sh", "-n", "-c", rest], check=True, timeout=30)

    def test_there_is_no_password(self):
        for path in DIRECTORY.iterdir():
            if path.is_file() and path.name != "README.md":
                self.assertNotRegex(re.sub(r"#.*", "", path.read_text()), r"(?i)passw|secret|token")

    def test_what_compose_names_is_what_is_built(self):
        for name in ("sensor", "web"):
            self.assertIn(f"target: {name}", service(name))
            for said in ("network_mode: host", "cap_drop: [ ALL ]", "no-new-privileges:true", "read_only: true"):
                self.assertIn(said, service(name))
        self.assertNotIn("cap_add", service("web"))
        self.assertTrue(any(stage == "web" and word == "USER" and rest == "pastmon" for stage, word, rest in instructions()))


class Capabilities(ProgramTest):
    """Root with nothing but the capabilities of compose.yaml, as an engine starts it."""

    def limited(self, names, *command):
        allowed = "".join(f",+{name.lower()}" for name in names)
        return ["setpriv", "--no-new-privs", f"--bounding-set=-all{allowed}", "--inh-caps=-all", "--", *map(str, command)]

    def configuration(self):
        data = self.directory / "data"
        data.mkdir()
        os.chown(data, *map(int, subprocess.run(["sh", "-c", "id -u nobody; id -g nobody"], capture_output=True,
                                                text=True).stdout.split()))
        data.chmod(0o2750)
        return self.write("pastmon.conf", f"""
            interfaces = [ "{Network.interface}" ]; user = "nobody"; data_directory = "{data}"; bucket = "10s"; checkpoint = "1s";
            signatures_directory = "{SOURCE}/etc/signatures.d";
            output_DBI: {{ driver = "sqlite3"; dbname = "{data}/pastmon.db"; }};""")

    def test_sensor_captures_with_those_of_the_compose_file(self):
        names = re.search(r"cap_add: \[ (.*) \]", service("sensor"))[1].split(", ")
        self.assertEqual(names, ["NET_RAW", "NET_ADMIN", "SETUID", "SETGID"])
        network = Network()
        self.addCleanup(network.close)
        log = self.directory / "log"
        with open(log, "wb") as file:
            process = network.start(network.near, *self.limited(names, BIN / "pastmon", "-f", "-c", self.configuration()), stdout=file,
                                    stderr=file)
        self.assertTrue(until(lambda: b"capturing on" in log.read_bytes() or process.poll() is not None), log.read_text())
        self.assertIsNone(process.poll(), log.read_text())
        network.serve(0)
        network.ask(5)
        self.assertTrue(until(lambda: sum(rows(self.directory / "data" / "pastmon.db", table)[0]
                                          for table in ("level_1", "level_1_open")) == 5), log.read_text())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0, log.read_text())

    def test_without_them_it_says_so(self):
        network = Network()
        self.addCleanup(network.close)
        process = network.start(network.near, *self.limited([], BIN / "pastmon", "-f", "-c", self.configuration()),
                                stderr=subprocess.PIPE)
        self.assertIn(b"CAP_NET_RAW", process.communicate(timeout=60)[1])
        self.assertEqual(process.returncode, 1)

    def test_web_server_needs_none(self):
        conf = self.write("web.conf", f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.directory}/pastmon.db"; }};')
        address = self.directory / "address"
        self.directory.chmod(0o777)
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *self.limited([], BIN / "pastmon-web", "-f", "-c", conf,
                                                                                             "--listen", "127.0.0.1:0", "--address-file", address)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.assertTrue(until(lambda: address.exists() or process.poll() is not None))
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main()
