# SPDX-License-Identifier: MIT
"""Pages in a real browser: pastmon-web over a SQLite database of the sample office, driven by headless Chromium.

A test module says `from browser import *`, which brings the site's start and end, and derives from BrowserTest."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

__all__ = ["ActionChains", "BrowserTest", "By", "Keys", "Select", "Site", "setUpModule", "tearDownModule", "use_site"]

BIN = pathlib.Path(os.environ["PASTMON_BIN_DIR"]).resolve()
TIMEOUT = 30
BUCKETS = 120
PASSWORD = "correct horse battery"
site = None


class Site:
    """A database, a server on a free port and a browser, for all tests. `more`: further settings; `users`: name → role,
    each with PASSWORD; `end`: of the data, seconds since 1970; `environment`: the server's."""

    def __init__(self, more="", users={}, buckets=BUCKETS, end=None, hostile=True, zone="Europe/Berlin", environment=None, browser=True):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pastmon-browser-"))
        database = self.directory / "pastmon.db"
        sample = [BIN / "make_sample_database", database, str(int(end or time.time())), str(buckets)]
        subprocess.run(sample + (["hostile"] if hostile else []), check=True, timeout=120)
        configuration = self.directory / "pastmon-web.conf"
        configuration.write_text(f'timezone = "{zone}";\n{more}\noutput_DBI: {{ driver = "sqlite3"; dbname = "{database}"; }};\n')
        for name, role in users.items():
            subprocess.run([BIN / "pastmon-admin", "user", "add", name, "--role", role, "--password-stdin", "--web-config", configuration],
                           input=PASSWORD.encode() + b"\n", stdout=subprocess.DEVNULL, check=True, timeout=60)
        address = self.directory / "address"
        self.log = open(self.directory / "log", "w+")
        self.server = subprocess.Popen(
            [BIN / "pastmon-web", "-f", "-c", configuration, "--listen", "127.0.0.1:0", "--address-file", address],
            stdout=self.log, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})})
        deadline = time.monotonic() + TIMEOUT
        while not (address.exists() and address.read_text().endswith("\n")):
            if self.server.poll() is not None or time.monotonic() > deadline:
                self.log.seek(0)
                raise RuntimeError("pastmon-web did not start: " + self.log.read())
            time.sleep(0.05)
        self.base = "http://" + address.read_text().strip()
        self.browser = self.start_browser() if browser else None

    def start_browser(self, profile="profile"):
        options = Options()
        options.binary_location = shutil.which("chromium")
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
                         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
                         "--window-size=1280,1000", f"--user-data-dir={self.directory / profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        browser = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
        browser.set_page_load_timeout(TIMEOUT)
        return browser

    def stop(self):
        if self.browser is not None:
            self.browser.quit()
        self.server.terminate()
        status = self.server.wait(timeout=TIMEOUT)
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)
        return status


def setUpModule():
    use_site(Site())


def use_site(other):
    """For modules that need another one: their setUpModule calls this."""
    global site
    site = other


def tearDownModule():
    status = site.stop()
    if status != 0:
        raise RuntimeError(f"pastmon-web ended with status {status}")


class BrowserTest(unittest.TestCase):
    def setUp(self):
        self.site = site
        self.browser = site.browser
        self.width(1280)
        self.browser.get_log("browser")
        self.browser.get_log("performance")

    def tearDown(self):
        self.assertEqual([entry["message"] for entry in self.browser.get_log("browser")], [], "console messages")
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                self.assertTrue(url.startswith((site.base, "data:", "about:", "chrome")), "asked from elsewhere: " + url)

    def width(self, pixels):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                     {"width": pixels, "height": 1000, "deviceScaleFactor": 1, "mobile": pixels < 500})

    def open(self, path):
        self.browser.get(site.base + path)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def visible(self, element):
        """Also of what lies in a folded part."""
        return self.browser.execute_script("return arguments[0].checkVisibility()", element)

    def wait(self, condition, what):
        return WebDriverWait(self.browser, TIMEOUT).until(lambda browser: condition(), what)

    def follow(self, link):
        """Clicks a link and waits for its page."""
        old = self.one("html")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
        link.click()
        self.new_page(old)

    def new_page(self, old):
        """Waits for the page that comes instead of the one with this <html>."""
        self.wait(lambda: self.one("html") != old, "a new page")
        self.wait(lambda: self.browser.execute_script("return document.readyState") == "complete", "the whole page")

    def link(self, selector, text):
        """The first link there that has this text."""
        found = [a for a in self.all(selector) if text in (a.get_attribute("textContent") or "")]
        self.assertTrue(found, f"no link “{text}” in {selector} of {self.browser.current_url}")
        return found[0]

    def remove_favourites(self):
        self.open("/PasTmon/favourites")
        while removal := self.all(".favourite .danger"):
            self.browser.get(removal[0].get_attribute("href"))
            self.follow(self.one("main form button"))

    def query(self):
        """The current query: title → value of what is chosen."""
        cells = self.all("table.query td")
        return {cell.get_attribute("data-title"): cell.find_element(By.CSS_SELECTOR, "b").text for cell in cells
                if cell.find_elements(By.CSS_SELECTOR, "b")}
