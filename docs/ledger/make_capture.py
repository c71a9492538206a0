#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes ledger.pcap: a conversation in Ledger, the invented protocol of docs/writing-signatures.md.
    make_capture.py [FILE]"""
import struct
import sys

CLIENT, SERVER, PORT = bytes([192, 0, 2, 10]), bytes([192, 0, 2, 20]), 7411
MILLISECOND = 1000


def frame(kind, number, body=b""):
    """Length of what follows, version, kind, number, body."""
    return struct.pack("!IBcH", 4 + len(body), 1, kind, number) + body


class Connection:
    """One TCP connection as Ethernet frames with times, in microseconds."""

    def __init__(self, client_port, begin):
        self.packets, self.now = [], begin
        self.ends = {True: [CLIENT, client_port, 1000], False: [SERVER, PORT, 9000]}

    def send(self, from_client, after, data=b"", flags=0x18):
        """`after` microseconds later one side sends `data`."""
        self.now += after
        me, peer = self.ends[from_client], self.ends[not from_client]
        tcp = struct.pack("!HHIIBBHHH", me[1], peer[1], me[2], 0 if flags == 2 else peer[2], 0x50, flags, 64000, 0, 0)
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(data), len(self.packets), 0, 64, 6, 0, me[0], peer[0])
        self.packets.append((self.now, bytes.fromhex("02000000000102000000000a0800") + ip + tcp + data))
        me[2] += len(data) + (flags & 3 != 0)

    def open(self):
        self.send(True, 0, flags=0x02)
        self.send(False, 200, flags=0x12)
        self.send(True, 100, flags=0x10)

    def close(self):
        self.send(True, MILLISECOND, flags=0x11)
        self.send(False, 100, flags=0x11)
        self.send(True, 100, flags=0x10)


def conversation():
    c = Connection(40000, 1_700_000_000 * 1_000_000)
    c.open()
    for number in range(1, 6):  # five balances, 2 ms each
        c.send(True, 20 * MILLISECOND, frame(b"B", number, b"account-7"))
        c.send(False, 2 * MILLISECOND, frame(b"r", number, struct.pack("!Q", 4200 + number)))
    c.send(True, MILLISECOND, frame(b"T", 6, b"account-7>account-9:100"))  # a transfer, slow …
    c.send(True, MILLISECOND, frame(b"B", 7, b"account-9"))                # … and a balance that overtakes it
    c.send(False, 3 * MILLISECOND, frame(b"r", 7, struct.pack("!Q", 17)))
    c.send(False, 2 * MILLISECOND, frame(b"n", 0, b"rates changed"))       # a notice: nobody has asked
    c.send(False, 85 * MILLISECOND, frame(b"r", 6))
    c.send(True, MILLISECOND, frame(b"T", 8, b"account-9>account-7:99999"))
    c.send(False, 5 * MILLISECOND, frame(b"e", 8, b"not enough money"))
    c.send(True, MILLISECOND, frame(b"L", 9, b"account-7"))                # a list comes in several messages
    for part in (b"page 1", b"page 2", b"page 3"):
        c.send(False, 10 * MILLISECOND, frame(b"p", 9, part))
    c.send(False, MILLISECOND, frame(b"r", 9))
    c.close()
    return c.packets


def main():
    with open(sys.argv[1] if len(sys.argv) > 1 else "ledger.pcap", "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for time, packet in conversation():
            file.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(packet), len(packet)) + packet)


main()
