#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One client of the demo: starts real programs (curl, psql, pgbench, redis-cli, dig, ping) at a
rate that changes over the quarter of an hour."""
import argparse
import math
import random
import socket
import subprocess
import tempfile
import threading
import time

WEB = "http://www.example.net"
NAMES = ["web1", "db1", "cache1", "mail1", "desk1", "desk2", "branch1", "www", "mail"]
PG = {"PGUSER": "app", "PGPASSWORD": "secret", "PGDATABASE": "orders", "PGHOST": "db1.example.net",
      "PGCONNECT_TIMEOUT": "8"}


class Client:
    def __init__(self, role, seconds):
        self.role, self.seconds = role, seconds
        self.dice = random.Random(role)
        self.packs = {}
        self.start = time.monotonic()
        self.file = tempfile.NamedTemporaryFile(prefix="upload")
        self.file.write(b"0123456789abcdef" * 1600)
        self.file.flush()

    def deal(self, what, count):
        """A number below count, from a shuffled pack, so that every kind has its turn."""
        pack = self.packs.setdefault(what, [])
        if not pack:
            pack.extend(range(count))
            self.dice.shuffle(pack)
        return pack.pop()

    def load(self):
        """How busy the office is, about 0.7 to 1.3; a rush in the last quarter."""
        x = (time.monotonic() - self.start) / self.seconds
        return 1 + 0.3 * math.sin(x * 14) + (0.8 if 0.74 < x < 0.86 else 0)

    def run(self, *words, timeout=40, text=None, env=None):
        import os
        words = [str(w) for w in words]
        try:
            subprocess.run(words, input=text, text=True, timeout=timeout, env={**os.environ, **(env or {})},
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        except subprocess.TimeoutExpired:
            pass

    def curl(self, *words, timeout=20):
        family = self.dice.choice(["-4", "-4", "-6"])
        self.run("curl", "-s", family, "-o", "/dev/null", "--max-time", timeout, *words, timeout=timeout + 5)

    # ---- web
    def web_page(self):
        kind = self.deal("web_page", 20)
        n = self.dice.randrange(400) + 1
        if kind < 4:  # a page with what belongs to it, on one connection
            self.curl(WEB + "/index.html", "-o", "/dev/null", WEB + "/style.css", "-o", "/dev/null", WEB + "/logo.png")
        elif kind < 10:
            self.curl("%s/app/order/%d" % (WEB, n))
        elif kind < 12:
            self.curl(WEB + "/app/report")
        elif kind == 12:
            self.curl("-d", "item=%d&amount=3" % n, WEB + "/app/sale")
        elif kind == 13:
            self.curl("-I", WEB + "/catalogue.bin")
        elif kind == 14:
            self.curl("-z", "1 Jan 2025", WEB + "/style.css", "-o", "/dev/null", WEB + "/index.html")
        elif kind == 15:
            self.curl("%s/missing/%d.html" % (WEB, n))
        elif kind == 16 or (kind == 18 and n % 2):
            paths = ["/app/fail", "/app/busy", "/old/page", "/moved", "/private", "/empty"]
            self.curl(WEB + paths[self.deal("paths", len(paths))])
        elif kind == 17:
            self.curl("%s/app/sleep/%d" % (WEB, self.dice.choice([40, 80, 150, 400])))
        elif kind == 18:
            self.curl("-X", "OPTIONS", WEB + "/app/hello", "-o", "/dev/null", WEB + "/app/hello")
        else:
            self.curl("%s/app/order/%d" % (WEB, n), "-o", "/dev/null", "%s/app/order/%d" % (WEB, n % 400 + 1))

    def web_rare(self):
        kind = self.deal("web_rare", 12)
        if kind == 0:
            self.curl(WEB + "/download.bin")
        elif kind == 1:
            self.curl("-H", "Expect: 100-continue", "-T", self.file.name, "%s/upload/%s.bin" % (WEB, self.role))
        elif kind == 2:
            self.curl("--limit-rate", "12k", "-d", "@" + self.file.name, WEB + "/app/hello")
        elif kind == 3:
            self.curl(WEB + "/app/stuck")
        elif kind == 4:
            self.curl(WEB + "/slowly.bin", timeout=1)  # gives up in the middle
        elif kind < 9:
            self.pipelined()
        else:
            self.curl(WEB + "/catalogue.bin")

    def pipelined(self):
        paths = ["/index.html", "/style.css", "/app/hello", "/app/sleep/60", "/index.html"]
        try:
            with socket.create_connection(("www.example.net", 80), timeout=10) as s:
                s.sendall("".join("GET %s HTTP/1.1\r\nHost: www.example.net\r\n%s\r\n" % (
                    p, "Connection: close\r\n" if n + 1 == len(paths) else "") for n, p in enumerate(paths)).encode())
                while s.recv(65536):
                    pass
        except OSError:
            pass

    # ---- database
    def psql(self):
        n = self.dice.randrange(400) + 1
        scripts = [
            "select count(*) from item where price > %d;" % n,
            "select * from item order by price limit 20;\nselect now();",
            "begin;\ninsert into sale (item, amount) values (%d, 2);\nupdate item set price = price + 1 where id = %d;\ncommit;" % (n, n),
            "select name from item where id = %d;\nselect nothing from nowhere;" % n,
            "select pg_sleep(%.2f);" % self.dice.uniform(0.05, 0.5),
            "\\copy (select * from item where id < 120) to '/dev/null'",
            "create temp table t (a int, b text);\n\\copy t from stdin\n" + "".join("%d\tline %d\n" % (i, i) for i in range(60)) + "\\.\nselect count(*) from t;",
        ]
        script = scripts[self.deal("psql", len(scripts))]
        self.run("psql", "-X", "-q", env=PG, text=script)

    def pgbench(self):
        mode = ["simple", "extended", "prepared"][self.deal("mode", 3)]
        what = [["-S"], ["-S"], []][self.deal("what", 3)]
        self.run("pgbench", "-n", "-c", 1, "-R", 1, "-T", 20, "-M", mode, *what, env=PG, timeout=40)

    # ---- cache
    def redis(self):
        n = self.dice.randrange(50)
        h = ["redis-cli", "-h", "cache1.example.net"]
        kind = self.deal("redis", 9)
        if kind < 2:
            self.run(*h, "SET", "k:%d" % n, "value-%d" % n)
            self.run(*h, "GET", "k:%d" % n)
        elif kind < 4:
            self.run(*h, "-r", self.dice.randrange(3, 12), "-i", "0.15", "INCR", "visits")
        elif kind == 4:
            self.run(*h, "HSET", "h:%d" % n, "name", "x", "price", n)
            self.run(*h, "HGETALL", "h:%d" % n)
        elif kind == 5:
            self.run(*h, "-r", 4, "-i", "0.3", "LPUSH", "jobs", n)
        elif kind == 6:
            self.run(*h, "SET", "word", "abc")
            self.run(*h, "INCR", "word")  # an error
            self.run(*h, "NOSUCH", 1)  # another
        elif kind == 7:
            self.run(*h, "BLPOP", "nothing:%s" % self.role, self.dice.choice([1, 3]))
        else:
            self.run(*h, "--pipe", text="".join("SET p:%d %d\r\n" % (i, i * i) for i in range(300)))

    # ---- names
    def dig(self):
        name = self.dice.choice(NAMES) + ".example.net"
        queries = [
            [name, "A"], [name, "AAAA"], ["-x", "10.20.1.%d" % self.dice.randrange(21, 26)],
            ["-x", "fd00:20:1::%d" % self.dice.randrange(21, 26)], ["example.net", "MX"], ["example.net", "TXT"],
            ["_postgresql._tcp.example.net", "SRV"], ["no-such-%d.example.net" % self.dice.randrange(99), "A"],
            ["elsewhere.test", "A"], ["a.broken.test", "A"], ["b.slow.test", "A"],
            ["+tcp", "many.example.net", "A"], ["+ignore", "+bufsize=512", "many.example.net", "A"],
        ]
        words = queries[self.deal("dig", len(queries))]
        if self.dice.randrange(25) == 0:
            words = ["+tries=2", "+time=2", "c.silent.test", "A"]
        self.run("dig", "+timeout=2", *words)

    # ---- mail
    def mail(self):
        kind = self.deal("mail", 6)
        to = {0: ["nobody"], 1: ["user2", "full"], 2: ["slow"]}.get(kind, ["user2"])
        body = "Subject: report\r\n\r\n" + "A line of the report.\r\n" * self.dice.choice([3, 20, 120])
        if kind == 3:
            body += "please reject\r\n"
        words = ["curl", "-s", "--max-time", 20, "smtp://mail.example.net/%s.example.net" % self.role,
                 "--mail-from", "user1@example.net"]
        for t in to:
            words += ["--mail-rcpt", t + "@example.net"]
        self.run(*words, "--mail-rcpt-allowfails", "-T", "-", text=body)

    # ---- reachability
    def ping(self):
        self.run("ping", "-n", "-c", 5, "-i", 1, self.dice.choice(["-4", "-6"]),
                 self.dice.choice(["web1", "db1", "mail1"]) + ".example.net")

    def trouble(self):
        kind = self.deal("trouble", 6)
        if kind < 2:
            self.run("curl", "-s", "-4", "http://web1.example.net:8081/")  # closed
        elif kind == 2:
            self.run("redis-cli", "-h", "web1.example.net", "PING")  # closed
        elif kind == 3:
            self.run("curl", "-s", "--connect-timeout", 8, "http://legacy1.example.net/")  # nobody there
        elif kind == 4:
            self.run("curl", "-s", "-4", "--connect-timeout", 4, "telnet://db1.example.net:3306")  # dropped
        else:
            self.run("curl", "-s", "-4", "--connect-timeout", 4, "telnet://db1.example.net:22")  # forbidden

    def every(self, seconds, action):
        """Calls the action about every so many seconds, more often when the office is busy."""
        while True:
            pause = self.dice.expovariate(1) * seconds / self.load()
            left = self.start + self.seconds - time.monotonic()
            if pause > left:
                return
            time.sleep(pause)
            action()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--role", required=True)
    p.add_argument("--seconds", type=int, default=900)
    o = p.parse_args()
    c = Client(o.role, o.seconds)
    work = [(5.4, c.web_page), (75, c.web_rare), (15, c.psql), (12, c.redis), (10, c.dig), (45, c.mail),
            (35, c.ping), (45, c.trouble)]
    if o.role == "desk2":
        work.append((90, c.pgbench))
    if o.role == "branch1":
        work[0] = (7.6, c.web_page)
    threads = [threading.Thread(target=c.every, args=w, daemon=True) for w in work]
    for t in threads:
        t.start()
    for t in threads:
        t.join(max(1, c.start + o.seconds + 30 - time.monotonic()))


if __name__ == "__main__":
    main()
