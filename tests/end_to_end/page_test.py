# SPDX-License-Identifier: MIT
"""The whole line: a capture through the daemon and each database to the page, compared with the capture's truth."""
import json
import unittest
import urllib.error

from harness import CAPTURES, Installation, capture


class Line:
    """The same for each database; mixed into the classes below."""

    def rows(self, **query):
        return self.get_json("/api/v1/list", range="all", limit=1000, **query)["rows"]

    def read(self, case):
        return self.run_program("pastmon", "--read", capture(case), "-c", self.config, "--sensor", case)

    def test_a_capture_arrives_on_the_page_as_its_truth_says(self):
        self.read("http_basic")
        self.start_web()
        truth = json.loads((CAPTURES / "http_basic" / "expect.json").read_text())
        found = {(r["signature"], r["client"]["address"], r["server"]["address"], r["port"]): r["values"] for r in self.rows()}
        for row in truth["rows"]:
            values = found[(row["signature"], row["client"], row["server"], row["port"])]
            self.assertEqual(values["transactions"], row["transactions"])
            for part in ("count", "sum", "min", "max"):
                self.assertEqual(values["response_time_us"][part], row["response_time_us"][part], row["signature"])
        page = self.get("/level1", range="all", rows="1")
        self.assertIn("HTTP GET", page)
        self.assertIn("10.20.1.21", page)
        graph = self.get("/graph", range="all", signature="HTTP GET", client="*", server="10.20.1.21", metric="response_time")
        self.assertIn("Response time", graph)

    def test_a_capture_read_twice_is_stored_once(self):
        for _ in range(2):
            self.read("dns_udp")
        self.start_web()
        truth = json.loads((CAPTURES / "dns_udp" / "expect.json").read_text())
        wanted = sum(r["transactions"] for r in truth["rows"])
        self.assertEqual(sum(r["values"].get("transactions", 0) for r in self.rows()), wanted)

    def test_a_page_of_an_empty_database_says_what_to_do(self):
        self.start_web()
        for path in ("/", "/level1", "/internal", "/health"):
            self.assertTrue(self.get(path))
        with self.assertRaises(urllib.error.HTTPError) as missing:
            self.get("/no-such-page")
        self.assertEqual(missing.exception.code, 404)
        missing.exception.close()


class Sqlite(Line, Installation):
    driver = "sqlite3"


class PostgreSql(Line, Installation):
    driver = "pgsql"


if __name__ == "__main__":
    unittest.main()
