#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Passwords, tokens and query strings that pass the sensor: neither database nor page, log or export ever has them."""
import json
import os
import struct
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import programs
import web_program

SECRETS = ("QsSecretParameter", "QsSecretBasic", "QsSecretCookie", "QsSecretForm", "QsSecretFtp", "QsSecretRedis", "QsSecretPop", "QsSecretSmtp",
           "QsSecretLiteral", "QsSecretPath")

# server port, then what client and server say in turn
CONVERSATIONS = [
    (80, [b"GET /QsSecretPath/?password=QsSecretParameter&a=b HTTP/1.1\r\nHost: shop.example\r\nAuthorization: Basic QsSecretBasic\r\n"
          b"Cookie: id=QsSecretCookie\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
          b"POST /QsSecretPath HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 16\r\n\r\npw=QsSecretForm!", b"HTTP/1.1 500 QsSecretForm\r\nContent-Length: 0\r\n\r\n"]),
    (21, [None, b"220 ready\r\n", b"USER QsSecretFtp\r\n", b"331 QsSecretFtp may enter\r\n", b"PASS QsSecretFtp\r\n", b"530 no\r\n"]),
    (6379, [b"*2\r\n$4\r\nAUTH\r\n$13\r\nQsSecretRedis\r\n", b"+OK\r\n", b"*2\r\n$3\r\nGET\r\n$13\r\nQsSecretRedis\r\n", b"$-1\r\n"]),
    (110, [None, b"+OK ready\r\n", b"USER x\r\n", b"+OK\r\n", b"PASS QsSecretPop\r\n", b"-ERR QsSecretPop\r\n"]),
    (25, [None, b"220 ready\r\n", b"EHLO QsSecretSmtp\r\n", b"250 AUTH PLAIN\r\n", b"AUTH PLAIN QsSecretSmtp\r\n", b"535 no\r\n"]),
    (5432, [struct.pack(">IIs", 13, 196608, b"u") + b"ser\0", b"R" + struct.pack(">II", 8, 0) + b"Z\0\0\0\x05I",
            b"Q" + struct.pack(">I", 4 + 27) + b"SELECT 'QsSecretLiteral'; \0", b"C\0\0\0\x0dSELECT 1\0Z\0\0\0\x05I"]),
]
CLIENT, SERVER = bytes([192, 0, 2, 10]), bytes([192, 0, 2, 20])


def packet(client_sends, port, client_port, seq, ack, flags, payload=b""):
    ports = (client_port, port) if client_sends else (port, client_port)
    tcp = struct.pack(">HHIIBBHHH", *ports, seq, ack, 5 << 4, flags, 65535, 0, 0) + payload
    addresses = CLIENT + SERVER if client_sends else SERVER + CLIENT
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0x4000, 64, 6, 0) + addresses
    total = sum(struct.unpack(">10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return header[:10] + struct.pack(">H", ~(total + (total >> 16)) & 0xFFFF) + header[12:] + tcp


def conversation(port, turns, client_port):
    """All its packets: handshake, turns, end."""
    next_byte = {True: 1000, False: 5000}
    yield packet(True, port, client_port, 999, 0, 0x02)
    yield packet(False, port, client_port, 4999, 1000, 0x12)
    yield packet(True, port, client_port, 1000, 5000, 0x10)
    for i, payload in enumerate(turns):
        side = i % 2 == 0
        if payload is not None:
            yield packet(side, port, client_port, next_byte[side], next_byte[not side], 0x18, payload)
            next_byte[side] += len(payload)
    for side in (True, False):
        yield packet(side, port, client_port, next_byte[side], next_byte[not side], 0x11)
        next_byte[side] += 1


def capture():
    raw_ip = 101
    data, at = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, raw_ip), 1_700_000_000_000_000
    for i, (port, turns) in enumerate(CONVERSATIONS):
        for frame in conversation(port, turns, 40_000 + i):
            at += 1000
            data += struct.pack("<IIII", at // 1_000_000, at % 1_000_000, len(frame), len(frame)) + frame
    return data


class SecretsTest(web_program.WebProgramTest):
    def assert_clean(self, data, where):
        data = data if isinstance(data, bytes) else data.encode()
        for secret in SECRETS:
            self.assertNotIn(secret.lower().encode(), data.lower(), where)

    def test_nothing_from_inside_a_message_is_kept(self):
        file = self.write("secrets.pcap", capture())
        logged = programs.run("pastmon", "--read", file, "-c", self.sqlite_conf('log_level = "debug";'))
        self.assertEqual(logged.returncode, 0, logged.stderr)
        self.assert_clean(logged.stdout + logged.stderr, "log")
        for name in self.directory.rglob("*"):
            if name.is_file() and name != file:
                self.assert_clean(name.read_bytes(), name)
        for report in ("json", "table"):
            done = programs.run("pastmon", "--read", file, "--report", report)
            self.assert_clean(done.stdout + done.stderr, report)
        exported = programs.run("pastmon-admin", "export", "-c", self.directory / "pastmon.conf")
        self.assertEqual(exported.returncode, 0, exported.stderr)
        self.assert_clean(exported.stdout, "export")

        process = self.start("-c", self.configuration('log_level = "debug";'))
        rows = json.loads(self.get("/PasTmon/api/v1/list?range=all&limit=1000")[1])["rows"]
        seen = {row["signature"]: row["values"].get("transactions", 0) for row in rows}
        for signature in ("HTTP GET", "HTTP POST"):
            self.assertEqual(seen.get(signature), 1, seen)
        self.assertGreater(len(seen), 7, seen)
        filters = "range=all&signature=HTTP+GET&client=*&server=*"
        for path in ("", "level1?range=all", f"level1?{filters}", f"graph?{filters}&metric=response_time", "internal?range=all", "metrics",
                     "api/v1/list?range=all", "api/v1/hosts", "api/v1/signatures", "api/v1/statistics?range=all"):
            self.assert_clean(self.get(f"/PasTmon/{path}")[1], path)
        # What a user typed is not logged either.
        self.get("/PasTmon/level1?client_like=QsSecretParameter&signature=QsSecretForm")
        self.get("/PasTmon/QsSecretPath?x=QsSecretPath")
        process.terminate()
        output, errors = process.communicate(timeout=web_program.TIMEOUT)
        self.assert_clean(output + errors, "the server's log")


if __name__ == "__main__":
    unittest.main(verbosity=2)
