#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The samples for nginx and Apache, in the real programs: TLS on the loopback, a login through them, nothing forged."""
import http.client
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import unittest
import urllib.parse

from installation import InstalledTest, sh, wait_for

NAME = "pastmon.example.org"
PASSWORD = "correct horse battery"
MODULES = {"mpm_event": "mpm_event", "authz_core": "authz_core", "alias": "alias", "ssl": "ssl", "proxy": "proxy",
           "proxy_http": "proxy_http", "headers": "headers", "socache_shmcb": "socache_shmcb"}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Https(http.client.HTTPSConnection):
    """To NAME, which is here."""

    def connect(self):
        self.sock = self._context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=30), server_hostname=NAME)


class Proxies(InstalledTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate, cls.key = cls.directory / "certificate.pem", cls.directory / "key.pem"
        sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
           "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", cls.key, "-out", cls.certificate)

    def setUp(self):
        self.port, self.web_port = free_port(), free_port()
        self.cookies = {}
        self.empty()
        self.configuration("", f'listen = "127.0.0.1:{self.web_port}"; public_url = "https://{NAME}:{self.port}"; '
                               'trusted_proxies = [ "127.0.0.1" ];\n')
        tools = self.prefix / "sbin"
        sh(tools / "pastmon-admin", "create-database")
        subprocess.run([tools / "pastmon-admin", "user", "add", "alice", "--role", "editor", "--password-stdin"], check=True, timeout=60,
                       input=PASSWORD.encode() + b"\n", stdout=subprocess.DEVNULL)
        self.log = open(self.directory / "web.log", "w+")
        self.addCleanup(self.log.close)
        self.run_server([tools / "pastmon-web", "-f"], self.web_port)

    def empty(self):
        for path in (self.prefix / "var/lib/pastmon").iterdir():
            path.unlink()

    def run_server(self, command, port):
        process = subprocess.Popen([str(word) for word in command], stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.addCleanup(process.wait, 60)
        self.addCleanup(process.terminate)

        def answers():
            self.assertIsNone(process.poll(), self.logged())
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        wait_for(answers, f"{command[0]} on port {port}")

    def logged(self):
        return pathlib.Path(self.log.name).read_text()

    def sample(self, proxy):
        """The shipped file with this test's ports and certificate."""
        text = (self.prefix / f"share/doc/pastmon-web/examples/{proxy}/pastmon.conf").read_text()
        for old, new in ((f"/etc/ssl/certs/{NAME}.pem", self.certificate), (f"/etc/ssl/private/{NAME}.key", self.key),
                         ("127.0.0.1:8080", f"127.0.0.1:{self.web_port}"), ("listen 443", f"listen 127.0.0.1:{self.port}"),
                         ("*:443", f"127.0.0.1:{self.port}")):
            text = text.replace(old, str(new))
        return re.sub(r"(?m)^ *listen \[::\].*\n", "", text)

    def start_nginx(self):
        work = self.directory / "nginx"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        temporary = "".join(f"{kind}_temp_path {work}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (work / "nginx.conf").write_text(f"daemon off; pid {work}/pid; error_log stderr; events {{ }}\n"
                                         f"http {{ access_log off;\n{temporary}{self.sample('nginx')} }}\n")
        self.run_server(["nginx", "-c", work / "nginx.conf", "-p", work], self.port)

    def start_apache2(self):
        work = self.directory / "apache2"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{file}.so\n" for name, file in MODULES.items())
        (work / "apache2.conf").write_text(
            f"ServerRoot {work}\nDefaultRuntimeDir {work}\nPidFile {work}/pid\nErrorLog /dev/stderr\nServerName localhost\nUser nobody\n"
            f"Group nogroup\n{modules}Listen 127.0.0.1:{self.port}\n{self.sample('apache2')}")
        self.run_server(["apache2", "-f", work / "apache2.conf", "-DFOREGROUND"], self.port)

    def ask(self, method, path, form=None, **headers):
        context = ssl.create_default_context(cafile=self.certificate)
        connection = Https(NAME, self.port, context=context)
        self.addCleanup(connection.close)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{NAME}:{self.port}"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.assertIn("Secure", cookie)
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers, text

    def log_in(self, password, **headers):
        page = self.ask("GET", "/PasTmon/login")[2]
        token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
        return self.ask("POST", "/PasTmon/login", {"form_token": token, "name": "alice", "password": password, "next": "/PasTmon/level1"}, **headers)

    def check(self):
        for path in ("/", "/PasTmon"):
            status, headers, _ = self.ask("GET", path)
            self.assertEqual((status, urllib.parse.urlsplit(headers["Location"]).path), (302, "/PasTmon/"), path)
        status, headers, _ = self.ask("GET", "/PasTmon/level1")
        self.assertEqual(status, 303, self.logged())
        self.assertTrue(urllib.parse.urlsplit(headers["Location"]).path.startswith("/PasTmon/login"))
        # Whoever claims to be somebody else is not believed.
        status, _, _ = self.log_in("wrong", X_Forwarded_For="198.51.100.9", Forwarded="for=198.51.100.9")
        self.assertNotEqual(status, 303)
        wait_for(lambda: "login of alice at 127.0.0.1 failed" in self.logged(), "the failed login in the log")
        self.assertNotIn("198.51.100.9", self.logged())
        status, headers, _ = self.log_in(PASSWORD)
        self.assertEqual((status, urllib.parse.urlsplit(headers["Location"]).path), (303, "/PasTmon/level1"), self.logged())
        self.assertTrue(any(name.startswith("__Host-") for name in self.cookies), self.cookies)
        status, _, text = self.ask("GET", "/PasTmon/level1")
        self.assertEqual(status, 200)
        self.assertIn("alice", text)
        self.assertEqual(self.ask("GET", "/PasTmon/assets/pastmon.css")[0], 200)

    def test_nginx(self):
        self.start_nginx()
        self.check()

    def test_apache(self):
        self.start_apache2()
        self.check()


if __name__ == "__main__":
    unittest.main()
