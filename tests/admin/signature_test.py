#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`pastmon-admin signature test`: the report that people write signatures by, as docs/signatures.md describes it."""
import json
import re
import struct
import unittest

from programs import CAPTURES, SOURCE, ProgramTest, run

DOCS = (SOURCE / "docs/signatures.md").read_text()
SYN, ACK, PSH = 2, 16, 8


def echo_example():
    """The first example of the documentation."""
    return DOCS.split("## A first example", 1)[1].split("```")[1]


def conversation(port, turns):
    """A classic capture of one TCP connection; turns: [(from the client?, bytes)], a millisecond apart."""
    sides = [{"port": 40000, "next": 1000, "ip": bytes([192, 0, 2, 1])}, {"port": port, "next": 5000, "ip": bytes([192, 0, 2, 2])}]
    frames = []

    def send(side, flags, payload=b""):
        me, peer = sides[side], sides[1 - side]
        tcp = struct.pack("!HHIIBBHHH", me["port"], peer["port"], me["next"], peer["next"] if flags & ACK else 0, 0x50, flags,
                          60000, 0, 0) + payload
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), len(frames) + 1, 0, 64, 6, 0, me["ip"], peer["ip"])
        frames.append(bytes.fromhex("020000000002020000000001") + b"\x08\x00" + ip + tcp)
        me["next"] += len(payload) + bool(flags & SYN)

    send(0, SYN)
    send(1, SYN | ACK)
    send(0, ACK)
    for from_client, payload in turns:
        send(0 if from_client else 1, ACK | PSH, payload)
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for n, frame in enumerate(frames):
        out += struct.pack("<IIII", 1700000000, n * 1000, len(frame), len(frame)) + frame
    return out


TALK = [(True, b"SAY hello\n"), (False, b"OK\n"), (True, b"SHOUT secret\n"), (False, b"ERR too loud\n"), (True, b"WAVE both\n")]


class SignatureTest(ProgramTest):
    def tried(self, *arguments, conf=None, capture=None, status=0):
        conf = conf or self.write("my-service.conf", echo_example())
        if capture is None:
            capture = self.directory / "capture.pcap"
            capture.write_bytes(conversation(7007, TALK))
        done = run("pastmon-admin", "signature", "test", *arguments, conf, capture)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def lines(self, *arguments, **options):
        done = self.tried("--json", *arguments, **options)
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def test_the_commands_of_the_documentation_work(self):
        self.tried()
        section = DOCS.split("## Trying a signature", 1)[1].split("\n## ", 1)[0]
        commands = re.findall(r"^    pastmon-admin (signature test .*)$", section, re.M)
        self.assertEqual(len(commands), 3)
        for command in commands:
            words = [str(self.directory / w) if w in ("my-service.conf", "capture.pcap") else w for w in command.split()]
            done = run("pastmon-admin", *words)
            self.assertEqual((done.returncode, done.stderr), (0, b""), command)
            self.assertIn(b"Echo SAY", done.stdout)

    def test_rows_are_counted_and_timed(self):
        rows = {o["row"]["signature"]: o["row"] for o in self.lines() if "row" in o}
        self.assertEqual((rows["Echo SAY"]["requests"], rows["Echo SAY"]["answered"], rows["Echo SAY"]["errors"]), (1, 1, 0))
        self.assertEqual(rows["Echo SAY"]["response_time_mean_us"], 1000)
        self.assertEqual((rows["Echo SHOUT"]["answered"], rows["Echo SHOUT"]["errors"]), (1, 1))
        self.assertEqual((rows["Echo OTHER"]["requests"], rows["Echo OTHER"]["failed"]), (1, 1))

    def test_matches_show_what_names_them_and_nothing_else(self):
        done = self.tried("--json")
        matches = [json.loads(line)["match"] for line in done.stdout.decode().splitlines() if '"match"' in line]
        self.assertEqual([m["groups"] for m in matches], ["command = SAY", "command = SHOUT", "command = WAVE"])
        self.assertEqual(matches[0]["time"], 1700000000.003)
        for output in (done.stdout, self.tried().stdout):
            self.assertNotIn(b"secret", output)

    def test_first_bounds_what_is_shown(self):
        lines = self.lines("--first", "1")
        self.assertEqual(sum("match" in o for o in lines), 1)
        self.assertEqual(lines[-1]["summary"]["packets"], 8)

    def miss(self, old, new, turns=TALK, port=7007):
        conf = self.write("wrong.conf", echo_example().replace(old, new))
        capture = self.directory / "other.pcap"
        capture.write_bytes(conversation(port, turns))
        return [o["near_miss"] for o in self.lines(conf=conf, capture=capture) if "near_miss" in o]

    def test_a_response_that_does_not_fit_is_told(self):
        misses = self.miss('response = "OK|ERR"', 'response = "YES|NO"')
        self.assertEqual([(m["kind"], m["bytes"]) for m in misses[:1]], [("response", '"OK" and 1 more bytes')])
        self.assertTrue(misses[0]["where"].endswith("wrong.conf:6"), misses[0])

    def test_a_framing_that_does_not_fit_is_told(self):
        misses = self.miss('framing = "line"', 'framing = "tls"')
        self.assertIn(("framing", '"SAY" and 7 more bytes'), [(m["kind"], m["bytes"]) for m in misses])

    def test_half_a_pair_is_told(self):
        pair = 'name = "Echo";\n  recognise = "pair";'
        misses = self.miss('name = "Echo";', pair, [(True, b"SAY hello\n"), (False, b"what?\n")], port=9999)
        self.assertIn(("unpaired", '"SAY" and 7 more bytes', '"what?" and 1 more bytes'),
                      [(m["kind"], m["bytes"], m["answer"]) for m in misses])
        misses = self.miss('name = "Echo";', pair, [(True, b"SAY hello\n")], port=9999)
        self.assertIn(("alone", '"SAY" and 7 more bytes'), [(m["kind"], m["bytes"]) for m in misses])

    def test_a_listed_port_that_speaks_otherwise_is_told(self):
        misses = self.miss("", "", [(True, b"\x01\x02 hello\r\n"), (False, b"\xff")])
        self.assertIn(("nobody", '"\\x01\\x02 hello\\r\\n"'), [(m["kind"], m["bytes"]) for m in misses])

    def test_services_that_it_leads_to_are_there(self):
        rows = [o["row"]["signature"] for o in self.lines(conf=SOURCE / "etc/signatures.d/smtp.conf",
                                                          capture=CAPTURES / "smtp_starttls/smtp_starttls.pcap") if "row" in o]
        self.assertIn("SMTP STARTTLS", rows)

    def test_what_is_wrong_is_one_clear_line(self):
        conf = self.write("my-service.conf", echo_example())
        self.assert_refused(run("pastmon-admin", "signature", "test", "/no/such.conf", "x.pcap"), 2, "/no/such.conf")
        self.assert_refused(run("pastmon-admin", "signature", "test", conf, "/no/such.pcap"), 1, "/no/such.pcap")
        bad = self.write("bad.conf", echo_example().replace("(?<command>", "(?<comand>"))
        self.assert_refused(run("pastmon-admin", "signature", "test", bad, CAPTURES / "empty/empty.pcap"), 2, "bad.conf:6")
        self.assert_refused(run("pastmon-admin", "signature", "test", conf), 2, "CAPTURE")

    def test_a_damaged_capture_gives_what_stands_before_the_damage(self):
        done = self.tried(conf=SOURCE / "etc/signatures.d/http.conf", capture=CAPTURES / "truncated/truncated.pcap", status=1)
        self.assertIn(b"HTTP GET", done.stdout)
        self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
