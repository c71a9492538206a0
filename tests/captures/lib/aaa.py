# SPDX-License-Identifier: MIT
"""Servers and clients of TACACS+ and Diameter, for the captures: they speak just enough of it.

usage: aaa.py serve tacacs|diameter ADDRESS
       aaa.py ask tacacs|diameter ADDRESS
"""
import hashlib
import socket
import struct
import sys
import time

from exactly import exactly

SECRET = b"testing"


# ---- TACACS+ (RFC 8907): the body is scrambled with a chain of MD5 sums
def tacacs(kind, number, session, body):
    head = struct.pack(">BBBB4sI", 0xc0, kind, number, 0, session, len(body))
    pad, last = b"", b""
    while len(pad) < len(body):
        last = hashlib.md5(session + SECRET + b"\xc0" + bytes([number]) + last).digest()
        pad += last
    return head + bytes(a ^ b for a, b in zip(body, pad))


def read_tacacs(connection):
    head = exactly(connection, 12)
    exactly(connection, int.from_bytes(head[8:12], "big"))
    return head[1], head[2], head[4:8]


def serve_tacacs(connection):
    while True:
        kind, number, session = read_tacacs(connection)
        time.sleep(0.004)
        if kind == 1:       # authentication: 5 asks for the password, 1 lets in
            body = struct.pack(">BBHH", 5 if number == 1 else 1, 0, 10 if number == 1 else 0, 0) + (b"Password: " if number == 1 else b"")
        elif kind == 2:     # authorisation: granted, without additions
            body = struct.pack(">BBHH", 1, 0, 0, 0)
        else:               # accounting: written down
            body = struct.pack(">HHB", 0, 0, 1)
        connection.sendall(tacacs(kind, number + 1, session, body))


def ask_tacacs(address):
    with socket.create_connection((address, 49)) as c:
        c.sendall(tacacs(1, 1, b"ses1", struct.pack(">8B", 1, 1, 1, 1, 5, 4, 5, 0) + b"user1tty1desk1"))
        read_tacacs(c)
        c.sendall(tacacs(1, 3, b"ses1", struct.pack(">HHB", 6, 0, 0) + b"secret"))
        read_tacacs(c)
    for kind in (2, 3):
        with socket.create_connection((address, 49)) as c:
            flags = b"\x02" if kind == 3 else b""
            c.sendall(tacacs(kind, 1, b"ses%d" % kind, flags + struct.pack(">8B", 6, 1, 1, 1, 5, 4, 5, 0) + b"user1tty1desk1"))
            read_tacacs(c)


# ---- Diameter (RFC 6733)
def avp(code, data):
    size = 8 + len(data)
    return struct.pack(">II", code, 0x40 << 24 | size) + data + bytes(-size % 4)


def diameter(flags, command, application, hop, *avps):
    body = b"".join(avps)
    return struct.pack(">IIIII", 1 << 24 | 20 + len(body), flags << 24 | command, application, hop, hop ^ 0x5a5a) + body


def read_diameter(connection):
    """(flags, command, application, hop by hop number, body)"""
    head = exactly(connection, 20)
    body = exactly(connection, int.from_bytes(head[1:4], "big") - 20)
    return head[4], int.from_bytes(head[5:8], "big"), int.from_bytes(head[8:12], "big"), int.from_bytes(head[12:16], "big"), body


def origin(host):
    return avp(264, host + b".example.net") + avp(296, b"example.net")


def answer(request, result, host):
    flags, command, application, hop, body = request
    session = avp(263, body[8:int.from_bytes(body[5:8], "big")]) if body[3:4] == b"\x07" and body[2:3] == b"\x01" else b""
    return diameter(flags & 0x40 | (0x20 if result // 1000 == 3 else 0), command, application, hop, session,
                    avp(268, struct.pack(">I", result)), origin(host))


def serve_diameter(connection):
    waiting = []
    while True:
        request = read_diameter(connection)
        if not request[0] & 0x80:
            continue
        if request[1] != 272:
            connection.sendall(answer(request, 3001 if request[1] == 999 else 2001, b"auth1"))
            if request[1] == 257:       # the server asks, too
                time.sleep(0.1)
                connection.sendall(diameter(0x80, 280, 0, 0x77000001, origin(b"auth1")))
            continue
        waiting.append(request)
        if len(waiting) == 3:           # the second one is refused; answers in another order
            for number, result in ((2, 2001), (1, 4012), (0, 2001)):
                time.sleep(0.01)
                connection.sendall(answer(waiting[number], result, b"auth1"))


def ask_diameter(address):
    with socket.create_connection((address, 3868)) as c:
        def reply(hop):
            while True:
                m = read_diameter(c)
                if m[0] & 0x80:
                    c.sendall(answer(m, 2001, b"desk1"))
                elif m[3] == hop:
                    return
        c.sendall(diameter(0x80, 257, 0, 0x11000001, origin(b"desk1")))
        reply(0x11000001)
        session = avp(263, b"desk1.example.net;1;1")
        c.sendall(b"".join(diameter(0xc0, 272, 4, 0x11000002 + n, session, origin(b"desk1")) for n in range(3)))
        for n in (2, 1, 0):
            reply(0x11000002 + n)
        c.sendall(diameter(0x80, 999, 4, 0x11000009, session, origin(b"desk1")))
        reply(0x11000009)
        c.sendall(diameter(0x80, 282, 0, 0x1100000a, origin(b"desk1")))
        reply(0x1100000a)


def main():
    what, name, address = sys.argv[1:]
    if what == "ask":
        return globals()["ask_" + name](address)
    with socket.create_server((address, {"tacacs": 49, "diameter": 3868}[name])) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                try:
                    globals()["serve_" + name](connection)
                except ConnectionError:
                    pass


main()
