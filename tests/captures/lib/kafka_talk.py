#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A small Kafka broker with one topic and a client that asks it: kafka_talk.py server|client ADDRESS"""
import socket
import socketserver
import struct
import sys
import time

from exactly import exactly

PORT = 9092
PRODUCE, FETCH, LIST_OFFSETS, METADATA, FIND_COORDINATOR, API_VERSIONS = 0, 1, 2, 3, 10, 18
VERSIONS = {PRODUCE: 3, FETCH: 4, LIST_OFFSETS: 1, METADATA: 1, FIND_COORDINATOR: 0, API_VERSIONS: 0}
UNKNOWN_TOPIC = 3
batches = []


def string(text):
    return struct.pack(">h", len(text)) + text.encode()


def message(sock):
    return exactly(sock, *struct.unpack(">i", exactly(sock, 4)))


class Broker(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while True:
                m = message(self.request)
                key, _, ident, size = struct.unpack(">hhih", m[:10])
                body = self.answer(key, m[10 + size:])
                if body is not None:
                    self.request.sendall(struct.pack(">ii", 4 + len(body), ident) + body)
        except (ConnectionError, OSError):
            pass

    def answer(self, key, body):
        host = self.server.server_address[0]
        if key == API_VERSIONS:
            return struct.pack(">hi", 0, len(VERSIONS)) + b"".join(struct.pack(">hhh", k, 0, v) for k, v in VERSIONS.items())
        if key == METADATA:
            return (struct.pack(">ii", 1, 1) + string(host) + struct.pack(">ihii", PORT, -1, 1, 1) + struct.pack(">h", 0) +
                    string("orders") + struct.pack(">bihiiiiii", 0, 1, 0, 0, 1, 1, 1, 1, 1))
        if key == FIND_COORDINATOR:
            return struct.pack(">hi", 0, 1) + string(host) + struct.pack(">i", PORT)
        if key == LIST_OFFSETS:
            return struct.pack(">i", 1) + string("orders") + struct.pack(">iihqq", 1, 0, 0, -1, 0)
        if key == PRODUCE:
            acks, = struct.unpack(">h", body[2:4])
            size, = struct.unpack(">h", body[12:14])
            topic = body[14:14 + size].decode()
            if topic == "orders":
                batches.append(body[14 + size + 12:])
            error = 0 if topic == "orders" else UNKNOWN_TOPIC
            done = struct.pack(">i", 1) + string(topic) + struct.pack(">iihqqi", 1, 0, error, len(batches) - 1, -1, 0)
            return done if acks else None
        offset = struct.unpack(">q", body[-12:-4])[0]
        found = batches[offset] if offset < len(batches) else b""
        if not found:
            time.sleep(struct.unpack(">i", body[4:8])[0] / 1000)
        return (struct.pack(">ii", 0, 1) + string("orders") + struct.pack(">iihqqi", 1, 0, 0, len(batches), len(batches), 0) +
                struct.pack(">i", len(found)) + found)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class Client:
    def __init__(self, address):
        self.sock = socket.create_connection((address, PORT))
        self.number = 0

    def request(self, key, body=b""):
        self.number += 1
        m = struct.pack(">hhi", key, VERSIONS[key], self.number) + string("orders-app") + body
        return struct.pack(">i", len(m)) + m

    def ask(self, *requests, answers=None):
        self.sock.sendall(b"".join(requests))
        return [message(self.sock) for _ in range(len(requests) if answers is None else answers)]


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def varint(n):
    n = n << 1 if n >= 0 else -n * 2 - 1
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def batch_of(text):
    """A batch (format 2) of one record without key."""
    record = bytes(3) + varint(-1) + varint(len(text)) + text.encode() + varint(0)
    rest = struct.pack(">hiqqqhii", 0, 0, 0, 0, -1, -1, -1, 1) + varint(len(record)) + record
    return struct.pack(">qiibI", 0, 9 + len(rest), 0, 2, crc32c(rest)) + rest


def produce(text, acks, topic="orders"):
    batch = batch_of(text)
    return struct.pack(">hhii", -1, acks, 1000, 1) + string(topic) + struct.pack(">iii", 1, 0, len(batch)) + batch


def fetch(offset):
    return struct.pack(">iiiibi", -1, 150, 1, 1 << 20, 0, 1) + string("orders") + struct.pack(">iiqi", 1, 0, offset, 1 << 20)


def client(address):
    c = Client(address)
    topics = struct.pack(">i", 1) + string("orders")
    offsets = struct.pack(">ii", -1, 1) + string("orders") + struct.pack(">iiq", 1, 0, -1)
    c.ask(c.request(API_VERSIONS))
    c.ask(c.request(METADATA, topics))
    c.ask(c.request(LIST_OFFSETS, offsets))
    c.ask(c.request(PRODUCE, produce("one order", 1)))
    c.ask(c.request(PRODUCE, produce("a large order " * 300, -1)))
    c.ask(c.request(PRODUCE, produce("not acknowledged", 0)), answers=0)
    c.ask(c.request(PRODUCE, produce("nowhere", 1, "no-such-topic")))
    c.ask(*[c.request(PRODUCE, produce("order %d" % i, 1)) for i in range(3)], c.request(METADATA, topics),
          c.request(FIND_COORDINATOR, string("billing")))
    for offset in (0, 1, 100):      # the last one waits, and finds nothing
        c.ask(c.request(FETCH, fetch(offset)))
    c.sock.close()


if __name__ == "__main__":
    if sys.argv[1] == "server":
        Server((sys.argv[2], PORT), Broker).serve_forever()
    client(sys.argv[2])
