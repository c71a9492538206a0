#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the programs of peers.sh over one capture, in turn, and prints the table.

    peers_run.py CAPTURE --bin DIRECTORY --rounds N --scratch DIRECTORY --source DIRECTORY

A first round, not timed, brings the file into memory and checks that every program ends well and says that it saw the
packets; who fails there is named and left out. Then in each round every program runs once, each round beginning with
another one.
"""
import argparse
import os
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

CUT = 200_000  # packets for the program that would take too long over all of them
LIMIT = 1800  # seconds for one run
PART = 100_000  # bytes at each end of an output that are looked at


@dataclass
class Program:
    name: str
    package: str  # of Debian; empty: ours
    command: str  # {capture}, {cut}, {bin}, {signatures}, {scratch} are filled in
    computes: str
    check: str = ""  # the command of the first round, where it must differ to tell what it saw
    seen: str = ""  # regular expression for the number of packets in its output
    share: float = 1.0  # least share of the packets that it must have seen; 0: it counts something else
    start: float = 0.0  # processor seconds over an empty capture
    saw: int = 0
    runs: list = field(default_factory=list)

    @property
    def cut(self):
        return "{cut}" in self.command


PROGRAMS = [
    Program("empty pcap_loop", "", "{bin}/empty_loop {capture}", "nothing: the yardstick", seen=r"(\d+) packets"),
    Program("PasTmon: the line", "", "{bin}/pastmon_bench --once --signatures {signatures} {capture}",
            "response times of all shipped signatures with quantiles, TCP metrics, outcomes, in rows of buckets",
            seen=r"packets (\d+)"),
    Program("PasTmon into SQLite", "", "{bin}/pastmon -f -c {scratch}/pastmon.conf --signatures {signatures} --read {capture}",
            "the same, stored in a database", seen=r"(\d+) packets, \d+ rows"),
    Program("PasTmon, JSON report", "", "{bin}/pastmon --read {capture} --report json --bucket 300 --signatures {signatures}",
            "the same, every row as JSON", seen=r'"packets":(\d+),"undecodable"'),
    Program("tcpdump -w /dev/null", "tcpdump", "tcpdump -n -r {capture} -w /dev/null", "a copy of the packets",
            check="sh -c 'tcpdump -n -r {capture} -w - | {bin}/empty_loop -'", seen=r"(\d+) packets"),
    Program("darkstat", "darkstat", "darkstat --no-dns -r {capture}", "bytes and packets by host, port, time",
            check="darkstat --no-dns --verbose -r {capture}", seen=r"Total packets: (\d+)"),
    Program("httpry", "httpry", "httpry -q -r {capture} -o /dev/null",
            "HTTP request and response lines on ports 80 and 8080, no times",
            check="httpry -r {capture} -o /dev/null", seen=r"(\d+) http packets", share=0.0),
    Program("softflowd", "softflowd", "softflowd -v 9 -c none -p {scratch}/softflowd.pid -r {capture}",
            "NetFlow 9: bytes and packets by flow", seen=r"Packets processed: (\d+)"),
    Program("nfpcapd", "nfdump", "nfpcapd -r {capture} -w {scratch}/nfpcapd",
            "NetFlow: bytes and packets by flow, into files; several threads", seen=r"Total: Processed: (\d+)"),
    Program("ndpiReader", "libndpi-bin", "ndpiReader -i {capture}", "the application of each flow, from its first packets",
            seen=r"IP packets: +(\d+)"),
    Program("argus", "argus-server", "argus -X -r {capture} -w /dev/null",
            "flow records: bytes, packets, states, loss",
            check="sh -c 'argus -X -r {capture} -w - | ra -n -r - -s spkts dpkts - not man | "
                  "awk \"{{ n += \\$1 + \\$2 }} END {{ printf \\\"%d packets\\\\n\\\", n }}\"'", seen=r"(\d+) packets"),
    Program("tcptrace", "tcptrace", "tcptrace -n {capture}", "TCP connections: packets, completeness",
            seen=r"(\d+) packets seen"),
    Program("tcptrace -l -r", "tcptrace", "tcptrace -n -l -r {capture}",
            "TCP connections: round trips, retransmissions, windows", seen=r"(\d+) packets seen"),
    Program("tshark (on a cut)", "tshark", "tshark -n -q -z conv,tcp -r {cut}",
            "full dissection, one statistic", check="tshark -n -T fields -e frame.number -r {cut}", seen=r"(\d+)\s*\Z"),
]


class Runner:
    def __init__(self, arguments):
        self.places = {"bin": arguments.bin, "scratch": arguments.scratch,
                       "signatures": f"{arguments.source}/etc/signatures.d"}
        self.scratch = Path(arguments.scratch)
        (self.scratch / "pastmon.conf").write_text(
            f'output_DBI: {{ driver = "sqlite3"; dbname = "{self.scratch}/database/pastmon.db"; }};\n')

    def run(self, command, capture, cut, output=None):
        """One run; (user + system seconds, wall seconds, peak KiB), or the reason why not."""
        for place in ("nfpcapd", "database"):  # where programs write
            shutil.rmtree(self.scratch / place, ignore_errors=True)
            (self.scratch / place).mkdir()
        words = shlex.split(command.format(capture=capture, cut=cut, **self.places))
        result = self.scratch / "result"
        result.unlink(missing_ok=True)
        process = subprocess.Popen([f"{self.places['bin']}/measure", str(result), *words], stdin=subprocess.DEVNULL,
                                   stdout=output or subprocess.DEVNULL,
                                   stderr=subprocess.STDOUT if output else subprocess.DEVNULL, start_new_session=True)
        try:
            status = process.wait(LIMIT)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                return f"took more than {LIMIT} s"
            raise
        if status != 0:
            return f"exit status {status}"
        user, system, wall, peak = map(float, result.read_text().split())
        return user + system, wall, peak

    def checked(self, program, capture, cut, packets, cut_packets):
        """Whether the program really works on this file."""
        with open(self.scratch / "output", "w+b") as output:
            done = self.run(program.check or program.command, capture, cut, output)
            size = output.seek(0, os.SEEK_END)
            output.seek(0)
            text = output.read(PART)  # tcptrace says it first, others last
            output.seek(max(len(text), size - PART))
            text = (text + output.read()).decode(errors="replace")
        found = re.findall(program.seen, text)
        last = " ".join(text.strip().split("\n")[-2:])[-200:]
        if isinstance(done, str):
            return f"{done}: {last}"
        if not found:
            return f"does not say how many packets it saw: {last}"
        program.saw = int(found[-1])
        expected = (cut_packets if program.cut else packets) if program.share else 1
        if program.saw < expected * (program.share * 0.99 or 1):
            return f"saw {program.saw:,} packets of {expected:,}"
        return ""


def packets_of(runner, capture):
    done = subprocess.run([f"{runner.places['bin']}/empty_loop", capture], capture_output=True, text=True, check=True)
    packets, octets = re.findall(r"\d+", done.stdout)
    return int(packets), int(octets)


def available(programs):
    kept = []
    for p in programs:
        if p.package and shutil.which(shlex.split(p.command)[0]) is None:
            print(f"left out: {p.name}: not installed", file=sys.stderr)
        elif p.name == "argus" and shutil.which("ra") is None:
            print("left out: argus: its client, which says what it saw, is not installed", file=sys.stderr)
        else:
            kept.append(p)
    return kept


def version(package):
    done = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"


def make_small_captures(runner, capture):
    """A cut of the capture and one without packets."""
    cut, empty = runner.scratch / "cut.pcap", runner.scratch / "empty.pcap"
    subprocess.run(["editcap", "-F", "pcap", "-r", capture, cut, f"1-{CUT}"], check=True)
    empty.write_bytes(cut.read_bytes()[:24])  # the header
    return str(cut), str(empty)


def table(programs, packets, cut_packets):
    loop = programs[0]
    rows = [("program", "packets/s", "x empty loop", "least–greatest", "less start", "wall x", "start", "memory", "saw",
             "computes")]
    for p in programs:
        n = cut_packets if p.cut else packets
        scale = packets / n
        ratios = [run[0] * scale / base[0] for run, base in zip(p.runs, loop.runs)]
        walls = [run[1] * scale / base[1] for run, base in zip(p.runs, loop.runs)]
        less = [(run[0] - p.start) * scale / (base[0] - loop.start) for run, base in zip(p.runs, loop.runs)]
        cpu = statistics.median(run[0] for run in p.runs)
        rows.append((p.name, f"{n / cpu:,.0f}", f"{statistics.median(ratios):.2f}",
                     f"{min(ratios):.2f}–{max(ratios):.2f}", f"{statistics.median(less):.2f}",
                     f"{statistics.median(walls):.2f}", f"{p.start * 1000:.0f} ms",
                     f"{max(run[2] for run in p.runs) / 1024:,.1f} MiB",
                     f"{p.saw:,}" + ("" if p.share else " HTTP"), p.computes))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for i, row in enumerate(rows):
        cells = [c.ljust(w) if k in (0, len(row) - 1) else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths))]
        print("| " + " | ".join(cells) + " |")
        if i == 0:
            print("|" + "|".join(("-" * (w + 1)) + ("-" if k in (0, len(row) - 1) else ":") for k, w in enumerate(widths)) + "|")


def main():
    parser = argparse.ArgumentParser()
    for name in ("bin", "scratch", "source"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("capture")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs ends, too
    runner = Runner(arguments)
    capture = os.path.realpath(arguments.capture)
    packets, octets = packets_of(runner, capture)
    cut, empty = make_small_captures(runner, capture)
    cut_packets, _ = packets_of(runner, cut)
    programs = []
    for p in available(PROGRAMS):
        print(f"checking {p.name}", file=sys.stderr)
        reason = runner.checked(p, capture, cut, packets, cut_packets)
        if not reason:
            starts = [runner.run(p.command, empty, empty) for _ in range(3)]
            p.start = min((s[0] for s in starts if not isinstance(s, str)), default=0.0)
            programs.append(p)
        elif p is PROGRAMS[0]:
            sys.exit(f"peers_run.py: the empty loop fails: {reason}")
        else:
            print(f"left out: {p.name}: {reason}", file=sys.stderr)
    for i in range(arguments.rounds):
        print(f"round {i + 1} of {arguments.rounds}", file=sys.stderr)
        turn = i % len(programs)
        for p in programs[turn:] + programs[:turn]:
            done = runner.run(p.command, capture, cut)
            if isinstance(done, str):
                sys.exit(f"peers_run.py: {p.name}: {done}")
            p.runs.append(done)
    names = dict.fromkeys(p.package for p in programs if p.package)
    print(f"{packets:,} packets, {octets / 1e6:,.0f} MB; rounds: {arguments.rounds}; "
          f"tshark's cut: {cut_packets:,} packets")
    print("; ".join(f"{name} {version(name)}" for name in names) + "\n")
    table(programs, packets, cut_packets)


if __name__ == "__main__":
    main()
