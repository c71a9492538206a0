#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A link that misbehaves on purpose: two TUN devices in two network namespaces, and between them
delay, loss, reordering and rules for single packets. "up" is from the inside to the outside.

usage: relay.py --inside NETNS --outside NETNS [--delay-up MS] [--delay-down MS] [--jitter MS]
                [--loss PERCENT] [--reorder PERCENT] [--seed N] [--rule RULE]...
RULE: up|down ":" syn|data ":" NUMBER ":" drop | hold=MS | twice
  "down:data:3:drop" drops the third packet with TCP payload that goes down, counted from the start
  (repeated packets count too); "hold" lets later packets overtake; "twice" sends it twice.
"""
import argparse
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def open_tun(netns, name):
    with open("/run/netns/" + netns) as handle:
        if LIBC.setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns " + netns)
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def tcp_kinds(packet):
    """The rule kinds a packet counts for: {"syn"}, {"data"} or nothing."""
    if packet[0] >> 4 == 4:
        offset, protocol, end = (packet[0] & 15) * 4, packet[9], struct.unpack_from("!H", packet, 2)[0]
    else:
        offset, protocol, end = 40, packet[6], 40 + struct.unpack_from("!H", packet, 4)[0]
    if protocol != 6 or len(packet) < offset + 20:
        return set()
    kinds = set()
    if packet[offset + 13] & 2:
        kinds.add("syn")
    if end - offset - (packet[offset + 12] >> 4) * 4 > 0:
        kinds.add("data")
    return kinds


class Direction:
    def __init__(self, name, delay, out):
        self.name, self.delay, self.out = name, delay, out
        self.seen = {"syn": 0, "data": 0}
        self.last_release = 0.0


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--inside", required=True)
    p.add_argument("--outside", required=True)
    p.add_argument("--delay-up", type=float, default=0)
    p.add_argument("--delay-down", type=float, default=0)
    p.add_argument("--jitter", type=float, default=0)
    p.add_argument("--loss", type=float, default=0)
    p.add_argument("--reorder", type=float, default=0)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rule", action="append", default=[])
    o = p.parse_args()
    rules = {}
    for text in o.rule:
        way, kind, number, action = text.split(":")
        rules[(way, kind, int(number))] = action
    dice = random.Random(o.seed)
    inside = open_tun(o.inside, "tun0")
    outside = open_tun(o.outside, "tun-" + o.inside)
    ways = {inside: Direction("up", o.delay_up / 1000, outside),
            outside: Direction("down", o.delay_down / 1000, inside)}
    queue, serial = [], 0
    poll = select.poll()
    for fd in ways:
        poll.register(fd, select.POLLIN)

    while True:
        wait = max(0.0, queue[0][0] - time.monotonic()) if queue else 1.0
        for fd, _ in poll.poll(wait * 1000):
            try:
                packet = os.read(fd, 65536)
            except OSError:
                continue
            way, now = ways[fd], time.monotonic()
            actions = []
            for kind in tcp_kinds(packet):
                way.seen[kind] += 1
                actions.append(rules.get((way.name, kind, way.seen[kind]), ""))
            if "drop" in actions or dice.random() * 100 < o.loss:
                continue
            release = max(way.last_release, now + way.delay + dice.random() * o.jitter / 1000)
            held = [float(a[5:]) for a in actions if a.startswith("hold=")]
            if held:
                release += held[0] / 1000
            elif dice.random() * 100 < o.reorder:
                release += 0.012
            else:
                way.last_release = release
            for _ in range(2 if "twice" in actions else 1):
                serial += 1
                heapq.heappush(queue, (release, serial, packet, way.out))
        now = time.monotonic()
        while queue and queue[0][0] <= now:
            _, _, packet, out = heapq.heappop(queue)
            try:
                os.write(out, packet)
            except OSError:
                pass  # the device is not up yet, or the packet is of no use to the kernel


if __name__ == "__main__":
    main()
