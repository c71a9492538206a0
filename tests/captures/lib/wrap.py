#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes, out of a capture, one that shows the same packets inside a tunnel or behind another link header. Standard library
only; reads classic pcap (little-endian, microseconds, Ethernet).

usage: wrap.py KIND OUT IN          wrap.py list
"""
import struct
import sys

from edit import classic, is_ip, read

MAC = bytes.fromhex("020000aa0002020000aa0001")
WIFI = struct.pack("<HH", 0x0208, 0) + MAC + MAC[:6] + b"\0\0"  # from the access point


def snap(d):
    return bytes.fromhex("aaaa03000000") + d[12:]


def checksum(header):
    total = sum(struct.unpack("!%dH" % (len(header) // 2), header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Wrap:
    """Each method takes an Ethernet frame with an IP packet and gives the wrapped one."""
    ident = 0

    def ip(self, protocol, payload):
        Wrap.ident = (Wrap.ident + 1) & 0xFFFF
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), Wrap.ident or 1, 0x4000, 64, protocol, 0,
                           bytes([172, 31, 0, 1]), bytes([172, 31, 0, 2]))
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        return MAC + b"\x08\x00" + head + payload

    def udp(self, port, payload):
        return self.ip(17, struct.pack("!HHHH", 49152, port, 8 + len(payload), 0) + payload)

    def mpls(self, d):
        return d[:12] + b"\x88\x47" + bytes.fromhex("000100400002013f") + d[14:]

    def mpls_ethernet(self, d):
        return MAC + b"\x88\x47" + bytes.fromhex("0002013f") + bytes(4) + d

    def pppoe(self, d):
        protocol = b"\x00\x21" if d[12:14] == b"\x08\x00" else b"\x00\x57"
        return d[:12] + b"\x88\x64\x11\x00\x00\x09" + struct.pack("!H", len(d) - 12) + protocol + d[14:]

    def gre(self, d):
        return self.ip(47, bytes.fromhex("3000") + d[12:14] + struct.pack("!II", 42, 7) + d[14:])

    def gre_ethernet(self, d):
        return self.ip(47, bytes.fromhex("00006558") + d)

    def erspan_1(self, d):
        return self.ip(47, bytes.fromhex("000088be") + d)

    def erspan_2(self, d):
        return self.ip(47, bytes.fromhex("100088be") + struct.pack("!III", 9, 0x10010005, 1) + d)

    def erspan_3(self, d):
        return self.ip(47, bytes.fromhex("100022eb") + struct.pack("!IIIHH", 9, 0x20010005, 1, 0, 0) + d)

    def geneve(self, d):
        return self.udp(6081, bytes.fromhex("0240655800000500") + bytes.fromhex("0102000100000000") + d)

    def vxlan(self, d):
        return self.udp(4789, bytes.fromhex("0800000000000500") + d)

    def ip_in_ip(self, d):
        return self.ip(4, d[14:])

    def gtp_u(self, d):
        return self.udp(2152, struct.pack("!BBHIHBB", 0x32, 0xFF, len(d) - 14 + 4, 77, 1, 0, 0) + d[14:])

    def l2tp(self, d):
        return self.udp(1701, struct.pack("!HHHH", 0x4002, len(d) - 14 + 12, 1, 2) + b"\xff\x03\x00\x21" + d[14:])

    def nested(self, d):
        """VXLAN inside GRE inside a VLAN behind MPLS."""
        inner = self.gre(self.vxlan(d))
        return MAC + b"\x81\x00\x00\x14\x88\x47" + bytes.fromhex("0002013f") + inner[14:]

    def ieee802_11(self, d):
        return WIFI + snap(d)

    def radiotap(self, d):
        return struct.pack("<BBHIQB", 0, 0, 17, 3, 1, 0x10) + WIFI + snap(d) + bytes(4)

    def ppp(self, d):
        return b"\xff\x03\x00\x21" + d[14:]


LINKS = {"ieee802_11": 105, "radiotap": 127, "ppp": 9}
KINDS = [n for n in vars(Wrap) if n not in ("ip", "udp", "ident") and not n.startswith("_")]


def main():
    if sys.argv[1:] == ["list"]:
        print("\n".join(KINDS))
        return
    kind, out, source = sys.argv[1:]
    wrap = getattr(Wrap(), kind)
    packets = [(time, size, wrap(data)) for time, size, data in read(source) if is_ip(data)]
    packets = [(time, len(data), data) for time, _, data in packets]
    with open(out, "wb") as f:
        f.write(classic(packets, link=LINKS.get(kind, 1)))


if __name__ == "__main__":
    main()
