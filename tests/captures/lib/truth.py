#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Works out what a capture holds, by the definitions of docs/metrics.md but from tshark's fields and
with code of its own, compares the counts with what the clients say they did, and writes expect.json
and the table at the end of README.md. It never runs pastmon.

usage: truth.py DIRECTORY CAPTURE [--declare "SIGNATURE|CLIENT|SERVER|PORT|COUNT[|KEY=NUMBER | KEY>=US | KEY<=US]..."]...
  --declare  what the client did; a difference is an error. "errors=1"; "response_time_us>=200000"
             bounds the smallest sample from below, "<=" the largest from above.
  --port N=NAME     read TCP port N as: http, smtp, pgsql, resp, dns, turns, or a name of a speech_*.py
  --shows FILE      the signature file of etc/signatures.d whose services this capture shows
  --leave-out SIGNATURE[@CLIENT]:KEY[,KEY...]   keys that cannot be known for sure in this capture
  --later SIGNATURE   put its rows under "later": services that come after the first ones
  --absent SIGNATURE  no row of this signature may have transactions
  --open SIGNATURE    nothing is said about this signature
  --damaged           the capture is cut; the rows are those before the damage, exit status 1
  --undeclared        skip the comparison with what the client did (a cut capture)
  --only-sums         no rows but TCP SYNACK: the payload is incomplete
  --no-bytes          leave out bytes_*: the link layer is not what was on the wire
  --no-sums           leave out all sums
  --fragments         datagrams came in IP fragments: put them together
