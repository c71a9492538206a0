# SPDX-License-Identifier: MIT
"""What only a browser shows: scripts run under the content policy, charts are drawn, clicking leads from what is most
common to a graph, nothing is asked from elsewhere, pages fit a phone."""
import re
import unittest

from browser import *


class PagesTest(BrowserTest):
    def test_pies_are_drawn(self):
        self.open("/PasTmon/level1")
        self.wait(lambda: len(self.all("canvas[data-drawn=yes]")) == 3, "three pies")
        coloured = """const c = arguments[0], d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, seen = new Set();
                      for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255) seen.add(d[i] + ',' + d[i + 1] + ',' + d[i + 2]);
                      return seen.size;"""
        for canvas in self.all("canvas"):
            self.assertGreater(self.browser.execute_script(coloured, canvas), 5)

    def test_a_slice_of_a_pie_is_a_link(self):
        self.open("/PasTmon/level1")
        canvas = self.one("canvas")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
        first = self.one(".legend a").text
        ActionChains(self.browser).move_to_element_with_offset(canvas, 18, -44).click().perform()
        self.wait(lambda: self.query().get("Signature") == first, "the slice's signature")

    def test_from_what_is_most_common_to_a_graph(self):
        self.open("/PasTmon/")
        self.follow(self.browser.find_element(By.LINK_TEXT, "Level 1"))
        self.assertEqual(self.query(), {"Time": "Last 24 hours"})
        self.follow(self.browser.find_element(By.LINK_TEXT, "HTTP GET"))
        self.assertEqual(self.query()["Signature"], "HTTP GET")
        self.follow(next(a for a in self.all(".rows td:nth-child(2) a") if "desk-11" in a.text))
        self.assertEqual(self.query()["Client"], "desk-11.office.example")
        self.follow(next(a for a in self.all(".rows td:nth-child(3) a") if "www" in a.text))
        self.assertEqual(self.query()["Server"], "www.example")
        self.follow(self.browser.find_element(By.LINK_TEXT, "Response time"))
        self.assertEqual(self.query()["Metric"], "Response time")
        self.wait(lambda: self.all("[data-graph][data-drawn=yes] canvas"), "the graph")
        bookmark = self.browser.current_url
        self.open("/PasTmon/")
        self.browser.get(bookmark)
        self.assertEqual(self.query()["Client"], "desk-11.office.example")

    def test_widening_takes_one_choice_back(self):
        self.open("/PasTmon/level1?signature=HTTP+GET&client=10.20.1.11&server=10.20.0.10")
        self.follow(self.one("a[aria-label='Take back: Client']"))
        self.assertNotIn("Client", self.query())
        self.assertEqual(self.query()["Server"], "www.example")
        self.follow(self.one("a[title='All together: Client']"))
        self.assertEqual(self.query()["Client"], "*")
        self.assertTrue(self.all("table.metrics"))

    def test_the_filter_form(self):
        self.open("/PasTmon/level1")
        self.one("input[name=client_like]").send_keys("desk-1[12]")
        self.one("input[name=server_like]").send_keys("^www", Keys.ENTER)
        self.wait(lambda: "client_like" in self.browser.current_url, "the filtered rows")
        self.assertNotIn("signature=", self.browser.current_url)
        clients = {a.text.split("\n")[0] for a in self.all(".rows td:nth-child(2) a")}
        self.assertEqual(clients, {"desk-11.office.example", "desk-12.office.example"})

    def test_hostile_names_do_nothing(self):
        for path in ("/PasTmon/level1?client_like=^192", "/PasTmon/level1", "/PasTmon/level1?signature=*&client=192.0.2.66&server=*",
                     "/PasTmon/graph?signature=*&client=192.0.2.67&server=*&metric=packets_client"):
            self.open(path)
            self.assertEqual(self.all("main img, main script, [onmouseover]"), [])
        self.assertIn("onmouseover", self.one("table.query").text)

    def test_every_page_fits_a_phone_and_the_dark(self):
        self.width(400)
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        for path in ("/PasTmon/", "/PasTmon/level1", "/PasTmon/level1?signature=HTTP+GET", "/PasTmon/level1?signature=*&client=*&server=*",
                     "/PasTmon/graph?signature=*&client=*&server=*&metric=response_time", "/PasTmon/internal"):
            self.open(path)
            self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), 400, path)
            colour = self.browser.execute_script("return getComputedStyle(document.body).backgroundColor")
            self.assertLess(sum(int(n) for n in re.findall(r"\d+", colour)[:3]), 150, path)
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_the_keyboard_reaches_the_content(self):
        self.open("/PasTmon/level1")
        self.one("body").send_keys(Keys.TAB)
        self.assertEqual(self.browser.switch_to.active_element.text, "Skip to content")
        for _ in range(1 + len(self.all(".top nav a"))):  # the brand, then the menu
            self.browser.switch_to.active_element.send_keys(Keys.TAB)
        self.assertEqual(self.browser.switch_to.active_element.text, "Internal")

    def test_without_scripts_the_tables_are_there(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            self.open("/PasTmon/level1")
            self.assertTrue(self.all(".legend a"))
            self.open("/PasTmon/graph?signature=HTTP+GET&client=*&server=*&metric=response_time")
            self.assertTrue(self.all(".figures tbody tr"))
        finally:
            self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


if __name__ == "__main__":
    unittest.main(verbosity=2)
