# SPDX-License-Identifier: MIT
"""Logging in and out in a browser: back to the page that was asked for, a session that has ended, a form that is too old."""
import sqlite3
import unittest

import browser
from browser import PASSWORD, BrowserTest, By, Keys


def setUpModule():
    browser.site = browser.Site('login = "always";', {"alice": "editor"})


def tearDownModule():
    browser.tearDownModule()


class LoginTest(BrowserTest):
    def setUp(self):
        super().setUp()
        self.browser.delete_all_cookies()

    def tearDown(self):
        # A page with status 403 or 429 is a line on the console.
        refused = [entry for entry in self.browser.get_log("browser") if "Failed to load resource" not in entry["message"]]
        self.assertEqual(refused, [])
        super().tearDown()

    def log_in(self, password=PASSWORD):
        self.one("input[name=name]").clear()
        self.one("input[name=name]").send_keys("alice")
        old = self.one("html")
        self.one("input[name=password]").send_keys(password, Keys.ENTER)
        self.wait(lambda: self.one("html") != old, "an answer")

    def state(self, sql):
        connection = sqlite3.connect(self.site.directory / "web.db")
        with connection:
            connection.execute(sql)
        connection.close()

    def test_in_with_the_keyboard_back_to_the_page_and_out(self):
        self.open("/PasTmon/level1?signature=HTTP+GET")
        self.assertEqual(self.one("h1").text, "Log in")
        self.assertEqual(self.all("nav li"), [], "no menu for strangers")
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("name"), "name")
        self.log_in("wrong password")
        self.assertEqual(self.one("[role=alert]").text, "Name or password is wrong.")
        self.log_in()
        self.assertEqual(self.query()["Signature"], "HTTP GET")
        self.assertEqual(self.one(".who span").text, "alice")
        cookie = self.browser.get_cookie("pastmon_session")
        self.assertTrue(cookie["httpOnly"])
        self.assertEqual(cookie["sameSite"], "Lax")
        self.assertNotIn("pastmon", self.browser.execute_script("return document.cookie"))
        self.follow(self.one(".who button"))
        self.assertEqual(self.one("h1").text, "Log in")
        self.browser.back()
        self.wait(lambda: self.one("h1").text == "Log in", "nothing that the browser kept")

    def test_a_session_that_has_ended_leads_to_the_form_and_back(self):
        self.open("/PasTmon/login")
        self.log_in()
        self.state("UPDATE session SET last_used = 1, expires = 1")
        self.open("/PasTmon/internal")
        self.assertEqual(self.one("h1").text, "Log in")
        self.log_in()
        self.assertTrue(self.browser.current_url.endswith("/PasTmon/internal"), self.browser.current_url)

    def test_a_form_that_is_too_old_says_so(self):
        self.open("/PasTmon/login")
        self.log_in()
        self.state("UPDATE session SET form_key = 'another'")
        self.follow(self.one(".who button"))
        self.assertEqual(self.one(".state h2").text, "This form is too old")
        self.follow(self.browser.find_element(By.LINK_TEXT, "Back to the page"))
        self.follow(self.one(".who button"))
        self.assertEqual(self.one("h1").text, "Log in")

    def test_it_fits_a_phone_and_the_dark(self):
        self.width(400)
        self.open("/PasTmon/login")
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), 400)
        self.log_in()
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), 400)
        self.assertTrue(self.one(".who button").is_displayed())


if __name__ == "__main__":
    unittest.main(verbosity=2)