"""
import argparse
import glob
import importlib
import json
import os

import speech
import wire

LOOSE = []  # readers of packets whose answers come from elsewhere: see speech_infra.py

for _path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "speech_*.py"))):
    # A group of protocols: PORTS (TCP port: parser of a stream), DATAGRAMS (UDP port: reader of a datagram),
    # ANNOUNCES (TCP port: where the streams of it say that others will come).
    _module = importlib.import_module(os.path.basename(_path)[:-3])
    for _name in ("PORTS", "DATAGRAMS", "ANNOUNCES"):
        getattr(speech, _name).update(getattr(_module, _name, {}))
    LOOSE += getattr(_module, "LOOSE", ())
    for _name, _parser in vars(_module).items():
        if callable(_parser) and not hasattr(speech, _name):
            setattr(speech, _name, _parser)

COUNTERS = ("transactions", "answered", "unanswered", "refused", "aborted", "errors", "early")
UNREACHABLE = lambda p: (p.proto == "icmp" and p.type == 3 and p.code != 4) or (p.proto == "icmpv6" and p.type == 1)


class Rows:
    def __init__(self):
        self.rows, self.without = {}, {}

    def row(self, signature, client, server, port):
        key = (signature, client, server, port)
        return self.rows.setdefault(key, {**dict(zip(("signature", "client", "server", "port"), key)),
                                          **dict.fromkeys(COUNTERS, 0)})

    def count(self, row, outcome, error=False):
        row["transactions"] += 1
        row[outcome] += 1
        row["errors"] += bool(error)

    def sample(self, row, key, value):
        if value is None:
            self.drop(row, key)
            return
        s = row.setdefault(key, {"count": 0, "sum": 0, "min": value, "max": value})
        s["count"] += 1
        s["sum"] += value
        s["min"], s["max"] = min(s["min"], value), max(s["max"], value)

    def drop(self, row, *keys):
        """Keys that this row shall not have, because one of its transactions leaves them open."""
        key = tuple(row[k] for k in ("signature", "client", "server", "port"))
        self.without.setdefault(key, set()).update(keys)

    def done(self):
        for key, names in self.without.items():
            for n in names:
                self.rows[key].pop(n, None)
        return sorted(self.rows.values(), key=lambda r: (r["signature"], r["client"], r["server"], r["port"]))


TIMES = ("response_time_us", "server_time_us", "request_time_us", "transfer_time_us", "transaction_time_us")
SIZES = ("request_bytes", "response_bytes")


def add_handshake(rows, stream, quoted):
    if not stream.syns:
        return
    row = rows.row("TCP SYNACK", stream.client[0], stream.server[0], stream.server[1])
    if stream.synacks:
        rows.count(row, "answered")
        rows.sample(row, "response_time_us", stream.synacks[0] - stream.syns[0])
        if stream.clean_handshake():
            rows.sample(row, "connect_time_us", stream.established - stream.syns[0])
            rows.sample(row, "connect_rtt_server_us", stream.synacks[0] - stream.syns[0])
            rows.sample(row, "connect_rtt_client_us", stream.established - stream.synacks[0])
        else:
            rows.drop(row, "connect_time_us", "connect_rtt_server_us", "connect_rtt_client_us")
        if len(stream.syns) == len(stream.synacks) == 1:
            for p in stream.packets:
                if p.flags & wire.SYN and p.mss:
                    rows.sample(row, "mss_client" if stream.side(p)[0] is stream.up else "mss_server", p.mss)
        else:
            rows.drop(row, "mss_client", "mss_server")
    elif stream.refused or ("tcp",) + stream.client + stream.server in quoted:
        rows.count(row, "refused")
    else:
        rows.count(row, "unanswered")


def add_exchanges(rows, stream, parse):
    previous_end = None
    for e in parse(stream):
        up, down = (stream.down, stream.up) if e.back else (stream.up, stream.down)
        asker, other = (stream.server, stream.client) if e.back else (stream.client, stream.server)
        row = rows.row(e.name, asker[0], other[0], other[1])
        outcome = e.outcome or ("answered" if e.r else "unanswered")
        rows.count(row, outcome, e.error and outcome == "answered")
        if outcome != "answered":
            rows.drop(row, *SIZES)
            continue
        if e.wait:
            row.setdefault("response_time_us", {"count": 0})
            row["early"] += e.early
            continue
        if not e.times:
            rows.drop(row, *TIMES, *SIZES, "early")
            continue
        r0, r1 = down.first(*e.r), down.last(*e.r)
        if e.q is None:
            q0 = q1 = stream.established
            rows.drop(row, "server_time_us", "request_time_us", "transaction_time_us", *SIZES)
        else:
            q0, q1 = up.first(*e.q), up.last(*e.q)
            rows.sample(row, "request_time_us", q1 - q0)
        if q1 is None:
            rows.drop(row, *TIMES)
            continue
        row["early"] += r0 < q1
        rows.sample(row, "response_time_us", max(0, r0 - q1))
        if stream.clean_handshake() and not e.back and not up.retransmissions:
            rtt = stream.synacks[0] - stream.syns[0]
            begin = max(q1, previous_end) if previous_end is not None and not e.by_id else q1
            if e.behind:
                begin = max(begin, down.last(*e.behind))
            rows.sample(row, "server_time_us", max(0, r0 - begin - rtt))
        else:
            rows.drop(row, "server_time_us")
        if e.partial:
            rows.drop(row, "transfer_time_us", "transaction_time_us", *SIZES)
        else:
            rows.sample(row, "transfer_time_us", r1 - r0)
            rows.sample(row, "transaction_time_us", r1 - q0)
            if e.q is not None:
                sizes = e.sizes or (e.q[1] - e.q[0], e.r[1] - e.r[0])
                rows.sample(row, "request_bytes", sizes[0])
                rows.sample(row, "response_bytes", sizes[1])
        previous_end = r1


def add_datagrams(rows, packets, quoted):
    """Datagrams of a service, and echo: a repeated request is one transaction, timed from its first transmission."""
    open_ones = {}
    for p in packets:
        loose = next((read for read in (r(p) for r in LOOSE) if read), None)
        served = p.proto == "udp" and next((n for n in (p.dport, p.sport) if n in speech.DATAGRAMS), None)
        if loose:
            reply, key, name, error = loose
            ends = (p.src, p.sport, p.dst, p.dport)
            if reply and key in open_ones:
                asked = open_ones[key][4]
                ends = (asked[0], asked[1], p.src, asked[3])    # listed under who answered
            port, last = ends[3], True
        elif served and p.payload:
            read = speech.DATAGRAMS[served](p.payload)
            if read is None:
                continue
            reply, ident, name, error, *more = read
            last = not more or more[0]  # False: an answer that another one follows
            ends = (p.dst, p.dport, p.src, p.sport) if reply else (p.src, p.sport, p.dst, p.dport)
            key, port = (ends, ident), ends[3]
        elif p.proto in ("icmp", "icmpv6") and p.type in ((8, 0) if p.proto == "icmp" else (128, 129)):
            reply = p.type in (0, 129)
            ends = (p.dst, None, p.src, None) if reply else (p.src, None, p.dst, None)
            last = True
            name, port, error = ("ICMP ECHO" if p.proto == "icmp" else "ICMPv6 ECHO"), 0, False
            key = (ends, p.ident, p.sequence)
        else:
            continue
        if not reply:
            if key not in open_ones or open_ones[key][2] is not None:
                open_ones[key] = [name, p, None, [], ends]
        elif key in open_ones and open_ones[key][2] is None:
            request, begun = open_ones[key][1], open_ones[key][3]
            begun.append(p)
            if not last:
                continue
            open_ones[key][2] = p
            row = rows.row(open_ones[key][0], ends[0], ends[2], port)
            rows.count(row, "answered", error)
            rows.sample(row, "response_time_us", begun[0].first - request.time)
            rows.sample(row, "transaction_time_us", p.time - request.first)
            rows.sample(row, "request_time_us", request.time - request.first)
            rows.sample(row, "transfer_time_us", p.time - begun[0].first)
            if port:
                rows.sample(row, "request_bytes", request.len)
                rows.sample(row, "response_bytes", sum(b.len for b in begun))
    for name, request, response, _, ends in open_ones.values():
        if response is None:
            row = rows.row(name, ends[0], ends[2], ends[3] or 0)
            rows.drop(row, *SIZES)
            rows.count(row, "refused" if ("udp",) + ends in quoted else "unanswered")


def called_back(streams):
    """{stream that another one announced: whether its client listens}"""
    known = {}
    for s in streams:
        if s.server[1] in speech.ANNOUNCES:
            known.update(speech.ANNOUNCES[s.server[1]](s))
    return {s: known[s.server] for s in streams if s.server in known}


def add_announced(rows, announced, name="FTP DATA"):
    """Packets only, without the handshake's. The client is the one who gave the commands."""
    for s, back in announced.items():
        client, server = (s.server, s.client) if back else (s.client, s.server)
        row = rows.row(name, client[0], server[0], server[1])
        for side, caller in ((s.up, True), (s.down, False)):
            who = "client" if caller != back else "server"
            handshake = len(s.syns) + (s.established is not None) if caller else len(s.synacks)
            for key, value in (("packets_", side.packets - handshake), ("payload_", side.payload())):
                row[key + who] = row.get(key + who, 0) + value


