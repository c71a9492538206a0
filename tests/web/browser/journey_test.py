# SPDX-License-Identifier: MIT
"""The way of somebody who asks who was slow, from what is most common to a favourite, and back to it: with the mouse, the
keyboard, a phone, in the dark and without scripts; on both levels."""
import unittest

from browser import *

LEVELS = {"Level 1": "/PasTmon/level1", "Level 2": "/PasTmon/level2", "All": "/PasTmon/all"}
BUCKETS = 720  # two days and a half: all of yesterday


def setUpModule():
    use_site(Site(buckets=BUCKETS))


class Mouse:
    def __init__(self, test):
        self.test = test

    def follow(self, link):
        self.test.follow(link)

    def press(self, button):
        self.test.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def type(self, field, text):
        field.clear()
        field.send_keys(text)


class Keyboard(Mouse):
    def reach(self, element):
        browser = self.test.browser
        # Most of the way at once; some fields have several stops, so that this never goes too far.
        between = browser.execute_script("""
            const stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, [tabindex="0"]')]
                .filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility());
            return stops.indexOf(arguments[0]) - stops.indexOf(document.activeElement);""", element)
        if between > 4:
            ActionChains(browser).send_keys(Keys.TAB * (between - 4)).perform()
        for _ in range(60):
            if browser.switch_to.active_element == element:
                return
            browser.switch_to.active_element.send_keys(Keys.TAB)
        self.test.fail("the keyboard does not reach " + element.get_attribute("outerHTML")[:200])

    def follow(self, link):
        old = self.test.one("html")
        self.reach(link)
        link.send_keys(Keys.ENTER)
        self.test.new_page(old)

    def press(self, button):
        self.reach(button)
        button.send_keys(Keys.ENTER)

    def type(self, field, text):
        self.reach(field)
        field.send_keys(text)


class JourneyTest(BrowserTest):
    def setUp(self):
        super().setUp()
        self.remove_favourites()

    def tearDown(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        super().tearDown()

    def submit(self, hand, button):
        old = self.one("html")
        hand.press(button)
        self.new_page(old)

    def open_filter(self, hand):
        """On a phone the filter is folded away."""
        if not self.visible(self.one("input[name=client_like]")):
            hand.press(self.one("main summary"))

    def journey(self, level, hand, range_after="yesterday", scripts=True):
        """Returns the bookmark of the graph, and that of the favourites."""
        self.open("/PasTmon/")
        hand.follow(self.link(".top nav a", level))
        if level == "Level 2":
            self.open(LEVELS[level] + "?range=all")
        if scripts:
            self.wait(lambda: len(self.all("canvas[data-drawn=yes]")) == 3, "three pies")
        self.assertGreaterEqual(len(self.all(".legend a")), 12)

        self.open_filter(hand)
        hand.type(self.one("input[name=client_like]"), "^desk-1[1-3]")
        self.submit(hand, self.one("form.filter button[type=submit]"))
        self.assertIn("/^desk-1[1-3]/", self.query()["Client"])

        hand.follow(self.link(".rows td:nth-child(2) a", "desk-12"))
        self.assertEqual(self.query()["Client"], "desk-12.office.example")
        hand.follow(self.link(".rows td:nth-child(1) a", "DNS A"))
        self.assertEqual(self.query()["Signature"], self.query()["Signature"].strip())
        self.assertTrue(self.query()["Signature"].startswith("DNS A"))
        hand.follow(self.link(".rows td:nth-child(3) a", "ns1.example"))
        filled = self.query()
        self.assertEqual((filled["Client"], filled["Server"]), ("desk-12.office.example", "ns1.example"))

        hand.follow(self.link("table.metrics a", "Response time"))
        self.assertEqual(self.query()["Metric"], "Response time")
        if scripts:
            self.wait(lambda: self.all("[data-graph][data-drawn=yes] canvas"), "the graph")
        self.assertTrue(self.all(".figures tbody tr"))

        hand.follow(self.link(".presets a", "All data"))
        self.assertIn("range=all", self.browser.current_url)
        bookmark = self.browser.current_url

        hand.press(self.one(".favourite-form summary"))
        self.submit(hand, self.one(".favourite-form form button"))
        self.assertIn("In favourites", self.one(".favourite-form").text)
        hand.follow(self.one(".favourite-form a"))
        card = self.one(".favourite")
        self.assertIn("desk-12.office.example to ns1.example", card.text)

        hand.follow(self.one(f".presets a[href*='range={range_after}']") if range_after else self.link(".presets a", "Yesterday"))
        self.one(".favourite")
        return bookmark, self.browser.current_url

    def assert_shows_figures(self):
        card = self.one(".favourite")
        self.assertIn("p95", card.text)
        picture = self.one(".favourite img")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", picture)
        self.wait(lambda: self.browser.execute_script("return arguments[0].complete && arguments[0].naturalWidth > 0", picture), "the picture")

    def test_from_the_pies_to_a_favourite_and_back_in_a_fresh_browser(self):
        graph, wall = self.journey("Level 1", Mouse(self))
        self.assert_shows_figures()
        self.assertIn("range=yesterday", wall)
        fresh = self.site.start_browser("another-profile")
        try:
            fresh.get(wall)
            self.assertIn("desk-12.office.example to ns1.example", fresh.find_element(By.CSS_SELECTOR, ".favourite").text)
            self.assertIn("p95", fresh.find_element(By.CSS_SELECTOR, ".favourite").text)
            fresh.get(graph)
            self.assertIn("desk-12.office.example", fresh.find_element(By.CSS_SELECTOR, "table.query").text)
            self.assertIn("In favourites", fresh.find_element(By.CSS_SELECTOR, ".favourite-form").text)
        finally:
            fresh.quit()

    def test_the_same_on_level_2(self):
        self.journey("Level 2", Mouse(self))
        self.assertIn("Last seen", self.one(".favourite").text)  # the archive ends weeks before yesterday
        self.open("/PasTmon/favourites?range=90d")
        self.assert_shows_figures()
        self.follow(self.one(".favourite h2 a"))
        self.assertIn("level=2", self.browser.current_url)
        self.assertIn("range=90d", self.browser.current_url)

    def test_the_same_over_both_levels(self):
        self.journey("All", Mouse(self))
        self.assert_shows_figures()

    def test_with_the_keyboard_alone(self):
        self.journey("Level 1", Keyboard(self))
        self.assert_shows_figures()

    def test_on_a_phone(self):
        self.width(400)
        self.journey("Level 1", Mouse(self))
        self.assert_shows_figures()
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), 400)

    def test_in_the_dark(self):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        self.journey("Level 1", Mouse(self))
        self.assert_shows_figures()

    def test_without_scripts(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        self.journey("Level 1", Mouse(self), scripts=False)
        self.assert_shows_figures()


if __name__ == "__main__":
    unittest.main(verbosity=2)
