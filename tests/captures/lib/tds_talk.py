#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A small server of SQL Server's protocol TDS (7.4, no encryption) and a client: tds_talk.py server|client ADDRESS"""
import socket
import socketserver
import struct
import sys
import time

from exactly import exactly

PORT, PACKET = 1433, 4096
PRELOGIN = bytes.fromhex("00000b0006" "0100110001" "ff" "100007d00000" "02")   # encryption: not supported
HEADERS = struct.pack("<IIHQI", 22, 18, 2, 0, 1)


def send(sock, kind, body):
    """A message, in as many packets as it takes."""
    parts = [body[i:i + PACKET - 8] for i in range(0, len(body), PACKET - 8)]
    out = b""
    for i, part in enumerate(parts):
        out += struct.pack(">BBHHBB", kind, i + 1 == len(parts), 8 + len(part), 0, (i + 1) & 255, 0) + part
    sock.sendall(out)


def message(sock):
    body, last = b"", False
    while not last:
        kind, last, size = struct.unpack(">BBH", exactly(sock, 8)[:4])
        body += exactly(sock, size - 8)
    return kind, body


def short(text):
    return bytes([len(text)]) + text.encode("utf-16le")


def done(status, rows=0, token=0xfd):
    return struct.pack("<BHHQ", token, status, 0xc1, rows)


def failed(number, level, text):
    body = struct.pack("<IBB", number, 1, level) + struct.pack("<H", len(text)) + text.encode("utf-16le")
    body += short("db1") + short("") + struct.pack("<I", 1)
    return struct.pack("<BH", 0xaa, len(body)) + body + done(2)


def rows(count, end):
    columns = struct.pack("<BHIHB", 0x81, 1, 0, 0, 0x38) + short("id")
    return columns + b"".join(struct.pack("<Bi", 0xd1, i) for i in range(count)) + end


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while True:
                send(self.request, 4, self.answer(*message(self.request)))
        except (ConnectionError, OSError):
            pass

    def answer(self, kind, body):
        if kind == 0x12:
            return PRELOGIN
        if kind == 0x10:
            if "guest".encode("utf-16le") in body:
                return failed(18456, 14, "Login failed for user 'guest'.")
            ack = b"\x01\x74\x00\x00\x04" + short("Small SQL Server") + bytes([16, 0, 7, 208])
            return struct.pack("<BH", 0xad, len(ack)) + ack + done(0)
        if kind == 3:
            return rows(1, struct.pack("<Bi", 0x79, 0) + done(0, token=0xfe))
        text = body[22:].decode("utf-16le")
        if "no_such_table" in text:
            return failed(208, 16, "Invalid object name 'no_such_table'.")
        if "waitfor" in text:
            time.sleep(0.15)
        count = 1500 if "item" in text else 1
        return rows(count, done(0x10, count))


class Client:
    def __init__(self, address, user):
        self.sock = socket.create_connection((address, PORT))
        self.ask(0x12, PRELOGIN)
        texts, at, places, data = ["desk1", user, "", "orders-app", "db1", "", "lib", "", "orders"], 94, b"", b""
        for text in texts:
            places += struct.pack("<HH", at + len(data), len(text))
            data += text.encode("utf-16le")
        fixed = struct.pack("<IIIIIBBBBiI", 0x74000004, PACKET, 7, 1, 0, 0xe0, 3, 0, 0, 0, 0x409)
        rest = fixed + places + bytes(6) + struct.pack("<HHHHHHI", *([at + len(data), 0] * 3), 0) + data
        self.ask(0x10, struct.pack("<I", len(rest) + 4) + rest)

    def ask(self, kind, body):
        send(self.sock, kind, body)
        return message(self.sock)

    def batch(self, text):
        return self.ask(1, HEADERS + text.encode("utf-16le"))


def client(address):
    c = Client(address, "app")
    c.batch("select 1")
    c.batch("select id from item")                  # an answer of several packets
    c.batch("select * from no_such_table")          # an error
    c.batch("waitfor delay '00:00:00.150' select 1")
    c.batch("select 1 -- " + "long text " * 300)    # a request of two packets
    text = "select id from sale".encode("utf-16le")
    parameter = struct.pack("<BBBH5sH", 0, 0, 0xe7, 8000, bytes([9, 4, 208, 0, 52]), len(text)) + text
    for _ in range(2):
        c.ask(3, HEADERS + struct.pack("<HHH", 0xffff, 10, 0) + parameter)      # sp_executesql
    c.sock.close()
    Client(address, "guest").sock.close()           # is refused


if __name__ == "__main__":
    if sys.argv[1] == "server":
        Server((sys.argv[2], PORT), Session).serve_forever()
    client(sys.argv[2])
