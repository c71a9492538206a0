# SPDX-License-Identifier: MIT
"""What commands_test.py does not simply run, looked at by a person. Whatever is not here is run and has to succeed."""

# Indented blocks that are no commands, by page and first line: what they are.
NOT_COMMANDS = {
    ("docs/database.md", '# pg_hba.conf, before the other lines of "local"'): "configuration of PostgreSQL",
    ("docs/database.md", "# pg_hba.conf"): "configuration of PostgreSQL",
    ("docs/level-2.md", "# crontab of the user pastmon: every night, what is older than 32 days, to hours"): "a crontab",
    ("docs/level-2.md", "pastmon_summarise_level_2: 1999872 rows of level 1 added to 874520 rows of level 2 in 24 intervals; "
     "removed: 0 rows and 1 whole day of level 1, 0 rows of level 2, 12 hosts; 41 seconds"): "output",
    ("docs/man/pastmon_summarise_level_2.8.md",
     "0 1 * * * pastmon_summarise_level_2 --age=32 --interval=3600 --delete"): "a crontab",
    ("docs/scaling.md", "sensors A1, A2, …  →  database of group north  ←─┐"): "a drawing",
    ("docs/scaling.md", "Append"): "a plan",
    ("docs/scaling.md", "Group south (db-south.example.org/pastmon2) cannot be read: the figures of its sensors are missing here"):
        "output",
    ("docs/schema.md", "Limit"): "a plan",
    ("docs/schema.md", "CO-ROUTINE r"): "a plan",
    ("docs/web-security.md", "scrape_configs:"): "configuration of Prometheus",
    ("docs/web-security.md", "// pastmon-web.conf"): "configuration",
    ("docs/web-security.md", "location /PasTmon/ {"): "configuration of nginx",
    ("docs/web-security.md", "ProxyPreserveHost On"): "configuration of Apache",
}

# Commands that are not run here (regular expression of the beginning): why. Options of our own programs and scripts in
# them are held against --help, names of Debian's packages against scripts/install-packages.
NOT_RUN = {
    r"systemctl |journalctl ": "no systemd runs where the tests do",
    r"service |update-rc\.d ": "the init scripts are tested where they are installed",
    r"apt-get install ": "no network here",
    r"add-apt-repository |dnf |zypper ": "another distribution; not tried, as the page says",
    r"scripts/(run|test)\b": "builds everything; the other tests are what it leads to",
    r"scripts/install-packages ": "no network here; whoever runs this test has run it",
    r"build/release/bin/": "another build; the same command is run from pastmon(8)",
    r"build/bench/bin/": "a benchmark of ten million rows",
    r"cmake --preset |cmake --build |cmake --install |cd build/dist ": "builds everything; tests of installing do it",
    r"cp /usr/local/pastmon/": "tests of installing do it",
    r"ethtool -[SgGkKcC] ": "the interfaces of this network have no card behind them",
    r"\$EDITOR ": "for a person",
    r"podman ": "no container engine here",
    r"pastmon-admin create-database --front ": "needs two groups on other machines; tests/admin/front_test.py makes a front",
}
# Pages with tests of their own, which take their commands from the page.
TESTED_ELSEWHERE = {"docs/backup.md": "tests/admin/backup_test.py"}

# Pages whose commands work on PostgreSQL; pages that want figures in the database; pages that want sensor and web server
# to run; what has to be there before.
PGSQL = {"docs/database.md", "docs/migrate.md", "docs/man/pastmon-admin.8.md"}
FILLED = {"docs/api.md", "docs/export.md", "docs/troubleshooting.md", "docs/tuning.md", "docs/upgrade.md", "docs/web-security.md",
          "docs/man/pastmon_summarise_level_2.8.md"}
SERVED = {"docs/api.md", "docs/troubleshooting.md", "docs/tuning.md"}
BOSS = "psql -h /var/run/postgresql -U postgres -d template1 -qc \"CREATE ROLE boss SUPERUSER LOGIN PASSWORD 'swordfish'\""
ECHO = ("sed -n '/^## A first example/,/^## Patterns/p' \"$SOURCE/docs/signatures.md\" | sed -n '/^```$/,/^```$/p' | sed '/^```/d' "
        "> my-service.conf; cp trace.pcap capture.pcap")
BEFORE = {
    "scripts/container/README.md": ["cp -r $SOURCE/etc ."],
    "docs/signatures.md": [ECHO],
    "docs/man/pastmon-admin.8.md": [BOSS, ECHO],
    "docs/database.md": [BOSS],
    "docs/migrate.md": [
        "cp /etc/pastmon/pastmon.conf saved.conf",
        "echo 'output_DBI: { driver = \"sqlite3\"; dbname = \"/var/lib/pastmon/pastmon.db\"; };' > sqlite.conf",
        "pastmon -c sqlite.conf --signatures /etc/pastmon/signatures.d --sensor frankfurt-1 --read trace.pcap"],
    "docs/man/pastmon.8.md": ["sed 's/pid_file = .*;//' my.conf > another.conf",
                              "echo 'data_directory = \"/var/lib/pastmon/another\";' >> another.conf"],
    "docs/web-security.md": ["head -c 12 /dev/urandom | base64 > file"],
}

STORE = ("setpriv --reuid=pastmon --regid=pastmon --clear-groups pastmon -c /etc/pastmon/pastmon.conf --sensor frankfurt-1 "
         "--read /tmp/sample.pcap")

# (page or "", regular expression, what is put in its place): names that the page leaves to the reader, and ends for
# programs that would run for ever.
CHANGED = [
    ("docs/database.md", r"journal show, replay$", "journal show"),
    ("docs/database.md", r"sensor release NAME", "sensor release frankfurt-1"),
    ("docs/database.md", r"^(.*sensor release)", r"pastmon-admin create-database && " + STORE + r" && \1"),
    ("docs/install.md", r"^useradd (.*) pastmon$", r"userdel pastmon; useradd \1 pastmon"),
    ("docs/database.md", r"--host db\.example\.org", "--host /var/run/postgresql"),
    ("docs/man/pastmon.8.md", r" -f -c my\.conf", " -f -c another.conf"),
    ("", r"^(pastmon(?:-web)? -f .*)$", r"timeout --preserve-status --signal=INT 3 \1"),
    ("", r"^timeout --signal=INT (?:10|30) tcpdump (.*)$", r"timeout --preserve-status --signal=INT 1 tcpdump \1"),
    ("", r"user add alice --role editor$", "user add alice --role editor --password-stdin"),
    ("", r"user password alice$", "user password alice --password-stdin"),
    ("docs/placement.md", r"^sysctl ", "ls /proc/sys/net/ipv6 > /dev/null; sysctl "),
]
# Standard input, by regular expression.
INPUT = {
    r"--password-stdin$": "correct horse battery\n",
    r"--ask-password": "swordfish\n",
    r"drop-database": "pastmon2\npastmon2\n",
}
# Commands that may end in another way than well here (regular expression: allowed statuses, why).
STATUS = {}
