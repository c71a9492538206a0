#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The clients of the capture that peers_capture.sh makes: many short conversations with real servers.

    peers_traffic.py PACKETS DEVICE CA

Runs in the clients' network namespace until DEVICE has carried PACKETS packets, then lets what is open end. Every
conversation has a client address and a service drawn from a fixed seed; addresses are any of CLIENTS_V4 and CLIENTS_V6,
all of which the kernel takes for its own there. Prints how many conversations of each kind there were.
"""
import asyncio
import collections
import random
import socket
import ssl
import struct
import sys
from pathlib import Path

try:
    import uvloop  # twice as many conversations a second
except ImportError:
    uvloop = None

CLIENTS_V4, CLIENTS_V6 = "10.61.", "fd61::"
SERVER_V4, SERVER_V6 = "10.62.0.{}", "fd62::{}"
AT_ONCE = 800  # conversations that are open at the same time
AT_ONCE_PG = 150  # less than the server's max_connections
AGENTS = ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "curl/8.5.0",
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36")
# name: share of the conversations
MIX = {"http": 34, "https": 12, "pgsql": 10, "redis": 9, "memcached": 8, "dns": 20, "smtp": 5, "download": 0.4,
       "upload": 0.12, "refused": 0.8}

draw = random.Random(62)
pgsql_places = asyncio.Semaphore(AT_ONCE_PG)


def client_and_server(service):
    """A client's address and one of the service's servers, of the same family."""
    # A few clients do much, most do little.
    n = min(int(draw.paretovariate(0.6) * 4), 65000) if draw.random() < 0.8 else draw.randrange(65000)
    last = {"http": 10, "https": 20, "pgsql": 30, "redis": 40, "memcached": 50, "dns": 60, "smtp": 70}[service]
    last += draw.randrange(4)
    if draw.random() < 0.1:
        return f"{CLIENTS_V6}{n + 16:x}", SERVER_V6.format(last)
    return f"{CLIENTS_V4}{n >> 8}.{n & 255}", SERVER_V4.format(last)


async def think(mean=0.15):
    await asyncio.sleep(draw.expovariate(1 / mean))


class Talk:
    """One TCP connection from a drawn client; closed when the block is left."""

    def __init__(self, service, port, tls=None):
        self.place, self.port, self.tls = client_and_server(service), port, tls

    async def __aenter__(self):
        client, server = self.place
        self.reader, self.writer = await asyncio.open_connection(
            server, self.port, local_addr=(client, 0), ssl=self.tls,
            server_hostname="www.example.net" if self.tls else None)
        return self

    async def __aexit__(self, *_):
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except (OSError, ssl.SSLError):
            pass

    async def line(self, text=None):
        if text is not None:
            self.writer.write(text.encode())
        return await self.reader.readuntil(b"\r\n")


async def request(talk, method, path, body=b""):
    head = (f"{method} {path} HTTP/1.1\r\nHost: www.example.net\r\nUser-Agent: {draw.choice(AGENTS)}\r\n"
            "Accept: */*\r\nAccept-Encoding: gzip, deflate\r\nAccept-Language: en-GB,en;q=0.5\r\n")
    if draw.random() < 0.5:
        head += f"Cookie: session={draw.getrandbits(128):032x}\r\n"
    if body:
        head += f"Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n"
    talk.writer.write(head.encode() + b"\r\n" + body)
    answer = await talk.reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    if length and method != "HEAD" and not answer.startswith(b"HTTP/1.1 304"):
        await talk.reader.readexactly(length)


def some_path():
    kind = draw.random()
    if kind < 0.04:
        return f"/missing/{draw.randrange(1000)}"
    if kind < 0.40:
        return f"/api/orders/{draw.randrange(100000)}?page={draw.randrange(20)}"
    return f"/files/{min(int(draw.paretovariate(0.9)), 60)}k.bin"


async def web(talk):
    for _ in range(min(int(draw.paretovariate(1.1)), 20)):
        if draw.random() < 0.1:
            await request(talk, "POST", "/api/orders", draw.randbytes(draw.randrange(50, 3000)))
        else:
            await request(talk, "HEAD" if draw.random() < 0.03 else "GET", some_path())
        await think()


async def http():
    async with Talk("http", 80) as talk:
        await web(talk)


async def https():
    async with Talk("https", 443, tls) as talk:
        await web(talk)


async def download():
    async with Talk("http", 80) as talk:
        await request(talk, "GET", "/files/bulk.bin")


async def upload():
    async with Talk("http", 80) as talk:
        await request(talk, "PUT", f"/upload/{draw.randrange(4)}.bin", bytes(1_500_000))


def pg(kind, *fields):
    body = b"".join(f.encode() + b"\0" if isinstance(f, str) else f for f in fields)
    return kind + struct.pack("!I", len(body) + 4) + body


async def pg_ready(talk):
    while True:
        kind, length = struct.unpack("!cI", await talk.reader.readexactly(5))
        await talk.reader.readexactly(length - 4)
        if kind == b"Z":
            return


async def pgsql():
    async with pgsql_places, Talk("pgsql", 5432) as talk:
        talk.writer.write(pg(b"", struct.pack("!I", 0x30000), "user", "app", "database", "orders", b"\0"))
        await pg_ready(talk)
        for _ in range(min(int(draw.paretovariate(0.8)), 30)):
            item, kind = draw.randrange(1, 400), draw.random()
            if kind < 0.5:
                talk.writer.write(pg(b"Q", f"SELECT id, name, price FROM item WHERE price < {item % 60}"))
            elif kind < 0.95:
                number = str(item).encode()
                talk.writer.write(
                    pg(b"P", "", "UPDATE item SET price = price + 1 WHERE id = $1", struct.pack("!H", 0)) +
                    pg(b"B", "", "", struct.pack("!HHI", 0, 1, len(number)) + number + struct.pack("!H", 0)) +
                    pg(b"D", b"P\0") + pg(b"E", "", struct.pack("!I", 0)) + pg(b"S"))
            else:
                talk.writer.write(pg(b"Q", "SELECT nothing FROM nowhere"))
            await pg_ready(talk)
            await think(0.05)
        talk.writer.write(pg(b"X"))


def resp(*words):
    parts = [str(w).encode() if not isinstance(w, bytes) else w for w in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


async def resp_answer(reader):
    line = await reader.readuntil(b"\r\n")
    if line[:1] == b"$" and line != b"$-1\r\n":
        await reader.readexactly(int(line[1:]) + 2)
    elif line[:1] == b"*":
        for _ in range(int(line[1:])):
            await resp_answer(reader)


async def redis():
    async with Talk("redis", 6379) as talk:
        for _ in range(min(int(draw.paretovariate(0.7) * 2), 60)):
            commands = 1 if draw.random() < 0.8 else draw.randrange(2, 12)
            for _ in range(commands):
                key = f"cart:{draw.randrange(5000)}"
                talk.writer.write(draw.choice((
                    resp("SET", key, draw.randbytes(draw.randrange(10, 2000))), resp("GET", key), resp("GET", key),
                    resp("INCR", "visits"), resp("HSET", "user:" + key, "seen", 1), resp("LRANGE", "queue", 0, 9))))
            for _ in range(commands):
                await resp_answer(talk.reader)
            await think(0.05)


async def memcached():
    async with Talk("memcached", 11211) as talk:
        for _ in range(min(int(draw.paretovariate(0.7) * 2), 60)):
            key = f"page:{draw.randrange(5000)}"
            if draw.random() < 0.3:
                value = draw.randbytes(draw.randrange(10, 4000))
                talk.writer.write(b"set %s 0 60 %d\r\n%s\r\n" % (key.encode(), len(value), value))
                await talk.line()
            else:
                answer = await talk.line(f"get {key}\r\n")
                if answer.startswith(b"VALUE"):
                    await talk.reader.readexactly(int(answer.split()[3]) + 7)
            await think(0.05)


async def smtp():
    async with Talk("smtp", 25) as talk:
        await talk.line()
        answer = await talk.line("EHLO desk.example.net\r\n")
        while answer[3:4] == b"-":
            answer = await talk.line()
        for _ in range(draw.choice((1, 1, 1, 2))):
            await talk.line(f"MAIL FROM:<user{draw.randrange(900)}@example.net>\r\n")
            for _ in range(draw.choice((1, 1, 2, 4))):
                await talk.line(f"RCPT TO:<user{draw.randrange(900)}@example.net>\r\n")
            await talk.line("DATA\r\n")
            text = "Subject: orders\r\n\r\n" + "The orders of today are in the list below.\r\n" * draw.randrange(10, 400)
            await talk.line(text + ".\r\n")
            await think(0.05)
        await talk.line("QUIT\r\n")


async def dns():
    client, server = client_and_server("dns")
    family = socket.AF_INET6 if ":" in client else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.setblocking(False)
        s.bind((client, 0))
        s.connect((server, 53))
        for _ in range(draw.choice((1, 1, 2))):
            zone = "example.net" if draw.random() < 0.9 else "missing.example.net"
            name = f"h{draw.randrange(1000)}.{zone}"
            labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
            question = labels + b"\0" + struct.pack("!HH", draw.choice((1, 1, 28)), 1)
            s.send(struct.pack("!6H", draw.getrandbits(16), 0x0100, 1, 0, 0, 0) + question)
            await asyncio.wait_for(asyncio.get_running_loop().sock_recv(s, 4096), 5)


async def refused():
    try:
        async with Talk("http", 81):
            pass
    except ConnectionRefusedError:
        pass


def carried(device):
    counters = Path(f"/sys/class/net/{device}/statistics")
    return sum(int((counters / f"{way}_packets").read_text()) for way in ("rx", "tx"))


async def worker(done, count, errors):
    names, weights = list(MIX), list(MIX.values())
    while not done.is_set():
        name = draw.choices(names, weights)[0]
        try:
            await asyncio.wait_for(globals()[name](), 30)
            count[name] += 1
        except (OSError, EOFError, ssl.SSLError, asyncio.TimeoutError, asyncio.IncompleteReadError) as error:
            errors[f"{name}: {type(error).__name__} {error}"] += 1
            await think()


async def main(packets, device):
    done, count, errors = asyncio.Event(), collections.Counter(), collections.Counter()
    at_once = min(AT_ONCE, max(20, packets // 500))
    workers = [asyncio.create_task(worker(done, count, errors)) for _ in range(at_once)]
    while carried(device) < packets and sum(errors.values()) < 1000 + sum(count.values()) // 10:
        await asyncio.sleep(0.05)
    done.set()
    await asyncio.gather(*workers)
    print("conversations: " + ", ".join(f"{name} {count[name]:,}" for name in MIX) + f"; together {sum(count.values()):,}")
    for error, times in errors.most_common(5):
        print(f"failed {times:,} times: {error}", file=sys.stderr)
    return 0 if carried(device) >= packets else 1


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tls = ssl.create_default_context(cafile=sys.argv[3])
    if uvloop:
        uvloop.install()
    sys.exit(asyncio.run(main(int(sys.argv[1]), sys.argv[2])))
