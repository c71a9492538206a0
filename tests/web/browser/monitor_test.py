# SPDX-License-Identifier: MIT
"""Home, Internal, hosts and signatures in a browser: the graph of a figure is drawn, pages fit a phone, links lead on."""
import unittest

from browser import *

PAGES = ("/PasTmon/", "/PasTmon/internal", "/PasTmon/internal?statistic=packets_received&range=hour", "/PasTmon/signatures",
         "/PasTmon/host?address=10.20.0.10", "/PasTmon/host?address=192.0.2.66", "/PasTmon/host")


class MonitorTest(BrowserTest):
    def test_home_answers_first(self):
        self.open("/PasTmon/")
        sentence = self.one("main .answer .sentence")
        self.assertLess(sentence.location["y"], 150)
        self.assertIn("The sensor receives", sentence.text)

    def test_from_home_to_a_graph_in_one_click(self):
        self.open("/PasTmon/")
        self.follow(self.one(".services td.n.strong a"))
        self.assertEqual(self.query()["Metric"], "Response time")
        self.open("/PasTmon/")
        self.follow(self.one(".sensor-table a"))
        self.assertIn("/PasTmon/internal?sensor=office", self.browser.current_url)

    def test_a_figure_has_a_graph_that_zooms(self):
        self.open("/PasTmon/internal")
        self.follow(self.browser.find_element(By.PARTIAL_LINK_TEXT, "Packets received"))
        self.wait(lambda: self.all("[data-statistic][data-drawn=yes] canvas"), "the graph")
        self.assertTrue(self.all(".figures tbody tr"))
        self.follow(self.browser.find_element(By.LINK_TEXT, "Week"))
        self.assertIn("range=7d", self.browser.current_url)
        self.wait(lambda: self.all("[data-statistic][data-drawn=yes] canvas"), "the week's graph")

    def test_every_page_fits_a_phone(self):
        self.width(400)
        for path in PAGES:
            self.open(path)
            self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), 400, path)

    def test_hostile_names_do_nothing(self):
        for address in ("192.0.2.66", "192.0.2.67"):
            self.open("/PasTmon/host?address=" + address)
            self.assertEqual(self.all("main img, main script, [onmouseover]"), [])

    def test_a_host_leads_to_its_peers(self):
        self.open("/PasTmon/host?address=10.20.1.11")
        self.assertEqual(self.one("h1 bdi").text, "desk-11.office.example")
        self.follow(self.browser.find_element(By.PARTIAL_LINK_TEXT, "www.example"))
        self.assertEqual(self.one("h1 bdi").text, "www.example")

    def test_without_scripts_a_figure_has_its_line_and_its_values(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            self.open("/PasTmon/internal?statistic=packets_received")
            self.assertTrue(self.all(".graph-area svg path"))
            self.assertTrue(self.all(".figures tbody tr"))
        finally:
            self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


if __name__ == "__main__":
    unittest.main(verbosity=2)