def add_unreachables(rows, packets):
    for p in packets:
        if UNREACHABLE(p) and p.quoted:
            _, client, _, server, port = p.quoted
            row = rows.row("ICMP UNREACHABLE", client, server, port)
            row["packets_server"] = row.get("packets_server", 0) + 1


def sums(packets, streams, announced):
    """Per client, server and port: figures that hold for the sum over all rows with that key. A connection that its
    server has opened has two keys: nothing is said."""
    out, unsure = {}, set()
    client_server = lambda s: (s.client[0], s.server[0], s.server[1])

    def at(client, server, port):
        return out.setdefault((client, server, port), {"client": client, "server": server, "port": port})

    def add(total, key, value):
        total[key] = total.get(key, 0) + value

    for s in streams:
        if announced.get(s):
            continue
        total = at(*client_server(s))
        for name, side in (("client", s.up), ("server", s.down)):
            # Where RFC 5681 has two readings that differ, nothing is said.
            if side.duplicate_acks != side.duplicate_acks_by_sack:
                unsure.add((client_server(s), "duplicate_acks_" + name))
            for key, value in (("packets", side.packets), ("bytes", side.bytes), ("payload", side.payload()),
                               ("resets", side.resets), ("retransmissions", side.retransmissions),
                               ("out_of_order", side.out_of_order), ("zero_windows", side.zero_windows),
                               ("duplicate_acks", side.duplicate_acks)):
                add(total, key + "_" + name, value)
    servers = {}
    for p in packets:
        if p.proto == "udp":
            asks = p.dport in speech.DATAGRAMS or (p.sport not in speech.DATAGRAMS and p.dport <= p.sport)
            known = servers.setdefault(frozenset([(p.src, p.sport), (p.dst, p.dport)]),
                                       ((p.src, p.sport), (p.dst, p.dport)) if asks else ((p.dst, p.dport), (p.src, p.sport)))
            client, (server, port) = known[0][0], known[1]
            side = "client" if (p.src, p.sport) == known[0] else "server"
            total = at(client, server, port)
            add(total, "packets_" + side, 1)
            add(total, "bytes_" + side, p.size)
            add(total, "payload_" + side, p.len)
        elif p.proto in ("icmp", "icmpv6") and p.type in ((8, 0) if p.proto == "icmp" else (128, 129)):
            request = p.type in (8, 128)
            total = at(*((p.src, p.dst) if request else (p.dst, p.src)), 0)
            add(total, "packets_" + ("client" if request else "server"), 1)
            add(total, "bytes_" + ("client" if request else "server"), p.size)
        elif UNREACHABLE(p) and p.quoted:
            total = at(p.quoted[1], p.quoted[3], p.quoted[4])
            add(total, "packets_server", 1)
            add(total, "bytes_server", p.size)
            # whether what an ICMP error quotes is payload is open
            unsure.add(((p.quoted[1], p.quoted[3], p.quoted[4]), "payload_server"))
    for key, name in unsure:
        out[key].pop(name, None)
    return [out[k] for k in sorted(out)]


