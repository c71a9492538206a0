# SPDX-License-Identifier: MIT
"""A capture that attacks whoever looks at it: DNS names, HTTP paths, headers and a sensor's name that are scripts, SQL and
template commands. No page runs them, and nothing is lost from the database."""
import subprocess
import time
import unittest
import urllib.parse

import packets
from browser import *
from browser import BIN

NAMES = [b"<script>alert(4)</script>", b"\"onmouseover=alert(5) x=\"", b"'; DROP TABLE host; --", b"{{%AUTOESCAPE}}{{TITLE}}", b"</title><svg onload=alert(6)>",
         b"javascript:alert(7)", b"\x1b[2J\x07bell", b"\xff\xfe\x80", b"${jndi:ldap://x}", b"`id`$(id)", b"%3Cscript%3E", b"&lt;b&gt;&#60;i&#62;"]
SENSOR = "s\"><img src=x onerror=alert(8)>'"
PATHS = [b"/<script>alert(9)</script>?password=hunter2", b"/%22%3E%3Cimg%20src=x%20onerror=alert(10)%3E", b"/';DROP TABLE level_1;--"]


class HostileTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        from browser import site
        frames = []
        for i, name in enumerate(NAMES):
            frames += packets.dns_answer(i + 1, "198.51.100.10", "198.51.100.53", [name, b"example"], f"198.51.100.{100 + i}")
        for i, path in enumerate(PATHS * 4):
            request = (b"GET " + path + b" HTTP/1.1\r\nHost: " + NAMES[i % len(NAMES)].replace(b"\n", b"") + b"\r\nUser-Agent: {{TITLE}}<b>\r\n\r\n")
            frames += packets.tcp_conversation("198.51.100.10", 20_000 + i, f"198.51.100.{100 + i}", 80, request,
                                               b"HTTP/1.1 404 <script>\r\nContent-Length: 0\r\n\r\n")
        packets.write_pcap(site.directory / "hostile.pcap", frames, time.time() - 400)
        (site.directory / "pastmon.conf").write_text(f'data_directory = "{site.directory}"; '
                                                     f'output_DBI: {{ driver = "sqlite3"; dbname = "{site.directory}/pastmon.db"; }};')
        done = subprocess.run([BIN / "pastmon", "-c", site.directory / "pastmon.conf", "--sensor", SENSOR, "--read", site.directory / "hostile.pcap"],
                              capture_output=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode())

    def assert_harmless(self, path):
        self.open(path)
        wrong = self.browser.execute_script("""
            const all = (selector) => [...document.querySelectorAll(selector)].map((e) => e.outerHTML);
            return all("main img, main svg[onload], [onmouseover], [onerror], [onload], script:not([src^='/PasTmon/assets/'])").concat(
              [...document.links].map((a) => a.href).filter((url) => !url.startsWith(location.origin + "/")));""")
        self.assertEqual(wrong, [], path)
        source = self.browser.page_source
        for secret in ("hunter2", "User-Agent", "\x1b"):
            self.assertNotIn(secret, source, path)

    def test_no_page_runs_what_came_from_the_network(self):
        self.assert_harmless("/PasTmon/level1?client_like=^198.51&range=hour")
        text = self.one("main").text
        self.assertIn("HTTP GET", text, "the capture is there at all")
        for name in ("<script>alert(4)</script>", "drop table host", "{{%autoescape}}{{title}}"):
            self.assertIn(name, text)
        pages = ["/PasTmon/", "/PasTmon/level1", "/PasTmon/level2", "/PasTmon/all", "/PasTmon/internal", "/PasTmon/level1?rows=1&client_like=^198.51",
                 "/PasTmon/level1?sensor=" + urllib.parse.quote(SENSOR), "/PasTmon/level1?signature=*&client=198.51.100.10&server=198.51.100.100"]
        for i in range(0, len(NAMES), 3):
            pages.append(f"/PasTmon/graph?signature=HTTP+GET&client=*&server=198.51.100.{100 + i}&metric=response_time&range=hour")
        for path in pages:
            self.assert_harmless(path)

    def test_what_a_reader_types_is_text_too(self):
        keys = ("signature", "client", "server", "sensor", "metric", "client_like", "server_like", "range", "sort", "page")
        for name in NAMES[:5]:
            self.assert_harmless("/PasTmon/level1?" + urllib.parse.urlencode({key: name for key in keys}))
            self.assert_harmless("/PasTmon/graph?" + urllib.parse.urlencode({key: name for key in keys[:5]}))

    def test_nothing_is_lost(self):
        self.open("/PasTmon/level1?signature=HTTP+GET&client=*&server=*")
        self.assertTrue(self.all("table.metrics"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
