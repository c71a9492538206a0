#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A client of memcached that speaks what is asked for: cache_client.py text|meta|binary|udp ADDRESS.
Each line of a dialogue is what is sent and how the last line of the answer begins."""
import socket
import struct
import sys

TEXT = [
    (b"set word 0 0 3\r\nabc\r\n", b"STORED"),
    (b"get word\r\n", b"END"),
    (b"get nothing\r\n", b"END"),
    (b"gets word nothing word\r\n", b"END"),
    (b"add word 0 0 1\r\nx\r\n", b"NOT_STORED"),
    (b"replace word 0 0 4\r\nEND\n\r\n", b"STORED"),    # data that looks like an end
    (b"get word\r\n", b"END"),
    (b"append word 0 0 2\r\n\r\n\r\n", b"STORED"),
    (b"get word\r\n", b"END"),
    (b"set n 0 0 1\r\n7\r\n", b"STORED"),
    (b"incr n 5\r\n", b"12"),
    (b"decr n 1\r\n", b"11"),
    (b"incr word 1\r\n", b"CLIENT_ERROR"),              # an error
    (b"delete n\r\n", b"DELETED"),
    (b"delete n\r\n", b"NOT_FOUND"),
    (b"touch word 100\r\n", b"TOUCHED"),
    (b"gat 100 word\r\n", b"END"),
    (b"cas word 0 0 1 999999\r\nx\r\n", b"EXISTS"),
    (b"set quiet 0 0 1 noreply\r\nx\r\nget quiet\r\n", b"END"),
    (b"set large 0 0 20000\r\n" + b"v" * 20000 + b"\r\n", b"STORED"),
    (b"get large\r\n", b"END"),
    (b"version\r\n", b"VERSION"),
    (b"stats\r\n", b"END"),
    (b"verbosity 0\r\n", b"OK"),
    (b"nonsense\r\n", b"ERROR"),                        # an error
    (b"get word\r\nget nothing\r\nset p 0 0 2\r\npp\r\nget p\r\ndelete p\r\n", b"DELETED"),   # one write
    (b"flush_all\r\n", b"OK"),
]
META = [
    (b"ms key 5 T90\r\nvalue\r\n", b"HD"),
    (b"mg key v t f\r\n", b"value"),
    (b"mg missing v\r\n", b"EN"),
    (b"me key\r\n", b"ME"),
    (b"ms number 1\r\n4\r\n", b"HD"),
    (b"ma number v\r\n", b"5"),
    (b"md missing\r\n", b"NF"),
    (b"mg a v q\r\nmg key v q k\r\nmg b v q\r\nmn\r\n", b"MN"),   # only what is found is answered
    (b"md key q\r\nmn\r\n", b"MN"),
]


def talk(address, dialogue):
    with socket.create_connection((address, 11211)) as s:
        s.settimeout(5)
        for sent, last in dialogue:
            s.sendall(sent)
            got = b""
            while not (got.endswith(b"\r\n") and (b"\r\n" + got).rsplit(b"\r\n", 2)[-2].startswith(last)):
                more = s.recv(65536)
                assert more, (sent, got)
                got += more
        s.sendall(b"quit\r\n")
        assert s.recv(10) == b""


def packet(opcode, opaque, key=b"", extras=b"", value=b""):
    return struct.pack(">BBHBBHIIQ", 0x80, opcode, len(key), len(extras), 0, 0, len(extras + key + value), opaque, 0) + \
        extras + key + value


def binary(address):
    dialogue = [    # what is sent, opaque of the last answer
        (packet(0x01, 1, b"word", bytes(8), b"abc"), 1),
        (packet(0x00, 2, b"word"), 2),
        (packet(0x00, 3, b"nothing"), 3),
        (packet(0x0c, 4, b"word"), 4),
        (packet(0x02, 5, b"word", bytes(8), b"x"), 5),                                  # exists
        (packet(0x05, 6, b"n", struct.pack(">QQI", 1, 10, 0)), 6),
        (packet(0x05, 7, b"word", struct.pack(">QQI", 1, 10, 0)), 7),                   # an error
        (packet(0x0d, 8, b"a") + packet(0x0d, 9, b"word") + packet(0x0d, 10, b"b") + packet(0x0a, 11), 11),
        (packet(0x11, 12, b"quiet", bytes(8), b"q") + packet(0x04, 13, b"quiet"), 13),  # a set that is not answered
        (packet(0x10, 14), 14),                                                         # stats: many answers
        (packet(0x0b, 15), 15),
        (packet(0x5a, 16), 16),                                                         # an error
        (packet(0x08, 17), 17),
        (packet(0x07, 18), 18),
    ]
    with socket.create_connection((address, 11211)) as s:
        s.settimeout(5)
        for sent, opaque in dialogue:
            s.sendall(sent)
            got, last = b"", None
            while last != opaque:
                while len(got) < 24 or len(got) < 24 + struct.unpack(">I", got[8:12])[0]:
                    more = s.recv(65536)
                    assert more, opaque
                    got += more
                size = struct.unpack(">I", got[8:12])[0]
                last = struct.unpack(">I", got[12:16])[0]
                if got[1] == 0x10 and size:
                    last = None
                got = got[24 + size:]


def udp(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(5)
        for number, line in enumerate((b"set u 0 0 2\r\nab\r\n", b"get u\r\n", b"get missing\r\n", b"incr u 1\r\n"), 7):
            s.sendto(struct.pack(">HHHH", number, 0, 1, 0) + line, (address, 11211))
            assert s.recv(2000)[:8] == struct.pack(">HHHH", number, 0, 1, 0)
        s.sendto(struct.pack(">HHHH", 20, 0, 1, 0) + b"set u 0 0 1 noreply\r\nx\r\n", (address, 11211))


if __name__ == "__main__":
    mode, where = sys.argv[1:3]
    {"text": lambda: talk(where, TEXT), "meta": lambda: talk(where, META), "binary": lambda: binary(where),
     "udp": lambda: udp(where)}[mode]()
