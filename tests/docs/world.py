#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A machine of its own for the commands of one page: run by commands_test.py in new mount, network and process
namespaces. The file system is a layer over this machine's, which is thrown away; the network is a pair of interfaces.
Reads the steps from standard input and writes what became of them to standard output, both JSON."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

plan = json.load(sys.stdin)
SOURCE, BIN = plan["source"], plan["bin"]
DEMO = f"{SOURCE}/tests/captures/demo/demo.pcap"
PROGRAMS = ("pastmon", "pastmon-web", "pastmon-admin", "pastmon_summarise_level_2")


def sh(text, **options):
    done = subprocess.run(["bash", "-c", f"set -euo pipefail\n{text}"], capture_output=True, text=True, timeout=120, **options)
    if done.returncode != 0:
        raise SystemExit(f"setting up failed: {text}\n{done.stdout}{done.stderr}")
    return done.stdout


def enter():
    """A root of our own: whatever is written goes into memory and vanishes with us."""
    sh("""
        mount --make-rprivate /
        mount -t tmpfs none /mnt
        mkdir /mnt/upper /mnt/work /mnt/root
        mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
        for each in /dev /tmp; do mount --rbind $each /mnt/root$each; done
        mount -t tmpfs none /mnt/root/tmp
        mount -t tmpfs none /mnt/root/run
        mount -t proc proc /mnt/root/proc
        mount -t sysfs sysfs /mnt/root/sys""")
    for path in (SOURCE, BIN):  # in case they lie on another file system, or below /tmp
        sh(f"mkdir -p /mnt/root{path}; mount --bind {path} /mnt/root{path}; mount -o remount,bind,ro /mnt/root{path}")
    os.chroot("/mnt/root")
    os.chdir("/root")


def network():
    sh("""
        ip link set lo up
        ip link add eth1 type veth peer name eth0
        ip addr add 192.0.2.1/24 dev eth0
        ip link set eth0 up
        ip link set eth1 up""")


def install():
    """The programs, their configuration and their user, as packages put them there."""
    sh("getent passwd pastmon || useradd --system --user-group --no-create-home pastmon; rm -rf /etc/pastmon /var/lib/pastmon")
    for program in PROGRAMS:
        shutil.copy(f"{BIN}/{program}", f"/usr/sbin/{program}")
    sh(f"""
        mkdir -p /etc/pastmon /backup
        cp -r {SOURCE}/etc/signatures.d /etc/pastmon/signatures.d
        install -d -m 2750 -o pastmon -g pastmon /var/lib/pastmon""")
    database = 'driver = "sqlite3"; dbname = "/var/lib/pastmon/pastmon.db";'
    if plan["pgsql"]:
        database = 'driver = "pgsql"; dbname = "pastmon2"; username = "pastmon";'
    common = f'user = "pastmon"; output_DBI: {{ {database} }};\n'
    pathlib.Path("/etc/pastmon/pastmon.conf").write_text(
        'interfaces = [ "eth1" ]; signatures_directory = "/etc/pastmon/signatures.d"; pid_file = "/run/pastmon.pid";\n' + common)
    pathlib.Path("/etc/pastmon/pastmon-web.conf").write_text(common)
    os.makedirs("/root/docs", exist_ok=True)
    shutil.copytree(f"{SOURCE}/docs/ledger", "/root/docs/ledger")
    for name in ("trace.pcap", "other.pcap", "/tmp/sample.pcap"):
        shutil.copy(DEMO, name)
    for name in ("my.conf", "my-web.conf"):
        shutil.copy(f"/etc/pastmon/pastmon{name[2:]}", name)


def postgresql():
    """A server at the usual place, without database and roles of ours. Local users are known by their names, as Debian
    has it; root is "postgres", too, for the sake of setting up."""
    socket = sh(f"PASTMON_POSTGRES_TEMPLATE= PASTMON_POSTGRES_OPTIONS='-c fsync=off' {SOURCE}/scripts/private-postgres start /var/lib/pg").strip()
    sh(f"""
        rules=$(find {socket}/.. /var/lib/pg /var/tmp -name pg_hba.conf -print -quit)
        printf "local all boss scram-sha-256\\nlocal all postgres peer map=root\\nlocal all all peer\\n" > $rules
        printf "root postgres postgres\\nroot root postgres\\n" >> ${{rules%hba.conf}}ident.conf
        psql -h {socket} -U postgres -d template1 -qc 'SELECT pg_reload_conf()' > /dev/null
        mkdir -p /var/run/postgresql
        ln -s {socket}/.s.PGSQL.5432 /var/run/postgresql/
        psql -h {socket} -U postgres -d template1 -qc 'DROP DATABASE pastmon2' -c 'DROP ROLE pastmon'""")


def fill():
    sh(f"""
        pastmon-admin create-database
        chown -R pastmon: /var/lib/pastmon
        setpriv --reuid=pastmon --regid=pastmon --clear-groups pastmon -c /etc/pastmon/pastmon.conf --sensor frankfurt-1 \
          --time-shift-to-now --read {DEMO}""")


def serve():
    sh("pastmon")
    subprocess.Popen(["pastmon-web", "-f", "--address-file", "/tmp/web.address"], stdin=subprocess.DEVNULL,
                     stdout=subprocess.DEVNULL, stderr=open("/tmp/web.log", "w"))
    sh("for n in $(seq 100); do [ ! -s /tmp/web.address ] || exit 0; sleep 0.1; done; cat /tmp/web.log; exit 1")


def carry_out(step):
    if "file" in step:
        path = pathlib.Path("/root", step["file"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step["text"])
        return [0, "", ""]
    try:
        done = subprocess.run(["bash", "-c", step["run"]], input=step.get("input", ""), capture_output=True, text=True,
                              errors="replace", timeout=60)
        return [done.returncode, done.stdout, done.stderr]
    except subprocess.TimeoutExpired:
        return [-1, "", "it did not end within a minute"]


enter()
network()
install()
if plan["pgsql"]:
    postgresql()
if plan["filled"]:
    fill()
if plan["served"]:
    serve()
for step in plan["before"]:
    sh(step)
print(json.dumps([carry_out(step) for step in plan["steps"]]))
