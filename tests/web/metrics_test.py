#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""/PasTmon/metrics as Prometheus' own parsers read it, and the dashboard that is shipped against what is there."""
import json
import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import prometheus_client.openmetrics.parser
import prometheus_client.parser
import programs
import web_program

OPEN_METRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


class MetricsTest(web_program.WebProgramTest):
    def scrape(self, accept="text/plain;version=0.0.4"):
        status, headers, text = self.ask("/PasTmon/metrics", Accept=accept)
        self.assertEqual(status, 200)
        parser = prometheus_client.openmetrics.parser if "openmetrics" in headers["Content-Type"] else prometheus_client.parser
        families = list(parser.text_string_to_metric_families(text))
        names = [family.name for family in families]
        self.assertEqual(len(names), len(set(names)), "a family stands in two places")
        for family in families:
            self.assertTrue(family.documentation.endswith("."), family.name)
            self.assertIn(family.type, ("counter", "gauge", "histogram", "summary"), family.name)
            keys = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in family.samples]
            self.assertEqual(len(keys), len(set(keys)), family.name)
        return families, headers["Content-Type"]

    def samples(self):
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in self.scrape()[0] for s in f.samples}

    def test_both_formats_are_read_by_strict_parsers_and_say_the_same(self):
        self.fill(6, "hostile")
        self.start("-c", self.configuration())
        text, text_type = self.scrape()
        strict, strict_type = self.scrape(OPEN_METRICS)
        self.assertTrue(text_type.startswith("text/plain; version=0.0.4"))
        self.assertTrue(strict_type.startswith("application/openmetrics-text; version=1.0.0"))
        figures = lambda families: {(s.name, tuple(sorted(s.labels.items()))): s.value
                                    for f in families if f.name.startswith("pastmon_") and "_web_" not in f.name for s in f.samples}
        self.assertEqual(figures(text), figures(strict))
        labels = {s.labels.get("signature") for f in strict for s in f.samples}
        self.assertIn("X </td><img src=x onerror=alert(3)>\\x1b[2J", labels)

    def test_names_keep_the_conventions(self):
        self.fill()
        self.start("-c", self.configuration())
        for family in self.scrape(OPEN_METRICS)[0]:
            self.assertRegex(family.name, r"^(pastmon|process)_[a-z_]*[a-z]$")
            self.assertNotRegex(family.name, r"_(us|ms|kb|total|count|sum|bucket)$")
            if family.type == "histogram":
                self.assertTrue(family.name.endswith("_seconds"), family.name)

    def test_figures_are_those_of_the_api(self):
        self.fill()
        self.start("-c", self.configuration())
        rows = json.loads(self.get("/PasTmon/api/v1/list?group=signature&level=all&range=all&limit=1000")[1])["rows"]
        samples = self.samples()
        self.assertGreater(len(rows), 3)
        for row in rows:
            labels = (("sensor", "office"), ("signature", row["signature"]))
            values = row["values"]
            self.assertEqual(samples["pastmon_transactions_total", labels], values.get("transactions", 0))
            if "response_time_us" in values:
                time_us = values["response_time_us"]
                self.assertEqual(samples["pastmon_response_time_seconds_count", labels], time_us["count"])
                self.assertAlmostEqual(samples["pastmon_response_time_seconds_sum", labels], time_us["sum"] / 1e6)
                below = samples["pastmon_response_time_seconds_bucket", tuple(sorted((*labels, ("le", "60.0"))))]
                self.assertEqual(below, time_us["count"])

    def test_the_server_counts_its_own_work(self):
        self.fill()
        self.start("-c", self.configuration())
        before = self.samples()
        for _ in range(3):
            self.assertEqual(self.get("/PasTmon/level1")[0], 200)
        self.assertEqual(self.get("/PasTmon/nothing")[0], 404)
        after = self.samples()
        grown = lambda name, **labels: after[name, tuple(labels.items())] - before[name, tuple(labels.items())]
        self.assertEqual(grown("pastmon_web_requests_total", code="2xx"), 4)
        self.assertEqual(grown("pastmon_web_requests_total", code="4xx"), 1)
        self.assertEqual(grown("pastmon_web_request_duration_seconds_count"), 5)
        self.assertGreater(grown("pastmon_web_cache_hits_total"), 0)
        self.assertGreater(grown("pastmon_web_query_duration_seconds_count"), 0)
        self.assertGreater(after["process_resident_memory_bytes", ()], 1e6)
        self.assertLess(abs(after["process_start_time_seconds", ()] - time.time()), 120)
        for (name, labels), value in before.items():
            if name.endswith(("_total", "_count", "_sum", "_bucket")):
                self.assertGreaterEqual(after[name, labels], value, name)

    def test_without_a_database_the_servers_own_figures_are_there(self):
        self.start("-c", self.configuration())
        samples = self.samples()
        self.assertEqual(samples["pastmon_database_up", ()], 0)
        self.assertFalse([name for name, _ in samples if name.startswith("pastmon_transactions")])
        self.fill()
        deadline = time.monotonic() + web_program.TIMEOUT
        while self.samples()["pastmon_database_up", ()] != 1:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def test_every_expression_of_the_dashboard_uses_what_is_there(self):
        self.fill(96)
        self.start("-c", self.configuration())
        names = {}
        for family in self.scrape()[0]:
            for sample in family.samples:
                names.setdefault(sample.name, set()).update(sample.labels)
        dashboard = json.loads((programs.SOURCE / "etc/grafana/pastmon.json").read_text())
        expressions = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
        expressions += [v["definition"] for v in dashboard["templating"]["list"] if v["type"] == "query"]
        self.assertGreater(len(expressions), 15)
        for expression in expressions:
            used = re.findall(r"\b((?:pastmon|process)_\w+)(?:\{([^}]*)\})?", expression)
            self.assertTrue(used, expression)
            for name, matchers in used:
                self.assertIn(name, names, expression)
                for label in re.findall(r"(\w+)=~?\"", matchers):
                    self.assertIn(label, names[name], expression)
            for group in re.findall(r"\bby \(([^)]*)\)", expression):
                known = set().union(*(names[name] for name, _ in used))
                self.assertLessEqual({label.strip() for label in group.split(",")}, known, expression)


if __name__ == "__main__":
    unittest.main(verbosity=2)
