#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pastmon-admin create-database on PostgreSQL: the roles it makes, what they may and what they may not, how one logs in."""
import re
import subprocess
import time
import unittest
import urllib.request

import postgres
from programs import BIN, CAPTURES, SOURCE, ProgramTest, run

DAY = 1700000000 - 1700000000 % 86400
PARTITION = "level_1_20231114"


class Roles(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = postgres.Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.cluster.sql("DROP DATABASE pastmon2")
        cls.cluster.sql("DROP ROLE pastmon")

    def conf(self, name="pastmon.conf", role="pastmon", database="pastmon2", more=""):
        return self.write(name, f'data_directory = "{self.directory}/data"; signatures_directory = "{SOURCE}/etc/signatures.d";'
                                f'output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; dbname = "{database}"; '
                                f'username = "{role}"; {more} }};', 0o640)

    def web_conf(self, role="pastmon_web", database="pastmon2", more=""):
        return self.write("pastmon-web.conf", f'output_DBI: {{ driver = "pgsql"; host = "{self.cluster.socket}"; '
                                              f'dbname = "{database}"; username = "{role}"; {more} }};', 0o640)

    def create(self, *arguments, conf=None, **options):
        done = run("pastmon-admin", "-c", conf or self.conf(), "create-database", *(arguments or ["--admin-user", "postgres"]), **options)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode()

    def psql(self, role, *statements, database="pastmon2", stop="1"):
        commands = [word for statement in statements for word in ("-c", statement)]
        return subprocess.run(["psql", "-X", "-h", self.cluster.socket, "-U", role, "-d", database, "-v", f"ON_ERROR_STOP={stop}", "-Atq", *commands],
                              capture_output=True, text=True, timeout=60)

    def assert_may(self, role, *statements):
        done = self.psql(role, *statements)
        self.assertEqual(done.returncode, 0, f"{role}: {done.stderr}")

    def assert_may_not(self, role, *statements):
        refused = "permission denied|must be owner|must be member"
        together = self.psql(role, *statements, stop="0").stderr
        if len(re.findall(f"^ERROR: .*(?:{refused})", together, re.M)) == len(statements) and together.count("ERROR:") == len(statements):
            return
        for statement in statements:  # which one was it?
            done = self.psql(role, statement)
            self.assertNotEqual(done.returncode, 0, f"{role} could: {statement}")
            self.assertRegex(done.stderr, refused, statement)
        self.fail(together)

    # ---- what is made

    def test_makes_roles_database_and_schema_once(self):
        """Nobody is named: root on the server's host is administrator enough, as long as the role is not there."""
        conf = self.conf(role="fresh", database="fresh")
        self.web_conf("fresh_web", "fresh")
        done = run("pastmon-admin", "-c", conf, "create-database")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        for line in ("made: role fresh", "made: role fresh_web", "made: database fresh", f"ready: pgsql {self.cluster.socket}/fresh"):
            self.assertIn(line, done.stdout.decode().splitlines())
        for arguments in ([], ["--admin-user", "postgres"]):
            done = run("pastmon-admin", "-c", conf, "create-database", *arguments)
            self.assertEqual((done.returncode, done.stdout.decode(), done.stderr), (0, f"ready: pgsql {self.cluster.socket}/fresh\n", b""))
        old_name = subprocess.run([BIN / "create_database_summary", "-c", conf], capture_output=True, timeout=60)
        self.assertEqual((old_name.returncode, old_name.stderr), (0, b""))
        self.assertEqual(self.cluster.sql("SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles "
                                          "WHERE rolname LIKE 'fresh%' OR rolname = 'pastmon_owner' ORDER BY 1"),
                         "fresh|t|f|f|f\nfresh_web|t|f|f|f\npastmon_owner|f|f|f|f\n")
        self.assertEqual(self.cluster.sql("SELECT COUNT(*) FROM pg_authid WHERE rolname LIKE 'fresh%' AND rolpassword IS NOT NULL"), "0\n")

    # ---- what the roles may

    def test_the_writer_writes_and_changes_no_table(self):
        self.create()
        self.assert_may("pastmon", f"SELECT pastmon.make_level_1_day({DAY})",
                        "INSERT INTO pastmon.sensor (id, name) VALUES (1, 'a') ON CONFLICT DO NOTHING",
                        "UPDATE pastmon.host SET name = ''", "DELETE FROM pastmon.level_2", "SELECT COUNT(*) FROM pastmon.level_1")
        self.assert_may("pastmon_web", "CREATE TABLE IF NOT EXISTS web.secret (a TEXT)")
        self.assert_may_not(
            "pastmon", "DROP TABLE pastmon.level_1 CASCADE", f"DROP TABLE pastmon.{PARTITION}", "TRUNCATE pastmon.level_2",
            f"ALTER TABLE pastmon.level_1 DETACH PARTITION pastmon.{PARTITION}", "ALTER TABLE pastmon.host ADD COLUMN x INT",
            "CREATE INDEX x ON pastmon.host (name)", "CREATE TABLE pastmon.x (a INT)", "CREATE TABLE public.x (a INT)",
            "CREATE SCHEMA x", "DROP SCHEMA pastmon CASCADE", "DROP SCHEMA web CASCADE", "DROP VIEW pastmon.level_1_by_name",
            "UPDATE pastmon.schema_version SET version = 99", "DELETE FROM pastmon.schema_version",
            "CREATE OR REPLACE FUNCTION pastmon.make_level_1_day(day BIGINT) RETURNS VOID LANGUAGE sql AS ''",
            "ALTER FUNCTION pastmon.make_level_1_day(BIGINT) RESET ALL",
            "SET ROLE pastmon_owner", "SET ROLE pastmon_web", "CREATE ROLE x", "ALTER ROLE pastmon_web PASSWORD 'x'",
            "SELECT rolpassword FROM pg_authid", "SELECT * FROM web.secret", "CREATE TABLE web.x (a INT)")
        self.assert_may_not("pastmon", "ALTER DATABASE pastmon2 RENAME TO x", "CREATE DATABASE x")

    def test_the_reader_reads_and_writes_its_own_schema_only(self):
        self.create()
        self.assert_may("pastmon", f"SELECT pastmon.make_level_1_day({DAY})")
        self.assert_may("pastmon_web", "SELECT COUNT(*) FROM pastmon.level_1_by_name", "SELECT * FROM pastmon.schema_version",
                        "CREATE TABLE IF NOT EXISTS web.mine (a TEXT); INSERT INTO web.mine VALUES ('x'); DROP TABLE web.mine")
        tables = self.cluster.sql("SELECT relname FROM pg_class WHERE relnamespace = 'pastmon'::regnamespace AND relkind IN ('r', 'p', 'f')",
                                  "pastmon2").split()
        self.assertIn("level_1", tables)
        self.assertIn(PARTITION, tables)
        self.assert_may("pastmon_web", *(f"SELECT * FROM pastmon.{table} LIMIT 1" for table in tables))
        for table in tables:
            self.assert_may_not("pastmon_web", f"INSERT INTO pastmon.{table} DEFAULT VALUES", f"DELETE FROM pastmon.{table}",
                                f"TRUNCATE pastmon.{table}", f"DROP TABLE pastmon.{table} CASCADE", f"DO $$ BEGIN LOCK TABLE pastmon.{table}; END $$")
        owners_functions = self.cluster.sql("SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'pastmon'::regnamespace AND prosecdef",
                                            "pastmon2").split("\n")[:-1]
        self.assertIn("pastmon.make_level_1_day(bigint)", owners_functions)
        for function in owners_functions:
            name, parameters = function[:-1].split("(")
            call = ", ".join(f"NULL::{kind}" for kind in parameters.split(",") if kind)
            self.assert_may_not("pastmon_web", f"SELECT {name}({call})")
        self.assert_may_not("pastmon_web", "UPDATE pastmon.host SET name = 'x'", "CREATE TABLE pastmon.x (a INT)", "CREATE TABLE public.x (a INT)",
                            "CREATE TEMP TABLE x (a INT)", "CREATE SCHEMA x", "SET ROLE pastmon", "SET ROLE pastmon_owner",
                            "SELECT rolpassword FROM pg_authid", "ALTER ROLE pastmon PASSWORD 'x'")

    def test_tables_of_later_versions_have_the_same_rights(self):
        self.create()
        self.cluster.sql("SET ROLE pastmon_owner; CREATE TABLE IF NOT EXISTS pastmon.later (a INT); "
                         "CREATE OR REPLACE FUNCTION pastmon.drop_later() RETURNS VOID LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM pastmon.later'",
                         "pastmon2")
        self.addCleanup(self.cluster.sql, "DROP FUNCTION pastmon.drop_later; DROP TABLE pastmon.later", "pastmon2")
        self.assert_may("pastmon", "INSERT INTO pastmon.later VALUES (1)", "DELETE FROM pastmon.later")
        self.assert_may("pastmon_web", "SELECT * FROM pastmon.later")
        self.assert_may_not("pastmon_web", "INSERT INTO pastmon.later VALUES (1)")
        self.create("--admin-user", "postgres")  # gives the rights on functions
        self.assert_may("pastmon", "SELECT pastmon.drop_later()")
        self.assert_may_not("pastmon_web", "SELECT pastmon.drop_later()")

    def test_the_owners_functions_do_not_follow_the_callers_names(self):
        """SECURITY DEFINER: a decoy in the caller's temporary schema is not taken for a table of ours."""
        self.create()
        day, partition = DAY + 86400, "level_1_20231115"
        self.assert_may("pastmon", "CREATE TEMP TABLE level_1 (bucket BIGINT) PARTITION BY RANGE (bucket); SET search_path = pg_temp, public; "
                                   f"SELECT pastmon.make_level_1_day({day})")
        self.assertEqual(self.cluster.sql(f"SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = 'pastmon.{partition}'::regclass", "pastmon2"),
                         "pastmon.level_1\n")
        unsafe = self.cluster.sql("SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'pastmon'::regnamespace AND prosecdef "
                                  "AND NOT coalesce(proconfig, '{}') @> '{\"search_path=pastmon, pg_temp\"}'", "pastmon2")
        self.assertEqual(unsafe, "", "functions with their owner's rights and somebody else's search_path")

    def test_daemon_and_web_server_work_as_these_roles(self):
        self.create()
        stored = run("pastmon", "-c", self.conf(), "--sensor", "roles", "--read", CAPTURES / "demo/demo.pcap")
        self.assertEqual(stored.returncode, 0, stored.stderr)
        rows = int(self.cluster.sql("SELECT COUNT(*) FROM pastmon.level_1", "pastmon2"))
        self.assertGreater(rows, 10)
        address = self.directory / "address"
        server = subprocess.Popen([BIN / "pastmon-web", "-f", "-c", self.web_conf(), "--listen", "127.0.0.1:0", "--address-file", address],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            deadline = time.monotonic() + 30
            while not (address.exists() and address.read_text().endswith("\n")):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
            with urllib.request.urlopen(f"http://{address.read_text().strip()}/PasTmon/level1?range=all", timeout=30) as page:
                self.assertIn("Busiest services", page.read().decode())
            self.assertEqual(self.cluster.sql("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'pastmon2'"), "pastmon_web\n")
        finally:
            server.terminate()
            server.communicate(timeout=30)

    def test_the_writer_drops_days_that_are_archived_and_no_others(self):
        self.create()
        archived, kept = DAY - 86400, DAY - 2 * 86400
        columns = self.cluster.sql("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
                                   "WHERE attrelid = 'pastmon.level_1'::regclass AND attnum > 0 AND attnotnull", "pastmon2").strip()
        for day in (archived, kept):
            values = ", ".join({"bucket": str(day), "detail": "'\\x01'"}.get(column, "1") for column in columns.split(", "))
            self.assert_may("pastmon", f"SELECT pastmon.make_level_1_day({day})", f"INSERT INTO pastmon.level_1 ({columns}) VALUES ({values})")
        self.assert_may("pastmon", f"INSERT INTO pastmon.archived VALUES ({archived}, 1, 1, -1)")
        self.assertEqual([self.psql("pastmon", f"SELECT pastmon.drop_level_1_day({day})").stdout for day in (archived, kept)], ["t\n", "f\n"])
        self.assertEqual(self.psql("pastmon_web", f"SELECT bucket FROM pastmon.level_1 WHERE bucket < {DAY}").stdout, f"{kept}\n")

    # ---- how an administrator gets in

    def test_passwords_of_the_configurations_are_the_roles(self):
        self.cluster.require("scram-sha-256", "keen", "keen_web", "boss")
        self.cluster.sql("CREATE ROLE boss LOGIN CREATEROLE CREATEDB PASSWORD 'red herring'")
        conf = self.conf(role="keen", database="keen", more='password = "it\'s \\\\ a \\"secret\\"";')
        self.web_conf(role="keen_web", database="keen", more='password = "other";')
        secret = self.write("secret", "red herring\n", 0o600)
        made = self.create("--admin-user", "boss", "--password-file", secret, conf=conf)
        self.assertEqual([line for line in made.splitlines() if "made: role keen" in line], ["made: role keen", "made: role keen_web"])
        self.assertNotIn("secret", made)
        done = run("pastmon-admin", "-c", conf, "check")  # as the role itself, with its password
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(self.cluster.sql("SELECT COUNT(*) FROM pg_authid WHERE rolname LIKE 'keen%' AND rolpassword LIKE 'SCRAM-SHA-256$%'"), "2\n")
        for arguments, typed in ((["--password-file", "-"], b"red herring\n"), (["--ask-password"], b"red herring\n")):
            self.create("--admin-user", "boss", *arguments, conf=conf, input=typed)
        for arguments, typed, word in ((["--password-file", "-"], b"blue\n", "password"), (["--ask-password"], b"", "password"),
                                       (["--password-file", self.directory / "none"], b"", "none")):
            done = run("pastmon-admin", "-c", conf, "create-database", "--admin-user", "boss", *arguments, input=typed)
            self.assert_refused(done, 1, word)

    def test_peer_lets_users_of_the_system_in(self):
        """The role is there, but root is not the user of its name: root becomes postgres, and postgres comes as itself."""
        self.cluster.sql("CREATE ROLE peered LOGIN")
        self.cluster.require("peer", "peered")
        conf = self.conf(role="peered", database="peered")
        conf.chmod(0o644)
        done = run("pastmon-admin", "-c", conf, "create-database")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(b"made: database peered", done.stdout)
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", BIN / "pastmon-admin", "-c", conf]
        done = subprocess.run([*as_postgres, "upgrade-database"], capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", BIN / "pastmon-admin", "-c", conf]
        done = subprocess.run([*as_nobody, "create-database"], capture_output=True, timeout=60)
        self.assert_refused(done, 1, "Peer authentication failed", "--admin-user")

    def test_an_administrator_without_superuser_rights_is_enough(self):
        self.cluster.sql("CREATE ROLE maker LOGIN CREATEROLE CREATEDB")
        conf = self.conf(role="w", database="theirs")
        self.web_conf("r", "theirs")
        for _ in range(2):
            self.create("--admin-user", "maker", conf=conf)
        self.assertEqual(self.cluster.sql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'theirs'"), "pastmon_owner\n")
        self.assertEqual(self.psql("w", "SELECT COUNT(*) FROM pastmon.level_1", database="theirs").stdout, "0\n")

    def test_who_may_not_is_told_what_to_do(self):
        self.cluster.sql("CREATE ROLE nobody_special LOGIN")
        done = run("pastmon-admin", "-c", self.conf(role="nobody_special", database="wanted"), "create-database")
        self.assert_refused(done, 1, "wanted", "permission denied", "--admin-user")
        done = run("pastmon-admin", "-c", self.conf(database="wanted"), "create-database", "--admin-user", "no_such_role")
        self.assert_refused(done, 1, "no_such_role", "does not exist")
        self.assertEqual(self.cluster.sql("SELECT COUNT(*) FROM pg_database WHERE datname = 'wanted'"), "0\n")

    def test_a_database_of_another_program_is_refused_and_left_alone(self):
        self.cluster.sql("CREATE DATABASE letters")
        self.cluster.sql("CREATE TABLE dear (text TEXT)", "letters")
        done = run("pastmon-admin", "-c", self.conf(role="newcomer", database="letters"), "create-database", "--admin-user", "postgres")
        self.assert_refused(done, 1, "letters", "public.dear", "another database")
        self.assertEqual(self.cluster.sql("SELECT COUNT(*) FROM pg_namespace WHERE nspname IN ('pastmon', 'web')", "letters"), "0\n")
        self.assertEqual(self.cluster.sql("SELECT COUNT(*) FROM pg_roles WHERE rolname = 'newcomer'"), "0\n")

    def test_upgrade_creates_nothing(self):
        done = run("pastmon-admin", "-c", self.conf(database="nowhere"), "upgrade-database", "--admin-user", "postgres")
        self.assert_refused(done, 1, "nowhere", "create-database")
        self.cluster.sql("CREATE DATABASE bare")
        done = run("pastmon-admin", "-c", self.conf(database="bare"), "upgrade-database", "--admin-user", "postgres")
        self.assert_refused(done, 1, "bare", "create-database")
        self.assertEqual(self.cluster.sql("SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'pastmon'", "bare"), "0\n")

    def test_server_out_of_reach_and_wrong_options(self):
        done = run("pastmon-admin", "-c", self.conf(), "create-database", "--host", self.directory)
        self.assert_refused(done, 1, str(self.directory))
        done = run("pastmon-admin", "-c", self.conf(), "create-database", "--ask-password", "--password-file", "x")
        self.assert_refused(done, 2, "exclude")
        self.assert_refused(run("pastmon-admin", "-c", self.sqlite_conf(), "create-database", "--admin-user", "postgres"), 1, "SQLite")
        self.assert_refused(run("pastmon-admin", "-c", self.conf(), "create-database", "--web-config", "/no/such"), 2, "/no/such")


if __name__ == "__main__":
    unittest.main()
