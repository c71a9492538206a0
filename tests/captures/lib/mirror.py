#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes, out of a case, the capture of a mirror port that shows each frame twice, and its expect.json: what the case
expects, since no copy counts, with the copies in the summary.

usage: mirror.py span|routed CASE_DIRECTORY OUT_DIRECTORY
  span    the same frame again, 2 to 9 microseconds later (both directions of a switch are mirrored)
  routed  again 16 microseconds later, in a VLAN, with other MAC addresses and a TTL one lower (both sides of a router)
"""
import json
import os
import struct
import sys

from edit import classic, is_ip, read


def checksum(header):
    total = sum(struct.unpack("!%dH" % (len(header) // 2), header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def routed(data):
    link = bytes.fromhex("02aabbccdd0102aabbccdd02") + struct.pack("!HH", 0x8100, 50)
    ip = bytearray(data[14:])
    if data[12:14] == b"\x08\x00":
        ip[8] -= 1
        ip[10:12] = b"\0\0"
        ip[10:12] = struct.pack("!H", checksum(bytes(ip[:(ip[0] & 15) * 4])))
    else:
        ip[7] -= 1
    return link + data[12:14] + bytes(ip)


def main():
    kind, source, out = sys.argv[1:]
    name, new = os.path.basename(source), os.path.basename(out)
    packets, copies = [], 0
    for n, (time, size, data) in enumerate(read(os.path.join(source, name + ".pcap"))):
        packets.append((time, size, data))
        if not is_ip(data):
            continue
        copies += 1
        if kind == "span":
            packets.append((time + 2 + n % 8, size, data))
        else:
            packets.append((time + 16, size + 4, routed(data)))
    packets.sort(key=lambda p: p[0])
    with open(os.path.join(out, new + ".pcap"), "wb") as f:
        f.write(classic(packets))
    with open(os.path.join(source, "expect.json")) as f:
        text = f.read()
    expect = json.loads(text)
    summary = {**expect["summary"], "packets": expect["summary"]["packets"] + copies, "duplicates": copies}
    text = text.replace('"capture": "%s.pcap"' % name, '"capture": "%s.pcap"' % new)
    text = text.replace(json.dumps(expect["summary"]), json.dumps(summary))
    with open(os.path.join(out, "expect.json"), "w") as f:
        f.write(text)


if __name__ == "__main__":
    main()
