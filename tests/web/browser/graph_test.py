# SPDX-License-Identifier: MIT
"""The graph page in a browser: it zooms, moves, compares, tells what lies under the pointer, becomes a PNG, works with the
keyboard and on a phone, and shows a drawing when there are no scripts."""
import re
import unittest
import urllib.parse

from browser import *

QUERY = "signature=HTTP+GET&client=*&server=*&metric=response_time"
GRAPH = "/PasTmon/graph?" + QUERY


class GraphTest(BrowserTest):
    def graph(self, more=""):
        self.open(GRAPH + more)
        self.wait(lambda: self.all("[data-graph][data-drawn=yes] canvas"), "the graph")
        return self.one("[data-graph]")

    def middle(self, element):
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        return element

    def parameters(self, link):
        return urllib.parse.parse_qs(urllib.parse.urlparse(link.get_attribute("href")).query)

    def shown(self):
        """The range that the graph shows, as its link says it."""
        asked = self.parameters(self.one(".keep"))
        return asked["from"][0], asked["to"][0]

    def test_zooming_and_back(self):
        area = self.middle(self.graph())
        keep = self.one(".keep")
        self.assertFalse(keep.is_displayed())
        ActionChains(self.browser).move_to_element_with_offset(area, 100, 0).click_and_hold().move_by_offset(200, 5).release().perform()
        self.wait(keep.is_displayed, "the zoomed range")
        address = keep.get_attribute("href")
        self.one(".reset").click()
        self.wait(lambda: not keep.is_displayed(), "the whole range")
        self.browser.get(address)
        asked = urllib.parse.parse_qs(urllib.parse.urlparse(address).query)
        self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", asked["from"][0]))
        self.assertEqual(self.one("input[name=from]").get_attribute("value"), asked["from"][0])
        self.assertTrue(self.all(".figures tbody tr"))

    def test_the_keyboard_moves_and_zooms(self):
        area = self.graph("&range=3h")
        area.send_keys(Keys.ARROW_LEFT)
        self.wait(self.one(".keep").is_displayed, "the moved range")
        first = self.shown()
        area.send_keys(Keys.ARROW_RIGHT)
        self.wait(lambda: not self.one(".keep").is_displayed(), "the whole range")
        area.send_keys("+")
        self.wait(self.one(".keep").is_displayed, "the zoomed range")
        self.assertNotEqual(self.shown(), first)
        area.send_keys("0")
        self.wait(lambda: not self.one(".keep").is_displayed(), "the whole range")

    def test_moving_out_of_the_range_fetches_what_is_there(self):
        area = self.graph("&range=hour")
        for _ in range(4):
            area.send_keys(Keys.ARROW_LEFT)
        self.wait(lambda: not area.get_attribute("data-loading"), "the rows before")
        area.send_keys(Keys.ENTER)
        self.wait(lambda: "from=" in self.browser.current_url, "the range that was moved to")
        self.wait(lambda: self.all("[data-graph][data-drawn=yes] canvas"), "the graph")

    def test_earlier_later_and_wider_are_links(self):
        self.graph("&range=3h")
        before = self.one("table.query td[data-title=Time]").text
        self.assertEqual(self.all("a[rel=next]"), [])
        self.follow(self.one("a[rel=prev]"))
        self.assertNotEqual(self.one("table.query td[data-title=Time]").text, before)
        self.follow(self.one("a[rel=next]"))
        self.follow(self.browser.find_element(By.LINK_TEXT, "Zoom out"))
        self.assertTrue(self.all(".figures tbody tr"))

    def test_lines_are_chosen_and_stay_in_the_bookmark(self):
        self.graph()
        chosen = lambda: [a.text for a in self.all(".lines a[aria-current]")]
        self.assertEqual(chosen(), ["Avg", "p95", "Max"])
        self.follow(next(a for a in self.all(".lines a") if a.text == "p99.9"))
        self.follow(next(a for a in self.all(".lines a") if a.text == "Max"))
        self.follow(next(a for a in self.all(".lines a") if a.text == "Count"))
        self.assertEqual(chosen(), ["Avg", "p95", "p99.9", "Count"])
        self.assertIn("lines=mean%2Cp95%2Cp999%2Ccount", self.browser.current_url)
        bookmark = self.browser.current_url
        self.open("/PasTmon/")
        self.browser.get(bookmark)
        self.assertEqual(chosen(), ["Avg", "p95", "p99.9", "Count"])
        self.wait(lambda: self.all("[data-graph][data-drawn=yes] canvas"), "the graph with two axes")

    def test_a_metric_is_found_by_typing(self):
        self.graph()
        self.one(".picker summary").click()
        find = self.one(".picker-find")
        self.wait(find.is_displayed, "the field")
        find.send_keys("bytes ser")
        self.wait(lambda: len([a for a in self.all(".topics a") if a.is_displayed()]) == 1, "what is called that")
        old = self.one("html")
        find.send_keys(Keys.ENTER)
        self.wait(lambda: self.one("html") != old, "the other metric")
        self.wait(lambda: self.query().get("Metric") == "Bytes, server", "its name")
        self.one(".picker summary").click()
        self.one(".picker-find").send_keys("nonsense")
        self.assertTrue(self.one(".picker-none").is_displayed())
        self.one(".picker-find").send_keys(Keys.ESCAPE)
        self.assertIsNone(self.one(".picker").get_attribute("open"))

    def test_comparing_draws_a_dashed_line(self):
        self.graph("&range=hour")
        self.follow(next(a for a in self.all(".choices a") if a.text == "The day before"))
        self.assertIn("compare=day", self.browser.current_url)
        self.wait(lambda: self.all("[data-graph][data-drawn=yes] canvas"), "the graph")

    def test_the_layers_follow_the_zoom_and_tell_what_is_under_the_pointer(self):
        area = self.graph("&range=all")
        plots = [self.one(".heat .stretched"), self.one(".band .stretched")]
        whole = [plot.get_dom_attribute("viewBox") for plot in plots]
        for plot in plots:
            ActionChains(self.browser).move_to_element(self.middle(plot)).move_by_offset(9, 4).perform()
            self.wait(lambda: self.one(".layer-box").is_displayed(), "the words")
            self.assertRegex(self.one(".layer-box").text, r"\d\d:\d\d – \d\d:\d\d\n")
        left = lambda: self.browser.execute_script("return arguments[0].getBoundingClientRect().left", plots[0])
        plot = self.browser.execute_script("const a = arguments[0].querySelector('canvas').getBoundingClientRect(); return a.left", area)
        self.assertAlmostEqual(left(), plot + 72, delta=12)
        self.middle(area)
        area.send_keys("+")
        self.wait(lambda: all(p.get_dom_attribute("viewBox") != w for p, w in zip(plots, whole)), "the zoomed layers")
        area.send_keys("0")
        self.wait(lambda: [float(n) for n in plots[0].get_dom_attribute("viewBox").split()[:3:2]] == [0, 1000], "all of it")

    def test_a_png_is_made(self):
        self.graph()
        png = self.one(".exports .png")
        self.assertTrue(png.is_displayed())
        self.middle(png).click()
        self.wait(lambda: png.get_attribute("data-made"), "the picture")
        self.assertGreater(int(png.get_attribute("data-made")), 10000)

    def test_the_drawing_is_one_by_itself(self):
        self.open("/PasTmon/graph.svg?" + QUERY)
        self.assertEqual(self.browser.execute_script("return document.documentElement.nodeName"), "svg")
        self.assertIn("Response time of HTTP GET from * to *", self.one("text.title").text)
        self.assertEqual(self.browser.execute_script("return getComputedStyle(document.querySelector('.l-mean')).stroke"), "rgb(42, 111, 176)")

    def test_without_scripts_the_drawing_and_the_links_are_there(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            self.open(GRAPH + "&range=3h")
            image = self.one(".graph-image")
            self.wait(lambda: image.is_displayed() and image.size["width"] > 300, "the drawing")
            self.assertTrue(self.all(".heat .stretched path"))
            self.assertTrue(self.all(".time-strip text"))
            self.assertFalse(self.one(".exports .png").is_displayed())
            self.follow(self.one("a[rel=prev]"))
            self.assertTrue(self.all(".figures tbody tr"))
        finally:
            self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    def test_it_fits_a_phone_with_the_graph_before_the_choices(self):
        self.width(400)
        self.graph("&compare=day&lines=p50,p99,count")
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), 400)
        top = lambda selector: self.browser.execute_script("return document.querySelector(arguments[0]).getBoundingClientRect().top", selector)
        self.assertLess(top("[data-graph]"), top(".graph-controls"))

    def test_hostile_names_do_nothing(self):
        for client in ("192.0.2.66", "192.0.2.67"):
            for page in ("graph", "graph.svg"):
                self.open(f"/PasTmon/{page}?signature=*&client={client}&server=*&metric=packets_client")
                self.assertEqual(self.all("main img, main script, svg script, [onmouseover]"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
