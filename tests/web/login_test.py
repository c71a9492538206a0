#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Logging in over HTTP, as browsers, Prometheus and a proxy do it; and what of it is in the log."""
import base64
import http.client
import os
import re
import subprocess
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import programs

TIMEOUT = 30
PASSWORD = "correct horse battery"
PROXY = {"X-Forwarded-For": "198.51.100.7", "Host": "monitor.example"}


class LoginTest(programs.ProgramTest):
    def start(self, more):
        self.conf = self.write("pastmon-web.conf", f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.directory}/pastmon.db"; }};\n{more}')
        done = programs.run("make_sample_database", self.directory / "pastmon.db", int(time.time()), 6)
        self.assertEqual(done.returncode, 0, done.stderr)
        address = self.directory / "address"
        self.log = open(self.directory / "log", "w+")
        self.addCleanup(self.log.close)
        process = subprocess.Popen([programs.BIN / "pastmon-web", "-f", "-c", self.conf, "--listen", "127.0.0.1:0", "--address-file", address],
                                   stdout=self.log, stderr=self.log)
        self.addCleanup(lambda: (process.kill(), process.wait()))
        deadline = time.monotonic() + TIMEOUT
        while not (address.exists() and address.read_text().endswith("\n")):
            self.assertIsNone(process.poll(), "the server ended")
            self.assertLess(time.monotonic(), deadline, "the server did not start")
            time.sleep(0.02)
        self.address = address.read_text().strip()

    def add_user(self, name, role):
        done = programs.run("pastmon-admin", "-c", self.directory / "pastmon.conf", "user", "add", name, "--role", role, "--password-stdin",
                            input=PASSWORD.encode() + b"\n")
        self.assertEqual(done.returncode, 0, done.stderr)

    def ask(self, method, path, body=None, **headers):
        """Status, headers in lower case, text."""
        connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text

    def form(self, path, page, fields, cookies=(), **headers):
        """What a browser does: fetches the page, and sends its form with the page's token and cookie."""
        status, got, text = self.ask("GET", page, Cookie="; ".join(cookies), **headers)
        self.assertEqual(status, 200, text)
        cookies = [*cookies, *([got["set-cookie"].split(";")[0]] if "set-cookie" in got else [])]
        token = re.search(r'name="form_token" value="(\w+)"', text).group(1)
        return self.ask("POST", path, urllib.parse.urlencode({**fields, "form_token": token}), Cookie="; ".join(cookies),
                        Content_Type="application/x-www-form-urlencoded", **headers)

    def log_in(self, name, password=PASSWORD, **headers):
        return self.form("/PasTmon/login", "/PasTmon/login", {"name": name, "password": password, "next": "/PasTmon/level1"}, **headers)

    def logged(self):
        self.log.flush()
        return (self.directory / "log").read_text()

    def test_behind_a_proxy(self):
        self.start('trusted_proxies = [ "127.0.0.1" ]; public_url = "http://monitor.example";')
        self.assertEqual(self.ask("GET", "/PasTmon/level1")[0], 200, "not through the proxy")
        for path in ("/", "/PasTmon/", "/PasTmon/level1", "/PasTmon/graph", "/PasTmon/nothing"):
            status, headers, text = self.ask("GET", path, **PROXY)
            self.assertEqual(status, 303, path)
            self.assertTrue(headers["location"].startswith("/PasTmon/login"), headers)
        self.assertIn("There are no users yet", self.ask("GET", "/PasTmon/login", **PROXY)[2])
        self.add_user("alice", "editor")
        time.sleep(1.1)
        status, headers, _ = self.log_in("alice", "wrong", **PROXY)
        self.assertEqual(status, 403)
        status, headers, _ = self.log_in("alice", **PROXY)
        self.assertEqual((status, headers["location"]), (303, "/PasTmon/level1"))
        cookie = headers["set-cookie"].split(";")[0]
        for attribute in ("HttpOnly", "SameSite=Lax", "Path=/"):
            self.assertIn(attribute, headers["set-cookie"])
        status, _, text = self.ask("GET", "/PasTmon/level1", Cookie=cookie, **PROXY)
        self.assertEqual(status, 200)
        self.assertIn(">alice</span>", text)
        status, headers, _ = self.form("/PasTmon/logout", "/PasTmon/level1", {}, [cookie], **PROXY)
        self.assertEqual((status, headers["location"]), (303, "/PasTmon/login"))
        self.assertEqual(self.ask("GET", "/PasTmon/level1", Cookie=cookie, **PROXY)[0], 303, "the session has ended")
        log = self.logged()
        self.assertIn("login of alice at 198.51.100.7 failed", log)
        self.assertIn("login of alice at 198.51.100.7\n", log)
        self.assertIn("change /PasTmon/logout by alice at 198.51.100.7: 303", log)
        for secret in (PASSWORD, "wrong", cookie.split("=")[1]):
            self.assertNotIn(secret, log)

    def test_programs_send_name_and_password(self):
        self.start('login = "always";')
        self.add_user("prometheus", "reader")
        time.sleep(1.1)
        basic = lambda password: "Basic " + base64.b64encode(f"prometheus:{password}".encode()).decode()
        status, headers, text = self.ask("GET", "/PasTmon/api/v1/list")
        self.assertEqual((status, headers["content-type"]), (401, "application/problem+json"))
        self.assertTrue(headers["www-authenticate"].startswith("Basic "))
        for _ in range(30):
            self.assertEqual(self.ask("GET", "/PasTmon/api/v1/list", Authorization=basic(PASSWORD))[0], 200)
        for _ in range(10):
            self.assertEqual(self.ask("GET", "/PasTmon/health", Authorization=basic("wrong"))[0], 401)
        status, headers, _ = self.ask("GET", "/PasTmon/health", Authorization=basic("wrong"))
        self.assertEqual(status, 429)
        self.assertGreater(int(headers["retry-after"]), 0)
        self.assertNotIn("wrong", self.logged())

    def test_a_name_that_there_is_not_stays_out_of_the_log(self):
        self.start('login = "always";')
        self.add_user("alice", "editor")
        time.sleep(1.1)
        self.assertEqual(self.log_in("my-password-by-mistake")[0], 403)
        self.assertIn("login of an unknown user at 127.0.0.1 failed", self.logged())
        self.assertNotIn("mistake", self.logged())

    def test_changes_come_from_this_site_with_a_token_as_a_form(self):
        self.start("")
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        self.assertEqual(self.ask("POST", "/PasTmon/logout", "{}", Content_Type="application/json")[0], 415)
        self.assertEqual(self.ask("POST", "/PasTmon/logout", "a=%zz", **form)[0], 400)
        status, _, text = self.ask("POST", "/PasTmon/logout", "", **form)
        self.assertEqual(status, 403)
        self.assertIn("This form is too old", text)
        status, _, text = self.ask("POST", "/PasTmon/logout", "", Origin="http://attacker.example", **form)
        self.assertEqual(status, 403)
        self.assertIn("not from here", text)
        self.assertEqual(self.ask("POST", "/PasTmon/level1", "", **form)[0], 405)

    def test_the_headers_of_every_answer(self):
        self.start('login = "always";')
        for method, path in (("GET", "/PasTmon/"), ("GET", "/PasTmon/login"), ("GET", "/PasTmon/api/v1/list"), ("GET", "/PasTmon/assets/pastmon.css"),
                             ("POST", "/PasTmon/login"), ("GET", "/%zz"), ("DELETE", "/PasTmon/login")):
            status, headers, _ = self.ask(method, path)
            self.assertEqual(headers["content-security-policy"],
                             "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                             "form-action 'self'; base-uri 'none'; frame-ancestors 'none'", path)
            self.assertEqual(headers["x-content-type-options"], "nosniff")
            self.assertEqual(headers["referrer-policy"], "same-origin")
            self.assertEqual(headers["cross-origin-opener-policy"], "same-origin")
            self.assertEqual(headers["cross-origin-resource-policy"], "same-origin")
            self.assertEqual(headers["x-frame-options"], "DENY")
            if "assets" not in path:
                self.assertEqual(headers["cache-control"], "no-store", path)
            self.assertNotIn("server", headers)


if __name__ == "__main__":
    unittest.main(verbosity=2)
