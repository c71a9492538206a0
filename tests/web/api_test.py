#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""api/v1 against docs/openapi.json: routes, parameters, answers, refusals, long lists in parts."""
import json
import os
import re
import sys
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import jsonschema
import programs
import web_program

DESCRIPTION = json.loads((programs.SOURCE / "docs/openapi.json").read_text())
API = "/PasTmon/api/v1"
PROBLEM = "application/problem+json"


def documented(path):
    return {DESCRIPTION["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]]["name"]
            for p in DESCRIPTION["paths"][path]["get"]["parameters"]}


def validate(name, value):
    schema = {"$ref": f"#/components/schemas/{name}", "components": DESCRIPTION["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


class DescriptionTest(unittest.TestCase):
    def test_it_is_sound(self):
        self.assertTrue(DESCRIPTION["openapi"].startswith("3.1."))
        for name, schema in DESCRIPTION["components"]["schemas"].items():
            jsonschema.Draft202012Validator.check_schema(schema)
        for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DESCRIPTION)):
            place = DESCRIPTION
            for part in reference.split("/"):
                self.assertIn(part, place, reference)
                place = place[part]

    def test_its_paths_are_the_routes(self):
        routes = set(re.findall(r'"/PasTmon/api/v1(/[^"]*)"', (programs.SOURCE / "src/web/routes.cc").read_text()))
        self.assertEqual(set(DESCRIPTION["paths"]), routes)

    def test_its_parameters_are_those_that_are_read(self):
        web = programs.SOURCE / "src/web"
        in_api = set().union(*(re.findall(r'query\.(?:get|has)\("(\w+)"\)|\bread\("(\w+)"', file.read_text()) for file in web.glob("pages/api*.cc")))
        in_api = {name for pair in in_api for name in pair if name}
        in_query = set(re.findall(r'(?:text|parameters\.get)\("(\w+)"\)', (web / "query_state.cc").read_text()))
        described = set().union(*(documented(path) for path in DESCRIPTION["paths"] if path != "/openapi.json"))
        self.assertLessEqual(in_api, described, "read, but not described")
        self.assertLessEqual(described, in_api | in_query, "described, but not read")


class ApiTest(web_program.WebProgramTest):
    def answer(self, path, schema):
        status, headers, body = self.ask(API + path)
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"), body)
        value = json.loads(body)
        validate(schema, value)
        return value

    def served(self):
        self.fill(12)
        self.start("-c", self.configuration())

    def test_it_serves_its_description(self):
        self.served()
        self.assertEqual(json.loads(self.get(API + "/openapi.json")[1]), DESCRIPTION)

    def test_answers_fit_their_schemas(self):
        self.served()
        for path in ("/list", "/list?group=signature,client,server,port,sensor&sort=-last&limit=3", "/list?client=*&server=*",
                     "/list?level=2", "/list?level=all&signature=DNS+A", "/list?group=client&client_like=desk"):
            self.answer(path, "List")
        self.assertGreater(len(self.answer("/list", "List")["rows"]), 3)
        for metric in self.answer("/metrics", "Metrics")["metrics"]:
            rows = self.answer(f"/series?metric={metric['name']}&range=all", "Series")
            self.assertEqual((rows["kind"], rows["unit"]), (metric["kind"], metric["unit"]))
            self.assertEqual({len(row) for row in rows["rows"]} - {len(rows["columns"])}, set())
        self.assertIn("office", [s["name"] for s in self.answer("/sensors", "Sensors")["sensors"]])
        self.assertGreater(self.answer("/signatures", "Signatures")["signatures"][0]["transactions"], 0)
        self.answer("/hosts", "Hosts")
        self.assertGreater(self.answer("/statistics?range=all", "Statistics")["count"], 10)
        self.answer("/health", "Health")

    def test_the_registry_is_in_the_schema(self):
        self.served()
        described = set(DESCRIPTION["components"]["schemas"]["Values"]["properties"]) - {"first", "last"}
        self.assertEqual({metric["key"] for metric in self.answer("/metrics", "Metrics")["metrics"]}, described)

    def test_long_lists_come_in_parts(self):
        self.served()
        for path, key, schema, name in (("/hosts", "hosts", "Hosts", "address"), ("/signatures", "signatures", "Signatures", "name"),
                                        ("/statistics?range=all&name=flows", "rows", "Statistics", "time"),
                                        ("/list?range=all&group=client", "rows", "List", None)):
            found, parts = [], 0
            next_part = f"{API}{path}{'&' if '?' in path else '?'}limit=4"
            while next_part:
                part = self.answer(next_part.removeprefix(API), schema)
                self.assertLessEqual(len(part[key]), 4)
                found += [entry[name] if name else json.dumps(entry["client"]) for entry in part[key]]
                next_part, parts = part.get("next"), parts + 1
            self.assertGreater(parts, 1, path)
            self.assertEqual(len(found), len(set(found)), path)
            if "count" in part:
                self.assertEqual(len(found), part["count"], path)

    def test_filters_narrow(self):
        self.served()
        self.assertEqual([h["address"] for h in self.answer("/hosts?like=^db1", "Hosts")["hosts"]], ["10.20.0.20"])
        names = {row["name"] for row in self.answer("/statistics?range=all&name=packets_received&interface=eth0&sensor=office", "Statistics")["rows"]}
        self.assertEqual(names, {"packets_received"})
        self.assertEqual(self.answer("/statistics?range=all&sensor=nobody", "Statistics")["count"], 0)
        self.assertEqual(self.answer("/statistics?range=all&name=flows&interface=eth0", "Statistics")["count"], 0)
        self.assertGreater(self.answer("/statistics?range=all&name=flows&interface=", "Statistics")["count"], 0)

    def refused(self, path, status, *words, **headers):
        answer = self.ask(path, **headers)
        self.assertEqual((answer[0], answer[1]["Content-Type"]), (status, PROBLEM), path)
        problem = json.loads(answer[2])
        validate("Problem", problem)
        self.assertEqual(problem["status"], status)
        for word in words:
            self.assertIn(word, answer[2], path)

    def test_every_refusal_is_a_problem(self):
        self.served()
        self.refused(API + "/list?group=nonsense", 400, "Columns are")
        self.refused(API + "/list?client_like=(", 400, "regular expression")
        self.refused(API + "/list?limit=0", 400, "1000")
        self.refused(API + "/list?page=1001", 400, "1000")
        self.refused(API + "/hosts?limit=x", 400)
        self.refused(API + "/hosts?like=(", 400)
        self.refused(API + "/series?metric=nonsense", 400)
        self.refused(API + "/statistics?from=never", 400)
        self.refused(API + "/list?a=%zz", 400)
        self.refused(API + "/list?" + "&".join(f"a{i}=1" for i in range(101)), 400)
        self.refused(API + "/nothing", 404, "openapi.json")
        self.refused("/PasTmon/api/v2/list", 404)
        self.refused(API + "/list", 421, Host="attacker.example")
        self.refused(API + "/list", 403, **{"X-Forwarded-For": "192.0.2.1"})

    def test_another_method_is_a_problem_that_names_the_right_one(self):
        self.served()
        request = urllib.request.Request(f"http://{self.address}{API}/list", data=b"{}", method="POST")
        with self.assertRaises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=web_program.TIMEOUT)
        with refusal.exception as answer:
            self.assertEqual((answer.code, answer.headers["Content-Type"], answer.headers["Allow"]), (405, PROBLEM, "GET, HEAD"))

    def test_without_a_database_it_is_a_problem_too(self):
        self.start("-c", self.configuration())
        for path in ("/list", "/series?metric=transactions", "/signatures", "/sensors", "/hosts", "/statistics", "/health"):
            self.refused(API + path, 503)
        self.answer("/metrics", "Metrics")


if __name__ == "__main__":
    unittest.main(verbosity=2)
