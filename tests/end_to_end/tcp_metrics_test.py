# SPDX-License-Identifier: MIT
"""TCP's figures against two programs that count them in their own way, tcptrace and tshark, on captures with delay, loss,
reordering, keep-alives and closed windows. Where a definition (docs/metrics.md) differs from theirs, the test says so."""
import collections
import csv
import functools
import json
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import BIN, CAPTURES, SOURCE

CASES = ("tcp_delay", "tcp_loss", "tcp_reorder", "tcp_zero_window", "tcp_keepalive", "tcp_rst_midway", "http_basic",
         "http_slow_upload", "pgsql_copy", "redis_pipeline", "smtp_session")
FIELDS = ("frame.number frame.time_epoch frame.len ip.src ip.dst tcp.srcport tcp.dstport tcp.stream tcp.len tcp.flags "
          "tcp.window_size tcp.options.mss_val tcp.analysis.acks_frame tcp.analysis.ack_rtt tcp.analysis.initial_rtt "
          "tcp.analysis.retransmission tcp.analysis.out_of_order tcp.analysis.duplicate_ack tcp.analysis.zero_window "
          "tcp.analysis.keep_alive tcp.analysis.ack_lost_segment tcp.seq tcp.ack tcp.options.sack.count").split()
MARKS = FIELDS[15:21]
FIN, SYN, RST, ACK = 1, 2, 4, 16


def micros(text):
    seconds, _, rest = text.partition(".")
    return int(seconds) * 1_000_000 + int((rest + "000000")[:6])


class Size:
    """Count, sum, min and max, as pastmon reports a size or a distribution."""
    def __init__(self):
        self.samples = []

    def add(self, value):
        self.samples.append(value)

    def as_dict(self):
        if not self.samples:
            return None
        return {"count": len(self.samples), "sum": sum(self.samples), "min": min(self.samples), "max": max(self.samples)}


class Packet:
    def __init__(self, values):
        v = dict(zip(FIELDS, values))
        self.number, self.time, self.wire = int(v["frame.number"]), micros(v["frame.time_epoch"]), int(v["frame.len"])
        self.ends = (v["ip.src"], int(v["tcp.srcport"])), (v["ip.dst"], int(v["tcp.dstport"]))
        self.stream, self.size, self.flags = int(v["tcp.stream"]), int(v["tcp.len"]), int(v["tcp.flags"], 16)
        self.window, self.mss = int(v["tcp.window_size"]), v["tcp.options.mss_val"]
        self.acks = int(v["tcp.analysis.acks_frame"] or 0)
        self.ack_rtt, self.initial_rtt = v["tcp.analysis.ack_rtt"], v["tcp.analysis.initial_rtt"]
        self.marks = {f.split(".")[-1] for f in MARKS if v[f] not in ("", "0", "False")}
        self.sequence, self.ack, self.sacks = int(v["tcp.seq"]), int(v["tcp.ack"]), int(v["tcp.options.sack.count"] or 0)


