# SPDX-License-Identifier: MIT
"""Yesterday, where the clock was changed, and where it is half an hour off: the server runs at another date."""
import datetime
import glob
import json
import unittest
import urllib.request
import zoneinfo

from browser import Site

# What /usr/bin/faketime preloads; without that program the server is a child of ours, and gets its signals.
FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")


class ClockChangeTest(unittest.TestCase):
    """The server's clock is set to noon of the day after a change; "yesterday" is the day of the change."""

    def points_of_yesterday(self, zone, local):
        there = zoneinfo.ZoneInfo(zone)
        now = datetime.datetime.fromisoformat(local).replace(tzinfo=there)
        stamp = now.astimezone(datetime.timezone.utc).strftime("@%Y-%m-%d %H:%M:%S")
        site = Site(buckets=12 * 24 * 6, end=now.timestamp(), zone=zone, browser=False, hostile=False, environment={"TZ": "UTC", "LD_PRELOAD": FAKETIME[0], "FAKETIME": stamp, "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        try:
            with urllib.request.urlopen(site.base + "/PasTmon/api/v1/series?metric=transactions&range=yesterday&step=300", timeout=30) as answer:
                rows = json.load(answer)["rows"]
            with urllib.request.urlopen(site.base + "/PasTmon/favourites?range=yesterday", timeout=30) as answer:
                wall = answer.read().decode()
        finally:
            self.assertEqual(site.stop(), 0)
        self.assertIn("Yesterday", wall)
        times = [datetime.datetime.fromtimestamp(row[0], there) for row in rows]
        return len(times), times[0].strftime("%m-%d %H:%M"), times[-1].strftime("%m-%d %H:%M")

    def test_a_day_of_23_hours(self):
        self.assertEqual(self.points_of_yesterday("Europe/Berlin", "2026-03-30T12:00"), (23 * 12, "03-29 00:00", "03-29 23:55"))

    def test_a_day_of_25_hours(self):
        self.assertEqual(self.points_of_yesterday("Europe/Berlin", "2026-10-26T12:00"), (25 * 12, "10-25 00:00", "10-25 23:55"))

    def test_a_zone_that_is_half_an_hour_off(self):
        self.assertEqual(self.points_of_yesterday("Asia/Kolkata", "2026-11-26T00:20"), (24 * 12, "11-25 00:00", "11-25 23:55"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
