# SPDX-License-Identifier: MIT
"""A PostgreSQL cluster of one's own for a test of programs, with passwords."""
import os
import pathlib
import shutil
import subprocess
import tempfile

from programs import SOURCE

SCRIPT = SOURCE / "scripts" / "private-postgres"
DRIVERS = "/usr/lib/x86_64-linux-gnu/dbd"


class Cluster:
    """`socket` is the directory of its Unix socket. Role "pastmon" owns database "pastmon2" and needs no password;
    role "guarded" has the password "swordfish"."""

    def __init__(self, inside=(), options=""):
        """`inside`: a command that runs the server elsewhere (a network namespace); `options`: further ones of it."""
        self.inside = [*inside]
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pastmon-test-"))
        self.directory.chmod(0o755)
        self.environment = {**os.environ, "PASTMON_POSTGRES_OPTIONS": f"-c fsync=off {options}"}
        self.socket = subprocess.run([*self.inside, SCRIPT, "start", self.directory], capture_output=True, check=True, text=True,
                                     env=self.environment, timeout=120).stdout.strip()
        self.rules = next(self.directory.glob("**/pg_hba.conf"), None) or \
            next(pathlib.Path((self.directory / "elsewhere").read_text().strip()).glob("**/pg_hba.conf"))
        self.sql("CREATE ROLE guarded LOGIN PASSWORD 'swordfish'")
        self.sql("CREATE DATABASE guarded OWNER guarded")
        self.require("scram-sha-256", "guarded")

    def require(self, method, *roles):
        """From now on these roles get in by this method ("scram-sha-256": a password; "peer") only."""
        self.rules.write_text("".join(f"local all {role} {method}\n" for role in roles) + self.rules.read_text())
        self.sql("SELECT pg_reload_conf()")

    def sql(self, text, database="template1", role="postgres"):
        return subprocess.run(["psql", "-h", self.socket, "-U", role, "-d", database, "-Atqc", text], check=True,
                              capture_output=True, text=True, timeout=60).stdout

    def stop(self):
        subprocess.run([SCRIPT, "stop", self.directory], check=True, timeout=120)

    def start(self):
        subprocess.run([*self.inside, SCRIPT, "start", self.directory], check=True, capture_output=True, timeout=120,
                       env=self.environment)

    def close(self):
        self.stop()
        if (self.directory / "elsewhere").exists():
            shutil.rmtree((self.directory / "elsewhere").read_text().strip())
        shutil.rmtree(self.directory)
