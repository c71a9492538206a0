# SPDX-License-Identifier: MIT
"""Behind a reverse proxy: everybody logs in; an editor saves what a reader can only look at."""
import unittest

import browser
from browser import *
from reverse_proxy import ReverseProxy

GRAPH = "/PasTmon/graph?signature=HTTP+GET&client=*&server=*&metric=response_time"
proxy = None


def setUpModule():
    global proxy
    proxy = ReverseProxy()
    site = Site(f'public_url = "{proxy.base}"; trusted_proxies = [ "127.0.0.1" ];', {"editor": "editor", "reader": "reader"})
    proxy.target = site.base.removeprefix("http://")
    site.base = proxy.base
    use_site(site)


def tearDownModule():
    browser.tearDownModule()
    proxy.stop()


class ProxyTest(BrowserTest):
    def setUp(self):
        super().setUp()
        self.open("/PasTmon/login")
        self.browser.delete_all_cookies()

    def log_in(self, name):
        self.assertEqual(self.one("h1").text, "Log in")
        self.one("input[name=name]").send_keys(name)
        old = self.one("html")
        self.one("input[name=password]").send_keys(browser.PASSWORD, Keys.ENTER)
        self.new_page(old)

    def test_an_editor_logs_in_saves_and_finds_it_again(self):
        self.open(GRAPH)
        self.log_in("editor")
        self.assertEqual(self.query()["Metric"], "Response time")
        self.wait(lambda: self.all("[data-graph][data-drawn=yes] canvas"), "the graph")
        self.one(".favourite-form summary").click()
        self.follow(self.one(".favourite-form form button"))
        self.assertTrue(self.browser.current_url.startswith(proxy.base))
        self.follow(self.one(".favourite-form a"))
        self.assertEqual([h.text for h in self.all(".favourite h2")], ["HTTP GET: * to *, response time"])
        self.follow(self.link(".presets a", "Today"))
        picture = self.one(".favourite img")
        self.wait(lambda: self.browser.execute_script("return arguments[0].complete && arguments[0].naturalWidth > 0", picture), "the picture")
        self.remove_favourites()

    def test_a_reader_sees_no_buttons(self):
        self.open("/PasTmon/favourites")
        self.log_in("reader")
        self.assertIn("role editor", self.one(".hello").text)
        self.assertTrue(self.all(".favourite"))
        self.assertEqual(self.all("main form[method=post]"), [])
        self.open(GRAPH)
        self.assertEqual(self.all("main form[method=post]"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
