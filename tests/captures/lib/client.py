#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Small clients for what no packaged program does on demand.

usage: client.py pipeline HOST PORT COUNT SEGMENTS PATH...   GETs for the paths, COUNT in all, sent in SEGMENTS writes
       client.py idle HOST PORT SECONDS        GET, then an idle connection with TCP keep-alives, then GET
       client.py slow-read HOST PORT PATH SECONDS   reads nothing for a while, with a small buffer
       client.py reset HOST PORT PATH          reads the beginning of the response, then resets the connection
       client.py websocket HOST PORT COUNT     upgrades, then COUNT small frames
       client.py turns HOST PORT COUNT         COUNT questions in a protocol nobody knows
       client.py redis HOST PORT COUNT WRITES WORD...   COUNT times the command, pipelined, in WRITES writes
       client.py subscribe HOST PORT CHANNEL MESSAGES   reads that many messages, then unsubscribes
       client.py dns-retry HOST NAME           asks for the address, and again the same after a second
       client.py smtp HOST MAILS               mails with RFC 2920 pipelining
       client.py smtp-auth HOST                AUTH PLAIN, AUTH LOGIN as a dialogue, a wrong password
"""
import base64
import socket
import struct
import sys
import time


def connect(host, port, **options):
    s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if "receive_buffer" in options:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["receive_buffer"])
    s.settimeout(30)
    s.connect((host, int(port)))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def drain(s):
    total = 0
    while True:
        part = s.recv(65536)
        if not part:
            return total
        total += len(part)


def get(path, more=""):
    return ("GET %s HTTP/1.1\r\nHost: web1.example.net\r\n%s\r\n" % (path, more)).encode()


def pipeline(host, port, count, segments, *paths):
    count, segments = int(count), int(segments)
    wanted = [get(paths[i % len(paths)], "Connection: close\r\n" if i + 1 == count else "") for i in range(count)]
    share = -(-count // segments)
    with connect(host, port) as s:
        for i in range(0, count, share):
            s.sendall(b"".join(wanted[i:i + share]))
            time.sleep(0.03)
        drain(s)


def idle(host, port, seconds):
    with connect(host, port) as s:
        for name, value in (("TCP_KEEPIDLE", 1), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 9)):
            s.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        s.sendall(get("/index.html"))
        s.recv(65536)
        time.sleep(float(seconds))
        s.sendall(get("/index.html", "Connection: close\r\n"))
        drain(s)


def slow_read(host, port, path, seconds):
    with connect(host, port, receive_buffer=4096) as s:
        s.sendall(get(path, "Connection: close\r\n"))
        time.sleep(float(seconds))
        drain(s)


def reset(host, port, path):
    s = connect(host, port, receive_buffer=4096)
    s.sendall(get(path))
    s.recv(1000)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def websocket(host, port, count):
    with connect(host, port) as s:
        s.sendall(get("/live", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Key: %s\r\n" % base64.b64encode(b"0123456789abcdef").decode()))
        lines = s.makefile("rb")
        while lines.readline().strip():
            pass
        for n in range(int(count)):
            text, mask = b"hello %d" % n, b"\1\2\3\4"
            s.sendall(bytes([0x81, 0x80 | len(text)]) + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(text)))
            head = lines.read(2)
            lines.read(head[1])
            time.sleep(0.05)


def turns(host, port, count):
    with connect(host, port) as s:
        for n in range(int(count)):
            s.sendall(b"\xf1%c" % n + b"\xee" * (20 + n))
            size = 400 if n % 2 else 4000
            while size:
                size -= len(s.recv(size))
            time.sleep(0.04)


def redis(host, port, count, writes, *words):
    count, writes = int(count), int(writes)
    if words[0] == "inline":
        one = " ".join(words[1:]).encode() + b"\r\n"
    else:
        one = b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words)
    with connect(host, port) as s:
        share = -(-count // writes)
        lines = s.makefile("rb")
        for i in range(0, count, share):
            n = min(share, count - i)
            s.sendall(one * n)
            for _ in range(n):
                head = lines.readline()
                if head[:1] == b"$" and int(head[1:]) >= 0:
                    lines.read(int(head[1:]) + 2)


def subscribe(host, port, channel, messages):
    with connect(host, port) as s:
        lines = s.makefile("rb")

        def array():
            for _ in range(int(lines.readline()[1:])):
                if lines.readline()[:1] == b"$":
                    lines.readline()

        s.sendall(b"*2\r\n$9\r\nSUBSCRIBE\r\n$%d\r\n%s\r\n" % (len(channel), channel.encode()))
        for _ in range(1 + int(messages)):
            array()


def dns_retry(host, name):
    query = bytes([0x51, 0x52, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    query += b"".join(bytes([len(x)]) + x.encode() for x in name.split(".")) + b"\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect((host, 53))
        s.send(query)
        s.settimeout(1)
        for _ in range(2):
            try:
                s.recv(2000)
                return
            except socket.timeout:
                s.send(query)
        raise SystemExit("no answer")


class Mail:
    def __init__(self, host):
        self.sock = connect(host, 25)
        self.lines = self.sock.makefile("rb")

    def replies(self, count=1):
        last = b""
        for _ in range(count):
            while True:
                last = self.lines.readline()
                if last[3:4] != b"-":
                    break
        return last

    def say(self, *lines):
        self.sock.sendall("".join(x + "\r\n" for x in lines).encode())
        return self.replies(len(lines))


def smtp(host, mails):
    m = Mail(host)
    m.replies()
    m.say("EHLO desk1.example.net")
    for n in range(int(mails)):
        to = ["user2"] if n % 2 == 0 else ["user2", "nobody", "user3"]
        m.say("MAIL FROM:<user1@example.net>", *["RCPT TO:<%s@example.net>" % t for t in to], "DATA")
        m.say("Subject: pipelined %d\r\n\r\nA line.\r\n..a dot at the beginning\r\n." % n)
    m.say("RSET", "QUIT")


def smtp_bdat(host, limit):
    """Mails in chunks; `limit`: the largest mail that the server takes."""
    m = Mail(host)
    m.replies()
    m.say("EHLO desk2.example.net")
    head = b"Subject: in chunks\r\n\r\n"
    chunk = lambda data, last="": b"BDAT %d%s\r\n" % (len(data), last.encode()) + data
    begin = lambda: m.say("MAIL FROM:<user1@example.net>", "RCPT TO:<user2@example.net>")

    def send(count, *parts):
        m.sock.sendall(b"".join(parts))
        return m.replies(count)

    begin()                                  # each chunk waits for its reply
    for data in (head, b"QUIT\r\n.\r\n" * 200):
        send(1, chunk(data))
    send(1, chunk(b"RSET\r\n", " LAST"))
    # all at once, the replies behind each other
    send(5, b"MAIL FROM:<user1@example.net>\r\nRCPT TO:<user2@example.net>\r\n", chunk(head), chunk(b"one\r\n"),
         chunk(b"two\r\n", " LAST"))
    begin()                                  # nothing in the last chunk, and the line is a packet of its own
    m.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    m.sock.sendall(b"BDAT %d\r\n" % len(head))
    time.sleep(0.02)
    send(1, head)
    send(1, chunk(b"", " LAST"))
    begin()                                  # taken back
    send(1, chunk(head))
    m.say("RSET")
    begin()                                  # too large: refused in its second chunk, the third one is on its way
    send(1, chunk(head))
    send(2, chunk(b"x" * (int(limit) - 2) + b"\r\n"), chunk(b"end\r\n", " LAST"))
    m.say("RSET", "QUIT")


def smtp_auth(host):
    secret = lambda t: base64.b64encode(t.encode()).decode()
    for n in range(3):
        m = Mail(host)
        m.replies()
        m.say("EHLO desk1.example.net")
        if n == 0:
            m.say("AUTH PLAIN " + secret("\0user1\0secret"))
        else:
            m.say("AUTH LOGIN")
            m.say(secret("user1"))
            m.say(secret("secret" if n == 1 else "wrong"))
        m.say("QUIT")


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](*sys.argv[2:])
