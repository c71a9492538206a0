#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A small server of Cassandra's protocol CQL (version 4) and a client: cql_talk.py server|client ADDRESS"""
import socket
import socketserver
import struct
import sys
import threading
import time

from exactly import exactly

PORT = 9042
ERROR, STARTUP, READY, OPTIONS, SUPPORTED, QUERY, RESULT, PREPARE, EXECUTE, REGISTER, EVENT = 0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12


def text(value):
    return struct.pack(">H", len(value)) + value.encode()


def long_text(value):
    return struct.pack(">i", len(value)) + value.encode()


def send(sock, version, stream, kind, body):
    sock.sendall(struct.pack(">BBhBi", version, 0, stream, kind, len(body)) + body)


def message(sock):
    _, _, stream, kind, size = struct.unpack(">BBhBi", exactly(sock, 9))
    return stream, kind, exactly(sock, size)


def rows(count):
    head = struct.pack(">iii", 2, 1, 1) + text("shop") + text("item") + text("name") + struct.pack(">H", 13)
    return head + struct.pack(">i", count) + b"".join(long_text("item number %d" % i) for i in range(count))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while True:
                stream, kind, body = message(self.request)
                if b"slow" in body:     # others may overtake it
                    threading.Timer(0.15, send, (self.request, 0x84, stream, RESULT, rows(1))).start()
                else:
                    send(self.request, 0x84, stream, *self.answer(kind, body))
                if kind == REGISTER:
                    time.sleep(0.02)
                    change = text("STATUS_CHANGE") + text("UP") + bytes([4, 10, 20, 1, 22]) + struct.pack(">i", PORT)
                    send(self.request, 0x84, -1, EVENT, change)
        except (ConnectionError, OSError):
            pass

    def answer(self, kind, body):
        if kind == OPTIONS:
            return SUPPORTED, struct.pack(">H", 1) + text("CQL_VERSION") + struct.pack(">H", 1) + text("3.4.5")
        if kind in (STARTUP, REGISTER):
            return READY, b""
        if kind == PREPARE:
            return RESULT, struct.pack(">i", 4) + text("prepared-1") + struct.pack(">iiiii", 0, 0, 0, 4, 0)
        if b"no_such_table" in body:
            return ERROR, struct.pack(">i", 0x2200) + text("unconfigured table no_such_table")
        return RESULT, rows(300 if b"everything" in body else 2)


def client(address):
    sock = socket.create_connection((address, PORT))

    def ask(*requests, answers=None):
        sock.sendall(b"".join(struct.pack(">BBhBi", 4, 0, s, kind, len(body)) + body for s, kind, body in requests))
        for _ in range(len(requests) if answers is None else answers):
            message(sock)

    def query(value):
        return long_text(value) + struct.pack(">HB", 1, 0)

    ask((0, OPTIONS, b""))
    ask((1, STARTUP, struct.pack(">H", 1) + text("CQL_VERSION") + text("3.0.0")))
    ask((2, REGISTER, struct.pack(">H", 1) + text("STATUS_CHANGE")), answers=2)    # and an event
    ask((3, QUERY, query("select name from item")))
    ask((4, QUERY, query("select name from everything")))
    ask((5, QUERY, query("select name from no_such_table")))
    ask((6, PREPARE, long_text("select name from item where id = 1")))
    execute = text("prepared-1") + struct.pack(">HB", 1, 0)
    ask((7, EXECUTE, execute))
    ask((8, QUERY, query("select name from slow")), (9, EXECUTE, execute), (10, QUERY, query("select name from item")),
        (11, EXECUTE, execute))
    sock.close()


if __name__ == "__main__":
    if sys.argv[1] == "server":
        Server((sys.argv[2], PORT), Session).serve_forever()
    client(sys.argv[2])