@functools.cache
def tshark(path):
    command = ["tshark", "-r", path, "-o", "tcp.analyze_sequence_numbers:TRUE", "-Y", "tcp && ip", "-T", "fields",
               "-E", "occurrence=f"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    return [Packet(line.split("\t")) for line in out.splitlines()]


@functools.cache
def tcptrace(path):
    """One dictionary a connection; keys end in _a2b and _b2a, a sent the first packet."""
    out = subprocess.run(["tcptrace", "-l", "-r", "-n", "--csv", path], capture_output=True, text=True, timeout=120).stdout
    lines = [line for line in out.splitlines() if line and not line.startswith("#")]
    return [{k: v.strip() for k, v in row.items() if k} for row in csv.DictReader(lines)]


@functools.cache
def pastmon(path):
    """Sums over all rows of a conversation: {(client, server, port): {metric: value}}."""
    done = subprocess.run([BIN / "pastmon", "--read", path, "--report", "json", "--signatures", SOURCE / "etc/signatures.d"],
                          capture_output=True, text=True, check=True, timeout=120)
    total = collections.defaultdict(dict)
    for row in map(json.loads, done.stdout.splitlines()):
        if "signature" not in row or not row["port"] or ":" in row["client"]:
            continue
        sums = total[row["client"], row["server"], row["port"]]
        for name, value in row.items():
            if name in ("signature", "client", "server", "port", "first", "last") or isinstance(value, (str, bool)):
                continue
            if not isinstance(value, dict):
                sums[name] = sums.get(name, 0) + value
                continue
            old = sums.get(name)
            sums[name] = {k: value[k] for k in ("count", "sum", "min", "max")} if old is None else {
                "count": old["count"] + value["count"], "sum": old["sum"] + value["sum"],
                "min": min(old["min"], value["min"]), "max": max(old["max"], value["max"])}
    return total


class TcpMetrics(unittest.TestCase):
    def each(self, but=()):
        for name in CASES:
            if name not in but:
                path = CAPTURES / name / f"{name}.pcap"
                yield name, path, pastmon(path)

    def by_side(self, packets):
        """[(key of the conversation, "client" or "server", packet)]; the SYN's sender is the client."""
        clients = {p.stream: p.ends for p in packets if p.flags & (SYN | ACK) == SYN}
        for p in packets:
            client, server = clients[p.stream]
            yield (client[0], server[0], server[1]), "client" if p.ends[0] == client else "server", p

    def compare(self, ours, theirs, metric, absent=None):
        for key, sides in theirs.items():
            for side, value in sides.items():
                value = value.as_dict() if isinstance(value, Size) else value
                name = metric.format(side=side)
                self.assertEqual(ours[key].get(name, absent), value, (key, name))

    def tally(self, packets, what):
        """Counts per conversation and side what `what(packet)` gives."""
        total = collections.defaultdict(lambda: {"client": 0, "server": 0})
        for key, side, p in self.by_side(packets):
            total[key][side] += what(p)
        return total

    def sizes(self, packets, what):
        total = collections.defaultdict(lambda: {"client": Size(), "server": Size()})
        for key, side, p in self.by_side(packets):
            for value in what(p):
                total[key][side].add(value)
        return total

    def connections(self, path, column, convert=int):
        """Sums a column of tcptrace over the connections of a conversation."""
        total = collections.defaultdict(lambda: {"client": 0, "server": 0})
        for row in tcptrace(path):
            key = row["host_a"], row["host_b"], int(row["port_b"])
            total[key]["client"] += convert(row[column + "_a2b"])
            total[key]["server"] += convert(row[column + "_b2a"])
        return total

    def test_packets_and_bytes_are_tsharks(self):
        for _, path, ours in self.each():
            packets = tshark(path)
            self.compare(ours, self.tally(packets, lambda p: 1), "packets_{side}", 0)
            self.compare(ours, self.tally(packets, lambda p: p.wire), "bytes_{side}", 0)

    def test_payload_is_tcptraces_unique_bytes(self):
        for _, path, ours in self.each():
            self.compare(ours, self.connections(path, "unique_bytes_sent"), "payload_{side}", 0)

    def test_segment_sizes_are_tsharks_lengths_without_keep_alives(self):
        for _, path, ours in self.each():
            theirs = self.sizes(tshark(path), lambda p: [p.size] if p.size and "keep_alive" not in p.marks else [])
            self.compare(ours, theirs, "segment_size_{side}")

    def test_windows_are_tsharks_scaled_ones_but_for_resets(self):
        for _, path, ours in self.each():
            theirs = self.sizes(tshark(path), lambda p: [] if p.flags & RST else [p.window])
            self.compare(ours, theirs, "window_size_{side}")

    def test_the_largest_and_smallest_window_are_tcptraces(self):
        for name, path, ours in self.each():
            for row in tcptrace(path):
                mine = ours[row["host_a"], row["host_b"], int(row["port_b"])]
                for side, way in (("client", "a2b"), ("server", "b2a")):
                    # tcptrace looks at one connection, the row is over all of them; it leaves the SYN out.
                    self.assertGreaterEqual(mine[f"window_size_{side}"]["max"], int(row[f"max_win_adv_{way}"]), (name, side))
                    self.assertLessEqual(mine[f"window_size_{side}"]["min"], int(row[f"min_win_adv_{way}"]), (name, side))

    def test_mss_is_the_option_that_tshark_shows(self):
        for _, path, ours in self.each():
            self.compare(ours, self.sizes(tshark(path), lambda p: [int(p.mss)] if p.mss else []), "mss_{side}")

    def test_zero_windows_are_tsharks_and_tcptraces(self):
        for _, path, ours in self.each():
            self.compare(ours, self.tally(tshark(path), lambda p: "zero_window" in p.marks), "zero_windows_{side}", 0)
            self.compare(ours, self.connections(path, "zero_win_adv"), "zero_windows_{side}", 0)

    def test_resets_are_tcptraces(self):
        for _, path, ours in self.each():
            self.compare(ours, self.connections(path, "resets_sent"), "resets_{side}", 0)

    def test_duplicate_acks_are_those_of_rfc_5681(self):
        # Its section 2: no payload, no SYN or FIN, the number of the newest ACK, data outstanding, and either the same
        # window or news in SACK blocks. tshark wants the same window always; tcptrace looks at no window at all.
        for name, path, ours in self.each():
            theirs = collections.defaultdict(lambda: {"client": 0, "server": 0})
            newest, window, sent = {}, {}, {}
            for key, side, p in self.by_side(tshark(path)):
                mine, other = (p.stream, side), (p.stream, "server" if side == "client" else "client")
                bare = not p.size and not p.flags & (SYN | FIN | RST) and p.flags & ACK
                if bare and newest.get(mine) == p.ack and sent.get(other, 0) > p.ack:
                    theirs[key][side] += p.sacks > 0 or window[mine] == p.window
                if p.flags & ACK:
                    newest[mine], window[mine] = max(p.ack, newest.get(mine, 0)), p.window
                sent[mine] = max(sent.get(mine, 0), p.sequence + p.size)
            self.compare(ours, theirs, "duplicate_acks_{side}", 0)
        loss = pastmon(CAPTURES / "tcp_loss/tcp_loss.pcap")
        self.assertEqual([(o["duplicate_acks_client"], o["duplicate_acks_server"]) for o in loss.values()], [(11, 1)])

    def test_retransmissions_and_reordered_segments_together_are_tcptraces(self):
        # tcptrace calls every segment that fills a gap out of order; ours is a retransmission when the gap was open
        # longer than the handshake took, as in tcp_loss. Both agree on their sum. tcptrace also counts SYNs and bare
        # FINs that are sent again; here a retransmission is one of data.
        for name, path, ours in self.each():
            bare, seen = collections.Counter(), collections.Counter()
            for key, side, p in self.by_side(tshark(path)):
                if p.flags & (SYN | FIN) and not p.size:
                    seen[p.stream, side, p.flags & SYN] += 1
                    bare[key, side] += seen[p.stream, side, p.flags & SYN] > 1
            again, late = self.connections(path, "rexmt_data_pkts"), self.connections(path, "outoforder_pkts")
            for key, sides in again.items():
                for side, count in sides.items():
                    mine = ours[key].get(f"retransmissions_{side}", 0) + ours[key].get(f"out_of_order_{side}", 0)
                    self.assertEqual(mine, count + late[key][side] - bare[key, side], (name, key, side))

    def test_a_segment_that_comes_sooner_than_a_round_trip_is_reordered_as_tshark_says(self):
        packets = tshark(CAPTURES / "tcp_reorder/tcp_reorder.pcap")
        ours = pastmon(CAPTURES / "tcp_reorder/tcp_reorder.pcap")
        self.compare(ours, self.tally(packets, lambda p: "out_of_order" in p.marks), "out_of_order_{side}", 0)
        self.assertEqual(sum(o.get("out_of_order_client", 0) for o in ours.values()), 2)

    def test_retransmission_delay_is_tcptraces_time_between_the_first_and_the_second_sending(self):
        path = CAPTURES / "tcp_loss/tcp_loss.pcap"
        (row,) = [r for r in tcptrace(path) if int(r["rexmt_data_pkts_b2a"]) == 2]
        (mine,) = pastmon(path).values()
        delay = mine["retransmission_delay_server_us"]
        for part, value in (("min", delay["min"]), ("max", delay["max"]), ("avg", delay["sum"] / delay["count"])):
            self.assertAlmostEqual(float(row[f"{part}_retr_time_b2a"]), value / 1000, delta=0.051)

    def test_connect_time_is_tsharks_initial_round_trip(self):
        for _, path, ours in self.each():
            trips, repeated = collections.defaultdict(Size), set()
            syns = collections.Counter((p.stream, p.flags & ACK) for p in tshark(path) if p.flags & SYN)
            repeated = {stream for (stream, _), count in syns.items() if count > 1}
            done = set()
            for key, _, p in self.by_side(tshark(path)):
                if p.initial_rtt and p.stream not in done | repeated:  # tshark times a repeated SYN from the last one
                    done.add(p.stream)
                    trips[key].add(micros(p.initial_rtt))
            for key, size in trips.items():
                mine, theirs = ours[key]["connect_time_us"], size.as_dict()
                self.assertEqual(mine["min"], theirs["min"], key)
                self.assertEqual(mine["count"] - len(repeated), theirs["count"], key)
                if not repeated:
                    self.assertEqual((mine["sum"], mine["max"]), (theirs["sum"], theirs["max"]), key)

    def test_round_trips_are_tsharks_where_nothing_is_repeated(self):
        # Karn's rule leaves samples out that tshark takes. Of an ACK that covers data and the FIN behind it, the newest
        # data segment is sampled here, the FIN there.
        for name, path, ours in self.each(but=("tcp_loss", "tcp_reorder", "tcp_zero_window")):
            packets = tshark(path)
            by_number = {p.number: p for p in packets}
            handshake, data = {}, collections.defaultdict(lambda: {"client": Size(), "server": Size()})
            waiting = {}
            for key, side, p in self.by_side(packets):
                acked = by_number.get(p.acks)
                if p.size and "keep_alive" not in p.marks:
                    waiting[p.stream, side] = p
                if acked is None or not p.ack_rtt or p.flags & RST:
                    continue
                before = waiting.pop((p.stream, "server" if side == "client" else "client"), None)
                if acked.flags & FIN and not acked.size and before is not None:
                    data[key][side].add(p.time - before.time)
                    continue
                if acked.flags & SYN:
                    handshake.setdefault((key, side), Size()).add(micros(p.ack_rtt))
                elif acked.size and "keep_alive" not in acked.marks:
                    data[key][side].add(micros(p.ack_rtt))
            for (key, side), size in handshake.items():
                self.assertEqual(ours[key][f"connect_rtt_{side}_us"], size.as_dict(), (name, key, side))
            self.compare(ours, data, "ack_rtt_{side}_us")

    def test_karns_rule_leaves_as_many_samples_as_in_tcptrace(self):
        # tcptrace also samples each SYN and each FIN; the SYN-ACK that tcp_loss repeats is ambiguous to both. It takes no
        # sample from the ACK that follows a reordered segment (two uploads in tcp_reorder); Karn's rule allows one.
        for name, repeated, reordered in (("tcp_loss", 1, 0), ("tcp_reorder", 0, 2)):
            path = CAPTURES / name / f"{name}.pcap"
            (ours,) = pastmon(path).values()
            (theirs,) = self.connections(path, "RTT_samples").values()
            connections = len(tcptrace(path))
            self.assertEqual(ours["ack_rtt_server_us"]["count"], theirs["client"] - 2 * connections + reordered, name)
            self.assertEqual(ours["ack_rtt_client_us"]["count"], theirs["server"] - 2 * connections + repeated, name)

    def test_ack_gaps_are_tsharks_acks_of_unseen_segments(self):
        source = CAPTURES / "http_basic/http_basic.pcap"
        packets = [p for p in tshark(source) if p.size]
        lost = {p.number for p in packets[4::9]}
        data = source.read_bytes()
        kept, at, number = [data[:24]], 24, 0
        while at < len(data):
            number += 1
            size = 16 + struct.unpack_from("<I", data, at + 8)[0]
            if number not in lost:
                kept.append(data[at:at + size])
            at += size
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "lost.pcap"
            path.write_bytes(b"".join(kept))
            # Where the last bytes before a FIN are missing, tshark marks the ACK of the FIN, too, which covers no other.
            packets = tshark(path)
            ends = {(p.stream, p.ends[1]): p.sequence + p.size + 1 for p in packets if p.flags & FIN}
            theirs = self.tally(packets, lambda p: "ack_lost_segment" in p.marks and ends.get((p.stream, p.ends[0])) != p.ack)
            self.assertEqual(sum(sum(sides.values()) for sides in theirs.values()), len(lost))
            self.compare(pastmon(path), theirs, "ack_gaps_{side}", 0)


if __name__ == "__main__":
    unittest.main()