def check_declared(rows, lines):
    wrong = []
    named = {}
    for line in lines:
        signature, client, server, port, count, *more = line.split("|")
        key = (signature, client, server, int(port))
        named[key] = True
        row = next((r for r in rows if (r["signature"], r["client"], r["server"], r["port"]) == key), None)
        if row is None or row["transactions"] != int(count):
            wrong.append("%s: the client made %s, the capture holds %s" % (line, count, row and row["transactions"]))
            continue
        for m in more:
            if ">=" in m or "<=" in m:
                low = ">=" in m
                name, value = m.split(">=" if low else "<=")
                stat = row[name]
                if (stat["min"] < int(value)) if low else (stat["max"] > int(value)):
                    wrong.append("%s: found %s" % (line, stat))
                stat["min_at_least" if low else "max_at_most"] = int(value)
            else:
                name, value = m.split("=")
                if row[name] != int(value):
                    wrong.append("%s: %s is %s" % (line, name, row[name]))
    for r in rows:
        key = (r["signature"], r["client"], r["server"], r["port"])
        if key not in named and r["signature"] not in ("TCP SYNACK", "ICMP UNREACHABLE", "FTP DATA"):
            wrong.append("not declared: %s %d" % (key, r["transactions"]))
    if wrong:
        raise SystemExit("\n".join(wrong))


def table(expect):
    def time(row):
        s = row.get("response_time_us")
        return "%.3f / %.3f / %.3f" % (s["min"] / 1000, s["sum"] / s["count"] / 1000, s["max"] / 1000) if s and s["count"] else ""

    lines = ["| signature | client | server | port | transactions | answered | unanswered | refused | aborted | errors | response time min / mean / max, ms |",
             "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for r in expect["rows"] + expect.get("later", []):
        lines.append("| %s | %s | %s | %d | " % (r["signature"], r["client"], r["server"], r["port"])
                     + " | ".join(str(r.get(k, "")) for k in COUNTERS[:6]) + " | " + time(r) + " |")
    return lines


def main():
    p = argparse.ArgumentParser()
    p.add_argument("directory")
    p.add_argument("capture")
    for name in ("declare", "port", "leave-out", "later", "absent", "open", "shows"):
        p.add_argument("--" + name, action="append", default=[])
    p.add_argument("--damaged", action="store_true")
    for name in ("undeclared", "only-sums", "no-bytes", "no-sums", "fragments"):
        p.add_argument("--" + name, action="store_true")
    o = p.parse_args()
    ports = dict(speech.PORTS)
    for text in o.port:
        number, name = text.split("=")
        ports[int(number)] = getattr(speech, name)

    packets = wire.read(os.path.join(o.directory, o.capture), allow_damage=o.damaged, fragments=o.fragments)
    streams = wire.streams(packets)
    quoted = {p.quoted for p in packets if UNREACHABLE(p) and p.quoted}
    rows = Rows()
    for s in streams:
        add_handshake(rows, s, quoted)
        if s.server[1] in ports and not o.only_sums:
            add_exchanges(rows, s, ports[s.server[1]])
    announced = called_back(streams)
    add_announced(rows, announced)
    add_datagrams(rows, packets, quoted)
    add_unreachables(rows, packets)
    found = rows.done()
    if not o.undeclared:
        check_declared(found, o.declare)
    for text in o.leave_out:
        name, keys = text.rsplit(":", 1)
        name, _, client = name.partition("@")
        for r in found:
            if r["signature"] == name and client in ("", r["client"]):
                for k in keys.split(","):
                    r.pop(k, None)
    expect = {"capture": o.capture, "exit_status": 1 if o.damaged else 0,
              "rows": [r for r in found if r["signature"] not in o.later]}
    if o.later:
        expect["later"] = [r for r in found if r["signature"] in o.later]
    if o.absent:
        expect["absent"] = o.absent
    if o.open:
        expect["open"] = o.open
    if o.shows:
        expect["shows"] = o.shows
    if not o.no_sums:
        expect["sums"] = sums(packets, streams, announced)
        if o.no_bytes:
            expect["sums"] = [{k: v for k, v in x.items() if not k.startswith("bytes_")} for x in expect["sums"]]
    expect["summary"] = {"packets": len(packets), "not_ip": sum(1 for p in packets if p.proto == "not-ip")}
    with open(os.path.join(o.directory, "expect.json"), "w") as out:
        out.write("{\n")
        items = list(expect.items())
        for n, (key, value) in enumerate(items):
            text = json.dumps(value)
            if isinstance(value, list) and value and isinstance(value[0], dict):
                text = "[\n    " + ",\n    ".join(json.dumps(v) for v in value) + "\n  ]"
            out.write('  "%s": %s%s\n' % (key, text, "," if n + 1 < len(items) else ""))
        out.write("}\n")
    with open(os.path.join(o.directory, "README.md"), "a") as readme:
        readme.write("\n".join(["", "## What is in it", ""] + table(expect)) + "\n")


if __name__ == "__main__":
    main()
