# SPDX-License-Identifier: MIT
"""Every page for people who do not see it, see it badly, or use no mouse: names, structure, contrast in light and dark,
on a desk and on a phone; and a focus that can be seen."""
import pathlib
import unittest

import every_page
from browser import *

CHECKS = (pathlib.Path(__file__).resolve().parents[2] / "lib" / "accessibility.js").read_text()
FOCUS = """const e = document.activeElement;
           if (e === document.body) return null;
           const s = getComputedStyle(e), box = e.getBoundingClientRect();
           return [e.outerHTML.slice(0, 120), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1, box.width > 0 && box.height > 0];"""


class AccessibilityTest(BrowserTest):
    def scheme(self, name):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name},
                                                                           # No colour is to be looked at on its way to another.
                                                                           {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def tearDown(self):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        # A page that is not there is said so in the console, too.
        self.browser.get_log("browser")
        super().tearDown()

    def test_every_page_on_a_desk_and_a_phone_in_light_and_dark(self):
        self.scheme("light")
        for name, path in {**every_page.PAGES, **every_page.STATES}.items():
            self.open(path)
            for pixels in (1280, 400):
                self.width(pixels)
                for scheme in ("light", "dark"):
                    with self.subTest(page=name, scheme=scheme, width=pixels):
                        self.scheme(scheme)
                        self.assertEqual(self.browser.execute_script(CHECKS), [])
                        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), pixels)

    def test_the_focus_can_be_seen_wherever_it_is(self):
        for name, path in every_page.PAGES.items():
            self.open(path)
            reached = 0
            for _ in range(30):
                self.browser.switch_to.active_element.send_keys(Keys.TAB)
                found = self.browser.execute_script(FOCUS)
                if found is None:
                    break
                reached += 1
                with self.subTest(page=name, element=found[0]):
                    self.assertEqual(found[1:], [True, True])
            self.assertGreater(reached, 8, name)

    def test_the_checks_find_what_is_wrong(self):
        self.open("/PasTmon/level1")
        self.browser.execute_script("""document.querySelector('h1').insertAdjacentHTML('afterend',
            '<h4 id=wrong>Deep</h4><img src="data:,"><input name=x><a href="/PasTmon/"></a><p id=wrong class=pale>Pale</p><table><tr><td>1</td></tr></table>');
            document.querySelector('.pale').style.color = '#bbb'; document.querySelector('.pale').style.background = '#fff';""")
        found = " ".join(self.browser.execute_script(CHECKS))
        for fault in ("level of headings", "no alternative text", "no label", "no name", "contrast", "id wrong", "no heads"):
            self.assertIn(fault, found)


if __name__ == "__main__":
    unittest.main(verbosity=2)
