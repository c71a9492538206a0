#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes one capture out of another: other wrappings, other file formats, damage. Standard library
only; reads classic pcap (little-endian, microseconds, Ethernet), which is what tcpdump wrote.

usage: edit.py KIND OUT IN...
  vlan | qinq | null | ipv6-extension            other wrappings (null joins several captures)
  pcapng | pcapng-nanosecond | nanosecond | big-endian     other file formats
  midstream       without SYN, SYN-ACK and the ACK that completes the handshake
  client-side     only what the side that sent the SYN sends
  truncated       ends in the middle of a record
  bad-record      a record in the middle claims to be two gigabytes long
  unknown-linktype | empty
"""
import struct
import sys

RAW_SECOND = 1000000


def read(path):
    """[(time in microseconds, original length, bytes)]"""
    with open(path, "rb") as f:
        data = f.read()
    magic, _, _, _, _, _, link = struct.unpack_from("<IHHiIII", data)
    if magic != 0xA1B2C3D4 or link != 1:
        raise SystemExit(path + ": not a little-endian Ethernet capture in microseconds")
    out, at = [], 24
    while at < len(data):
        seconds, fraction, kept, size = struct.unpack_from("<IIII", data, at)
        out.append((seconds * RAW_SECOND + fraction, size, data[at + 16:at + 16 + kept]))
        at += 16 + kept
    return out


def classic(packets, link=1, magic=0xA1B2C3D4, order="<", extra_digits=None):
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)]
    for time, size, data in packets:
        fraction = time % RAW_SECOND
        if extra_digits is not None:
            fraction = fraction * 1000 + extra_digits
        out.append(struct.pack(order + "IIII", time // RAW_SECOND, fraction, len(data), size) + data)
    return b"".join(out)


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def pcapng(packets, nanoseconds):
    """Section header, one interface, packets, a block of a private type that readers must skip, statistics."""
    resolution = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0) if nanoseconds else b""
    out = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
           block(1, struct.pack("<HHI", 1, 0, 262144) + resolution)]
    for n, (time, size, data) in enumerate(packets):
        stamp = time * 1000 + 321 if nanoseconds else time
        out.append(block(6, struct.pack("<IIIII", 0, stamp >> 32, stamp & 0xFFFFFFFF, len(data), size) + data))
        if n == len(packets) // 2:
            out.append(block(0x80001234, b"skip me!"))
    out.append(block(5, struct.pack("<III", 0, 0, 0)))
    return b"".join(out)


def tagged(packets, *tags):
    wrap = b"".join(struct.pack("!HH", kind, tag) for kind, tag in tags)
    return [(t, size + len(wrap), d[:12] + wrap + d[12:]) for t, size, d in packets]


def is_ip(data):
    return data[12:14] in (b"\x08\x00", b"\x86\xdd")


def loopback(packets):
    """BSD loopback: the address family in four bytes of the writer's order. IPv6 is 30 on macOS."""
    return [(t, size - 10, struct.pack("<I", 2 if d[12:14] == b"\x08\x00" else 30) + d[14:])
            for t, size, d in packets if is_ip(d)]


def extended(packets):
    """IPv6 with hop-by-hop options, destination options, both, or an unfragmented fragment header."""
    out = []
    for n, (t, size, d) in enumerate(packets):
        if d[12:14] == b"\x86\xdd":
            last = d[20:21]
            headers = {0: [(0, b"\0\1\4\0\0\0\0")], 1: [(60, b"\0\1\4\0\0\0\0")],
                       2: [(0, b"\0\5\2\0\0\1\0"), (60, b"\1\1\x0c" + bytes(12))],
                       3: [(44, b"\0\0\0" + struct.pack("!I", n))]}[n % 4]
            chain = b""
            for i, (_, body) in enumerate(headers):
                following = bytes([headers[i + 1][0]]) if i + 1 < len(headers) else last
                chain += following + body
            length = struct.unpack_from("!H", d, 18)[0] + len(chain)
            d = d[:18] + struct.pack("!H", length) + bytes([headers[0][0]]) + d[21:54] + chain + d[54:]
            size += len(chain)
        out.append((t, size, d))
    return out


def tcp_of(data):
    """(source, destination, flags, payload length) of an IPv4 TCP packet in Ethernet, or None"""
    if data[12:14] != b"\x08\x00" or data[23] != 6:
        return None
    at = 14 + (data[14] & 15) * 4
    sport, dport = struct.unpack_from("!HH", data, at)
    payload = struct.unpack_from("!H", data, 16)[0] - (at - 14) - (data[at + 12] >> 4) * 4
    return (data[26:30], sport), (data[30:34], dport), data[at + 13], payload


def midstream(packets):
    out, opening = [], set()
    for packet in packets:
        tcp = tcp_of(packet[2])
        if tcp:
            source, destination, flags, payload = tcp
            if flags & 2:
                if not flags & 16:
                    opening.add((source, destination))
                continue
            if (source, destination) in opening and payload == 0:
                opening.discard((source, destination))
                continue
        out.append(packet)
    return out


def client_side(packets):
    clients = {tcp_of(d)[:2] for _, _, d in packets if tcp_of(d) and tcp_of(d)[2] & 18 == 2}
    return [p for p in packets if not tcp_of(p[2]) or tcp_of(p[2])[:2] in clients]


def main():
    kind, out, sources = sys.argv[1], sys.argv[2], sys.argv[3:]
    packets = sorted((p for s in sources for p in read(s)), key=lambda p: p[0]) if len(sources) > 1 else read(sources[0])
    half = len(packets) // 2
    if kind == "vlan":
        data = classic(tagged(packets, (0x8100, 20)))
    elif kind == "qinq":
        data = classic(tagged(packets, (0x88A8, 100), (0x8100, 20)))
    elif kind == "null":
        data = classic(loopback(packets), link=0)
    elif kind == "ipv6-extension":
        data = classic(extended(packets))
    elif kind in ("pcapng", "pcapng-nanosecond"):
        data = pcapng(packets, kind != "pcapng")
    elif kind == "nanosecond":
        data = classic(packets, magic=0xA1B23C4D, extra_digits=321)
    elif kind == "big-endian":
        data = classic(packets, order=">")
    elif kind == "midstream":
        data = classic(midstream(packets))
    elif kind == "client-side":
        data = classic(client_side(packets))
    elif kind == "truncated":
        data = classic(packets[:half]) + classic(packets[half:half + 1])[24:][:16 + len(packets[half][2]) // 2]
    elif kind == "bad-record":
        time = packets[half][0]
        data = (classic(packets[:half]) + struct.pack("<IIII", time // RAW_SECOND, time % RAW_SECOND, 1 << 31, 1 << 31)
                + classic(packets[half:])[24:])
    elif kind == "unknown-linktype":
        data = classic(packets, link=147)
    elif kind == "empty":
        data = classic([])
    else:
        raise SystemExit(__doc__)
    with open(out, "wb") as f:
        f.write(data)


if __name__ == "__main__":
    main()
