#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Talks AMQP 0-9-1 to RabbitMQ and sends many methods at once: amqp_pipelined.py ADDRESS"""
import socket
import struct
import sys

from exactly import exactly

METHOD, HEADER, BODY = 1, 2, 3
NO_TABLE = bytes(4)


def short(text):
    return bytes([len(text)]) + text.encode()


def frame(kind, channel, content):
    return struct.pack(">BHI", kind, channel, len(content)) + content + b"\xce"


def method(channel, number, arguments=b""):
    return frame(METHOD, channel, struct.pack(">HH", *number) + arguments)


def declare(queue, passive=False, no_wait=False):
    return (50, 10), bytes(2) + short(queue) + bytes([passive | no_wait << 4]) + NO_TABLE


def bind(queue, key):
    return (50, 20), bytes(2) + short(queue) + short("orders") + short(key) + b"\0" + NO_TABLE


def publish(channel, key, body):
    return (method(channel, (60, 40), bytes(2) + short("orders") + short(key) + b"\0")
            + frame(HEADER, channel, struct.pack(">HHQH", 60, 0, len(body), 0)) + frame(BODY, channel, body))


class Connection:
    def __init__(self, address):
        self.sock = socket.create_connection((address, 5672))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, data, answers):
        """Sends it all at once and waits for these methods, of any channel."""
        self.sock.sendall(data)
        left = list(answers)
        while left:
            kind, _, size = struct.unpack(">BHI", exactly(self.sock, 7))
            content = exactly(self.sock, size + 1)
            if kind == METHOD:
                number = struct.unpack(">HH", content[:4])
                if number in left:
                    left.remove(number)

    def login(self):
        self.ask(b"AMQP\0\0\x09\x01", [(10, 10)])
        secret = b"\0guest\0guest"
        self.ask(method(0, (10, 11), NO_TABLE + short("PLAIN") + struct.pack(">I", len(secret)) + secret + short("en_US")),
                 [(10, 30)])
        self.ask(method(0, (10, 31), struct.pack(">HIH", 100, 131072, 0)) + method(0, (10, 40), short("/") + b"\0\0"),
                 [(10, 41)])


def main(address):
    c = Connection(address)
    c.login()
    c.ask(method(1, (20, 10), b"\0") + method(2, (20, 10), b"\0"), [(20, 11)] * 2)
    # Two channels, several of a kind, one of which wants no answer.
    c.ask(method(1, (40, 10), bytes(2) + short("orders") + short("direct") + b"\0" + NO_TABLE)
          + method(2, (60, 10), struct.pack(">IHB", 0, 5, 0))
          + b"".join(method(1, *declare("queue%d" % n)) for n in range(4))
          + method(1, *declare("unheard", no_wait=True))
          + method(2, *declare("other"))
          + b"".join(method(1, *bind("queue%d" % n, "key%d" % n)) for n in range(4))
          + method(1, *declare("unheard", passive=True))
          + method(1, (85, 10), b"\0"),
          [(40, 11), (60, 11)] + [(50, 11)] * 6 + [(50, 21)] * 4 + [(85, 11)])
    # Messages, which the server confirms, with questions around them.
    c.ask(publish(1, "key0", b"a" * 100) + publish(1, "key1", b"b" * 3000)
          + b"".join(method(2, (60, 70), bytes(2) + short(q) + b"\1") for q in ("queue2", "queue3")),
          [(60, 80)] + [(60, 72)] * 2)
    c.ask(method(2, (60, 70), bytes(2) + short("queue0") + b"\1") + method(2, (60, 70), bytes(2) + short("other") + b"\1"),
          [(60, 71), (60, 72)])
    # The second one fails: the server closes the channel and answers nothing of what stands behind it.
    c.ask(method(1, *declare("queue0")) + method(1, *declare("missing", passive=True))
          + method(1, *bind("queue1", "again")) + method(1, *declare("queue2")),
          [(20, 40)])
    c.ask(method(1, (20, 41)) + method(1, (20, 10), b"\0") + method(1, *declare("queue3")), [(20, 11), (50, 11)])
    c.ask(method(0, (10, 50), struct.pack(">H", 200) + short("done") + bytes(4)), [(10, 51)])
    c.sock.close()


if __name__ == "__main__":
    main(sys.argv[1])
