# SPDX-License-Identifier: MIT
"""Reads a capture through tshark's fields and rebuilds TCP streams from them: for every byte, what
it is and when it was first seen. Knows nothing of PasTmon; lib/truth.py builds on it."""
import array
import subprocess

FIELDS = ("frame.number frame.time_epoch frame.protocols frame.len ip.src ip.dst ipv6.src ipv6.dst "
          "tcp.stream tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.len tcp.flags tcp.window_size_value "
          "tcp.options.mss_val tcp.payload udp.srcport udp.dstport udp.payload udp.length "
          "icmp.type icmp.code icmp.ident icmp.seq icmpv6.type icmpv6.code icmpv6.echo.identifier "
          "icmpv6.echo.sequence_number tcp.analysis.retransmission tcp.analysis.fast_retransmission "
          "tcp.analysis.spurious_retransmission tcp.analysis.out_of_order tcp.analysis.duplicate_ack "
          "tcp.analysis.keep_alive tcp.analysis.zero_window tcp.options.sack_le tcp.options.sack_re "
          "ip.fragment ipv6.fragment").split()
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


class Packet:
    """One frame. proto is tcp, udp, icmp, icmpv6, other-ip or not-ip; quoted holds what an ICMP
    error quotes as (proto, source, source port, destination, destination port)."""

    def __init__(self, fields):
        get = {k: v.split("\x1e") for k, v in zip(FIELDS, fields) if v != ""}
        self.get = get
        one = lambda k, d=None: get[k][0] if k in get else d
        number = lambda k, d=None: int(one(k), 0) if k in get else d
        self.number = int(one("frame.number"))
        seconds, _, fraction = one("frame.time_epoch").partition(".")
        self.time = int(seconds) * 1000000 + int((fraction + "000000")[:6])
        self.size = int(one("frame.len"))
        layers = one("frame.protocols").split(":")
        self.src = one("ip.src") or one("ipv6.src")
        self.dst = one("ip.dst") or one("ipv6.dst")
        self.proto = next((x for x in layers if x in ("tcp", "udp", "icmp", "icmpv6")), None)
        if self.proto is None:
            self.proto = "other-ip" if self.src else "not-ip"
        self.quoted = None
        if self.proto == "tcp":
            self.stream, self.sport, self.dport = number("tcp.stream"), number("tcp.srcport"), number("tcp.dstport")
            self.seq, self.ack, self.len = number("tcp.seq_raw"), number("tcp.ack_raw", 0), number("tcp.len")
            self.flags, self.window = number("tcp.flags"), number("tcp.window_size_value")
            self.mss = number("tcp.options.mss_val")
            self.payload = bytes.fromhex(one("tcp.payload", "")) if self.len else b""
            self.sack = set(zip(get.get("tcp.options.sack_le", []), get.get("tcp.options.sack_re", [])))
        elif self.proto == "udp":
            self.sport, self.dport = number("udp.srcport"), number("udp.dstport")
            self.payload = bytes.fromhex(one("udp.payload", ""))
            self.len = number("udp.length", 8) - 8
        elif self.proto in ("icmp", "icmpv6"):
            v6 = self.proto == "icmpv6"
            self.type, self.code = number(self.proto + ".type"), number(self.proto + ".code")
            self.ident = number("icmpv6.echo.identifier" if v6 else "icmp.ident")
            self.sequence = number("icmpv6.echo.sequence_number" if v6 else "icmp.seq")
            addresses = list(zip(get.get("ipv6.src" if v6 else "ip.src", []), get.get("ipv6.dst" if v6 else "ip.dst", [])))
            if len(addresses) > 1:
                for l4 in ("tcp", "udp"):
                    if l4 + ".srcport" in get:
                        self.quoted = (l4, addresses[1][0], number(l4 + ".srcport"), addresses[1][1], number(l4 + ".dstport"))


def read(path, *, allow_damage=False, fragments=False, options=()):
    """All frames. With `fragments` tshark puts datagrams together: the frame that completes one has all of its payload,
    and `first` is the time of the earliest frame that brought a part."""
    together = "TRUE" if fragments else "FALSE"
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=\x1f", "-E", "aggregator=\x1e",
               "-E", "occurrence=a", "-o", "tcp.desegment_tcp_streams:FALSE", "-o", "ip.defragment:" + together,
               "-o", "ipv6.defragment:" + together, *options]
    for f in FIELDS:
        command += ["-e", f]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode and not allow_damage:
        raise SystemExit("tshark: " + done.stderr)
    packets = [Packet(line.split("\x1f")) for line in done.stdout.split("\n") if line]
    times = {p.number: p.time for p in packets}
    for p in packets:
        parts = p.get.get("ip.fragment", []) + p.get.get("ipv6.fragment", []) if fragments and p.proto == "udp" else []
        p.first = min([p.time] + [times[int(n)] for n in parts])
    return packets


