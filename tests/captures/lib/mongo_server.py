#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A small MongoDB server that answers like a member of a replica set: mongo_server.py ADDRESS
It keeps documents in memory and lets a monitoring "hello" wait."""
import socketserver
import struct
import sys
import time

import bson
from bson.int64 import Int64
from bson.objectid import ObjectId

from exactly import exactly

documents = {}
topology = {"processId": ObjectId(), "counter": Int64(0)}
cursors = {}


def hello(command, address):
    if "maxAwaitTimeMS" in command:
        time.sleep(command["maxAwaitTimeMS"] / 1000)
    return {"ok": 1.0, "ismaster": True, "helloOk": True, "topologyVersion": topology, "maxBsonObjectSize": 16777216,
            "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000, "minWireVersion": 0, "maxWireVersion": 9,
            "readOnly": False, "setName": "orders", "setVersion": 1, "hosts": ["%s:27017" % address], "primary": "%s:27017" % address,
            "me": "%s:27017" % address, "secondary": False}


def answer(command, address):
    name = next(iter(command))
    collection = documents.setdefault(command[name], []) if name in ("insert", "find", "update", "delete", "aggregate") else []
    if name.lower() in ("hello", "ismaster"):
        return hello(command, address)
    if name == "insert":
        collection.extend(command["documents"])
        return {"n": len(command["documents"]), "ok": 1.0}
    if name in ("find", "aggregate"):
        if "sleep" in command.get("comment", ""):
            time.sleep(0.15)
        size = command.get("batchSize", 101)
        cursors[7] = collection[size:]
        return {"cursor": {"firstBatch": collection[:size], "id": Int64(7 if cursors[7] else 0), "ns": "shop." + command[name]},
                "ok": 1.0}
    if name == "getMore":
        return {"cursor": {"nextBatch": cursors.pop(command[name]), "id": Int64(0), "ns": "shop." + command["collection"]},
                "ok": 1.0}
    if name in ("update", "delete"):
        return {"n": 1, "nModified": 1, "ok": 1.0}
    if name in ("ping", "endSessions", "killCursors"):
        return {"ok": 1.0}
    return {"ok": 0.0, "errmsg": "no such command: '%s'" % name, "code": 59, "codeName": "CommandNotFound"}


class Connection(socketserver.BaseRequestHandler):
    number = 1

    def send(self, to, kind, body):
        Connection.number += 1
        self.request.sendall(struct.pack("<iiii", 16 + len(body), Connection.number, to, kind) + body)
        return Connection.number

    def handle(self):
        try:
            while True:
                size, number, _, kind = struct.unpack("<iiii", exactly(self.request, 16))
                self.one(number, kind, exactly(self.request, size - 16))
        except (ConnectionError, OSError):
            pass

    def one(self, number, kind, body):
        if kind == 2004:
            end = body.index(b"\0", 4)
            command = bson.BSON(body[end + 9:]).decode()
            reply = bson.BSON.encode(answer(command, self.server.server_address[0]))
            return self.send(number, 1, struct.pack("<iqii", 8, 0, 0, 1) + reply)
        flags, = struct.unpack("<I", body[:4])
        size, = struct.unpack("<i", body[5:9])
        command = bson.BSON(body[5:5 + size]).decode()
        at = 5 + size
        while at < len(body):                       # a sequence of documents beside the command
            length, = struct.unpack("<i", body[at + 1:at + 5])
            end = body.index(b"\0", at + 5)
            command[body[at + 5:end].decode()] = bson.decode_all(body[end + 1:at + 1 + length])
            at += 1 + length
        exhaust = flags & 1 << 16 and "maxAwaitTimeMS" in command
        document = bson.BSON.encode(answer(command, self.server.server_address[0]))
        while not flags & 2:
            message = struct.pack("<IB", 2 if exhaust else 0, 0) + document
            number = self.send(number, 2013, message)
            if not exhaust:
                return
            document = bson.BSON.encode(answer(command, self.server.server_address[0]))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


if __name__ == "__main__":
    Server((sys.argv[1], 27017), Connection).serve_forever()
