#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The accounting invariants on every capture that is committed: each packet that was read is in exactly one place."""
import json
import struct
import unittest

from programs import CAPTURES, ProgramTest, report

OUTCOMES = ("answered", "unanswered", "refused", "aborted")


def captures():
    for path in sorted(CAPTURES.glob("*/*.pcap*")):
        status = json.loads((path.parent / "expect.json").read_text()).get("exit_status", 0) \
            if (path.parent / "expect.json").exists() else 0
        yield path, status


def packets_in(path):
    """Records of a classic capture file, counted without the program's help; None for another format."""
    data = path.read_bytes()
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\x4d\x3c\xb2\xa1": "<",
             b"\xa1\xb2\x3c\x4d": ">"}.get(data[:4])
    if order is None:
        return None
    at, count = 24, 0
    while at + 16 <= len(data):
        at += 16 + struct.unpack(order + "I", data[at + 8:at + 12])[0]
        count += at <= len(data)
    return count


def total(rows, *keys):
    return sum(row.get(key, 0) for row in rows for key in keys)


class Accounting(ProgramTest):
    def check(self, rows, summary):
        accounted = total(rows, "packets_client", "packets_server") + sum(
            summary[key] for key in ("undecodable", "not_ip", "filtered", "duplicates"))
        self.assertEqual(accounted, summary["packets"])
        for row in rows:
            self.assertEqual(row["transactions"], sum(row.get(outcome, 0) for outcome in OUTCOMES), row)
            self.assertLessEqual(row["first"], row["last"], row)
            for key, value in row.items():
                if isinstance(value, dict):
                    self.assertGreaterEqual(value["min"], 0, (key, row))
                    self.assertLessEqual(value["min"], value["max"], (key, row))
                elif isinstance(value, (int, float)):
                    self.assertGreaterEqual(value, 0, (key, row))

    def test_every_capture(self):
        seen = 0
        for path, status in captures():
            with self.subTest(capture=path.name):
                if path.parent.name in ("not_a_capture", "unknown_linktype", "zero_bytes"):
                    continue
                rows, summary, done = report("--read", path)
                self.assertEqual(done.returncode, status, done.stderr)
                self.check(rows, summary)
                if status == 0 and packets_in(path) is not None:
                    self.assertEqual(summary["packets"], packets_in(path))
                seen += 1
        self.assertGreater(seen, 40)

    def test_filter_accounts_for_what_it_refuses(self):
        for name in ("http_basic", "dns_udp", "tcp_loss", "vlan"):
            with self.subTest(capture=name):
                path = CAPTURES / name / f"{name}.pcap"
                _, everything, _ = report("--read", path)
                rows, summary, _ = report("--read", path, "udp", "or", "icmp")
                self.assertEqual(summary["packets"], everything["packets"])
                self.check(rows, summary)
        self.assertGreater(summary["filtered"], 0)

    def test_buckets_add_up_to_the_whole(self):
        for name in ("demo", "http_basic", "tcp_loss", "redis_pipeline"):
            with self.subTest(capture=name):
                path = CAPTURES / name / f"{name}.pcap"
                whole, _, _ = report("--read", path)
                parts, summary, _ = report("--read", path, "--bucket", "60")
                self.check(parts, summary)
                for key in ("packets_client", "packets_server", "bytes_client", "bytes_server", "payload_client",
                            "payload_server", "transactions", *OUTCOMES, "errors", "retransmissions_client",
                            "retransmissions_server"):
                    self.assertEqual(total(parts, key), total(whole, key), key)

    def test_reading_twice_prints_the_same(self):
        path = CAPTURES / "demo" / "demo.pcap"
        self.assertEqual(report("--read", path)[2].stdout, report("--read", path)[2].stdout)


if __name__ == "__main__":
    unittest.main()
