# SPDX-License-Identifier: MIT
"""The lists in a browser: the same way on Level 1, Level 2 and All, sorting, filters, phones, the keyboard."""
import unittest
import urllib.request

from browser import *

LEVELS = {"Level 1": "/PasTmon/level1", "Level 2": "/PasTmon/level2", "All": "/PasTmon/all"}


class ListsTest(BrowserTest):
    def link(self, text):
        return self.browser.find_element(By.LINK_TEXT, text)

    def column(self, title):
        return [cell.text for cell in self.all(f".rows td[data-title='{title}']")]

    def test_the_same_way_on_every_level(self):
        for title, path in LEVELS.items():
            with self.subTest(title):
                self.open("/PasTmon/")
                self.follow(self.link(title))
                self.assertIn(title, self.one("h1").text)
                self.assertTrue(self.all(".pies .pie"))
                self.follow(next(a for a in self.all(".legend a") if a.text == "HTTP GET"))
                self.assertEqual(self.query()["Signature"], "HTTP GET")
                self.follow(next(a for a in self.all(".rows td[data-title=Client] a") if "desk-11" in a.text))
                self.follow(next(a for a in self.all(".rows td[data-title=Server] a") if "www" in a.text))
                self.assertTrue(self.all("table.metrics"))
                self.assertIn(path, self.browser.current_url)
                self.follow(self.link("Response time"))
                self.wait(lambda: self.all("[data-graph][data-drawn=yes] canvas"), "the graph")

    def test_heads_sort(self):
        self.open("/PasTmon/level1?signature=HTTP+GET")
        self.follow(self.link("Client"))
        clients = [text.split("\n")[0].lower() for text in self.column("Client")]
        self.assertEqual(clients, sorted(clients))
        self.follow(next(a for a in self.all(".rows th a") if a.text.startswith("Client")))
        self.assertEqual([text.split("\n")[0].lower() for text in self.column("Client")], sorted(clients, reverse=True))
        self.assertEqual(self.one(".rows th[aria-sort]").get_attribute("aria-sort"), "descending")

    def test_the_spreadsheet_gets_the_rows_of_the_page(self):
        self.open("/PasTmon/level1?client_like=^192&sort=-client")
        with urllib.request.urlopen(self.link("CSV").get_attribute("href"), timeout=30) as answer:
            self.assertIn("text/csv", answer.headers["Content-Type"])
            lines = answer.read().decode().splitlines()
        self.assertEqual(len(lines), 1 + len(self.all(".rows tbody tr")))
        self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_the_switch_goes_from_day_to_week(self):
        self.open("/PasTmon/all?signature=HTTP+GET&range=24h")
        self.follow(self.link("Week"))
        self.assertEqual(self.query()["Time"], "Last 7 days")
        self.assertEqual(self.one(".segments [aria-current]").text, "Week")

    def test_a_wrong_expression_is_mended_in_its_field(self):
        self.open("/PasTmon/level1")
        self.one("input[name=client_like]").send_keys("desk-1[", Keys.ENTER)
        self.wait(lambda: self.all(".state.warning"), "what is wrong")
        field = self.one("input[name=client_like]")
        self.assertEqual(field.get_attribute("value"), "desk-1[")
        self.assertEqual(field.get_attribute("aria-invalid"), "true")
        field.send_keys("12]", Keys.ENTER)
        self.wait(lambda: self.all(".rows tbody tr"), "the rows")

    def test_on_a_phone_the_filter_is_folded_and_rows_are_cards(self):
        self.width(400)
        self.open("/PasTmon/level1?signature=HTTP+GET")
        self.assertFalse(self.visible(self.one("input[name=client_like]")))
        self.one(".fold summary").click()
        self.assertTrue(self.visible(self.one("input[name=client_like]")))
        for path in list(LEVELS.values()) + ["/PasTmon/level1?signature=HTTP+GET", "/PasTmon/level1?signature=*&client=*&server=*"]:
            self.open(path)
            for box in [None] + self.all(".scroll"):
                wide = self.browser.execute_script("const b = arguments[0] || document.documentElement; return b.scrollWidth - b.clientWidth", box)
                self.assertLessEqual(wide, 0, path)

    def test_rows_are_reached_by_the_keyboard(self):
        self.open("/PasTmon/level1?signature=HTTP+GET")
        self.one(".rows tbody a").send_keys(Keys.TAB)
        self.assertEqual(self.browser.switch_to.active_element.find_element(By.XPATH, "..").get_attribute("data-title"), "Client")
        old = self.one("html")
        self.browser.switch_to.active_element.send_keys(Keys.ENTER)
        self.wait(lambda: self.one("html") != old and "Client" in self.query(), "the client chosen")

    def test_without_scripts_everything_is_there(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            self.open("/PasTmon/level1?signature=HTTP+GET")
            self.assertTrue(self.visible(self.one("input[name=client_like]")))
            self.assertTrue(self.one(".rows .spark").is_displayed())
            self.width(400)
            self.open("/PasTmon/level1?signature=HTTP+GET")
            self.assertTrue(self.visible(self.one("input[name=client_like]")))
        finally:
            self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


if __name__ == "__main__":
    unittest.main(verbosity=2)
