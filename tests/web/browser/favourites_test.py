# SPDX-License-Identifier: MIT
"""The wall of favourites in a browser: proposals, pictures, renaming, moving, editing, removing."""
import unittest

from browser import *

WEB = "/PasTmon/graph?signature=HTTP+GET&client=*&server=10.20.0.10&metric="


class FavouritesTest(BrowserTest):
    def setUp(self):
        super().setUp()
        self.remove_favourites()

    def add(self, metric):
        self.open(WEB + metric)
        self.one(".favourite-form summary").click()
        self.follow(self.one(".favourite-form form button"))

    def titles(self):
        return [h.text for h in self.all(".favourite h2")]

    def tool(self, number, selector):
        """Opens the tools of a card; one of them."""
        card = self.all(".favourite")[number]
        if not card.find_element(By.CSS_SELECTOR, "details").get_attribute("open"):
            card.find_element(By.CSS_SELECTOR, "summary").click()
        return card.find_element(By.CSS_SELECTOR, selector)

    def test_an_empty_wall_is_filled_with_one_button(self):
        self.open("/PasTmon/favourites")
        self.assertEqual(len(self.all(".favourite .add button")), 3)
        first = self.titles()[0]
        self.follow(self.one(".favourite .add button"))
        self.assertEqual(self.titles(), [first])
        self.assertEqual(self.browser.execute_script("return location.hash"), "#" + self.one(".favourite").get_attribute("id"))

    def test_the_pictures_are_graphs_of_the_chosen_time(self):
        self.add("response_time")
        self.open("/PasTmon/favourites")
        self.follow(self.link(".presets a", "Hour"))
        picture = self.one(".favourite img")
        self.wait(lambda: self.browser.execute_script("return arguments[0].complete && arguments[0].naturalWidth > 0", picture), "the picture")
        self.assertIn("range=hour", picture.get_attribute("src"))
        self.assertIn("Last hour: Count", picture.get_attribute("alt"))
        self.follow(self.one(".favourite .picture"))
        self.assertEqual(self.query()["Time"], "Last hour")

    def test_any_number_of_days(self):
        self.add("response_time")
        self.open("/PasTmon/favourites")
        days = self.one("input[name=days]")
        days.clear()
        old = self.one("html")
        days.send_keys("3", Keys.ENTER)
        self.new_page(old)
        self.assertIn("range=3d", self.browser.current_url)
        self.assertIn("Last 3 days", self.one("h1").text)

    def test_renamed_moved_and_removed(self):
        for metric in ("response_time", "errors", "transactions"):
            self.add(metric)
        self.open("/PasTmon/favourites")
        before = self.titles()
        title = self.tool(0, "input[name=title]")
        title.clear()
        title.send_keys("Web <b>answers</b>")
        self.follow(self.tool(0, "form button"))
        self.assertEqual(self.titles(), ["Web <b>answers</b>"] + before[1:])
        self.follow(self.tool(2, "button[value=up]"))
        self.assertEqual(self.titles(), ["Web <b>answers</b>", before[2], before[1]])
        self.follow(self.tool(1, ".danger"))
        self.follow(self.link("main form a", "Keep it"))
        self.assertEqual(len(self.titles()), 3)
        self.follow(self.tool(1, ".danger"))
        self.follow(self.one("main form button"))
        self.assertEqual(self.titles(), ["Web <b>answers</b>", before[1]])

    def test_edited_on_the_graph(self):
        self.add("response_time")
        self.open("/PasTmon/favourites")
        self.follow(self.tool(0, "details a[href*='/graph']"))
        self.assertIn("You change the favourite", self.one(".favourite-form").text)
        self.open(self.browser.current_url[len(self.site.base):].replace("metric=response_time", "metric=server_time"))
        self.follow(self.link(".favourite-form button", "Save the change"))
        self.assertEqual(self.titles(), ["HTTP GET: * to www.example, server time"])

    def test_what_is_there_already_is_linked(self):
        self.add("errors")
        self.open(WEB + "errors&range=hour")
        self.assertIn("In favourites", self.one(".favourite-form").text)
        self.follow(self.one(".favourite-form a"))
        self.assertIn("/PasTmon/favourites?range=hour#", self.browser.current_url)


if __name__ == "__main__":
    unittest.main(verbosity=2)
