#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""max_memory holds under a flood in which every packet is a new flow and a new row."""
import random
import re
import struct
import subprocess
import unittest

from programs import BIN, SOURCE, ProgramTest

PACKETS = 300_000


class MemoryTest(ProgramTest):
    def flood(self):
        path = self.directory / "flood.pcap"
        chance = random.Random(1)
        with open(path, "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
            for i in range(PACKETS):
                at = 1_700_000_100_000_000 + i * 100
                packet = bytes(12) + b"\x08\x00" + struct.pack(
                    ">BBHHHBBHIIHHHH", 0x45, 0, 40, i & 65535, 0, 64, 17, 0, chance.getrandbits(32), chance.getrandbits(32),
                    chance.randint(1024, 65535), chance.randint(1, 1023), 20, 0) + b"abcdefghijkl"
                out.write(struct.pack("<IIII", at // 1_000_000, at % 1_000_000, len(packet), len(packet)) + packet)
        return path

    def store(self, capture, limits, name):
        """Peak of resident memory in MB, and what was said."""
        conf = self.write(f"{name}.conf", f"""
            data_directory = "{self.directory}/{name}"; signatures_directory = "{SOURCE}/etc/signatures.d"; {limits}
            output_DBI: {{ driver = "sqlite3"; dbname = "{self.directory}/{name}.db"; }};""")
        # The peak of the program alone, not of what started it.
        watch = ("import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
                 "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)")
        done = subprocess.run(["python3", "-c", watch, BIN / "pastmon", "-c", conf, "--read", capture], capture_output=True,
                              text=True, timeout=250)
        self.assertEqual(done.returncode, 0, done.stderr)
        return int(re.search(r"peak (\d+)", done.stdout).group(1)) / 1024, done.stderr

    def test_a_flood_stays_within_the_memory_that_is_allowed(self):
        capture = self.flood()
        free, _ = self.store(capture, "", "free")
        self.assertGreater(free, 200, "the flood is too small to show anything")
        bounded, said = self.store(capture, 'limits: { max_memory = "200M"; };', "bounded")
        self.assertLess(bounded, 200)
        self.assertIn(f"{PACKETS} packets", said)
        self.assertIn("(many)", said, "what was folded is told")


if __name__ == "__main__":
    unittest.main()