class Side:
    """What one end of a connection sent."""

    def __init__(self):
        self.base = None                # sequence number of stream byte 0
        self.data = bytearray()
        self.when = array.array("q")    # first sighting of each byte, -1 while not seen
        self.top = 0                    # end of the highest byte seen
        self.fin = self.rst = None      # time
        self.packets = self.bytes = self.retransmissions = self.out_of_order = 0
        self.resets = self.zero_windows = self.keep_alives = 0
        self.duplicate_acks = self.duplicate_acks_by_sack = 0
        self.gap_since = {}             # first byte of a hole -> when it opened
        self.acked = None               # acknowledgement this side has sent last, and its window
        self.sacked = set()

    def offset(self, seq):
        if self.base is None:
            self.base = seq
        d = (seq - self.base) & 0xFFFFFFFF
        return d - (1 << 32) if d > 1 << 31 else d

    def payload(self):
        return sum(1 for t in self.when if t >= 0)

    def whole(self):
        """The stream up to its first hole."""
        end = next((i for i, t in enumerate(self.when) if t < 0), len(self.when))
        return bytes(self.data[:end])

    def first(self, start, end):
        return min(self.when[start:end])

    def last(self, start, end):
        return max(self.when[start:end])

    def take(self, p, patience):
        """Notes a segment; counts it as a repetition or as out of order, as metrics.md says."""
        start = self.offset(p.seq)
        if p.len <= 1 and start == self.top - 1 and not p.flags & (SYN | FIN | RST):
            self.keep_alives += 1  # probes carry no news
            return
        if not p.len:
            return
        end = start + p.len
        if start < 0:
            raise SystemExit("frame %d lies before the stream's first byte" % p.number)
        if end > len(self.when):
            grow = end - len(self.when)
            self.data.extend(bytes(grow))
            self.when.extend([-1] * grow)
        seen = [self.when[i] >= 0 for i in range(start, end)]
        if start > self.top:
            for i in range(self.top, start):
                self.gap_since[i] = p.time
        elif any(seen):
            self.retransmissions += 1
        elif start < self.top:
            opened = self.gap_since[start]
            if p.time - opened > patience:
                self.retransmissions += 1
            else:
                self.out_of_order += 1
        for i, known in enumerate(seen):
            if not known:
                self.when[start + i] = p.time
                self.data[start + i] = p.payload[i] if i < len(p.payload) else 0
        self.top = max(self.top, end)


class Stream:
    """One TCP connection."""

    def __init__(self):
        self.client = self.server = None    # (address, port)
        self.up, self.down = Side(), Side()  # from the client, from the server
        self.syns, self.synacks = [], []
        self.established = None             # time of the completing ACK
        self.refused = None
        self.packets = []
        self.start = None

    @property
    def connect_time(self):
        return self.established - self.syns[0] if self.established and self.syns else None

    def clean_handshake(self):
        return len(self.syns) == 1 and len(self.synacks) == 1 and self.established is not None

    def side(self, p):
        return (self.up, self.down) if (p.src, p.sport) == self.client else (self.down, self.up)

    def add(self, p):
        if self.client is None:
            towards_server = not (p.flags & SYN and p.flags & ACK) and (p.flags & SYN or p.dport < p.sport)
            self.client, self.server = ((p.src, p.sport), (p.dst, p.dport))
            if not towards_server:
                self.client, self.server = self.server, self.client
            self.start = p.time
        self.packets.append(p)
        mine, other = self.side(p)
        mine.packets += 1
        mine.bytes += p.size
        if p.flags & SYN:
            mine.base = (p.seq + 1) & 0xFFFFFFFF
            (self.synacks if p.flags & ACK else self.syns).append(p.time)
            return
        if p.flags & RST:
            mine.resets += 1
            mine.rst = mine.rst or p.time
            if self.syns and not self.synacks and mine is self.down:
                self.refused = p.time
            return
        if self.synacks and self.established is None and mine is self.up and p.flags & ACK:
            self.established = p.time
        if p.window == 0 and not p.flags & FIN:
            mine.zero_windows += 1
        outstanding = other.base is not None and other.offset(p.ack) < other.top
        if mine.acked and mine.acked[0] == p.ack and outstanding and p.len == 0 and not p.flags & FIN:
            # RFC 5681 wants the same window, but lets SACK decide instead
            mine.duplicate_acks += mine.acked[1] == p.window
            mine.duplicate_acks_by_sack += mine.acked[1] == p.window or not p.sack <= mine.sacked
        mine.acked = (p.ack, p.window)
        mine.sacked |= p.sack
        mine.take(p, self.connect_time if self.connect_time is not None else 3000)
        if p.flags & FIN:
            mine.fin = mine.fin or p.time


def streams(packets):
    """The TCP connections in order of appearance."""
    found = {}
    for p in packets:
        if p.proto == "tcp":
            found.setdefault(p.stream, Stream()).add(p)
    return list(found.values())
