#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A camera and its viewer: RTSP with the picture between the messages.

usage: rtsp.py server|client HOST PORT
"""
import socket
import sys
import threading
import time

SDP = b"v=0\r\no=- 1 1 IN IP4 10.20.1.21\r\ns=door\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:track1\r\n"


class Reader:
    """Messages of a connection; what stands between them is counted."""

    def __init__(self, sock):
        self.sock, self.data, self.frames = sock, b"", 0

    def more(self):
        part = self.sock.recv(65536)
        self.data += part
        return bool(part)

    def message(self):
        while True:
            if self.data[:1] == b"$" and len(self.data) >= 4:
                end = 4 + int.from_bytes(self.data[2:4], "big")
                if len(self.data) >= end:
                    self.data, self.frames = self.data[end:], self.frames + 1
                    continue
            elif self.data[:1] != b"$" and b"\r\n\r\n" in self.data:
                head, rest = self.data.split(b"\r\n\r\n", 1)
                lines = head.decode().split("\r\n")
                fields = dict(line.split(": ", 1) for line in lines[1:])
                size = int(fields.get("Content-Length", 0))
                if len(rest) >= size:
                    self.data = rest[size:]
                    return lines[0], fields, rest[:size]
            if not self.more():
                return None


def picture(sock, lock, playing):
    number = 0
    while playing.is_set():
        payload = number.to_bytes(4, "big") + b"p" * (700 if number % 5 else 1400)
        with lock:
            sock.sendall(b"$\0" + len(payload).to_bytes(2, "big") + payload)
        number += 1
        time.sleep(0.01)


def answer(method, fields, url):
    if url.endswith("/attic"):
        return "404 Not Found", "", b""
    if method == "DESCRIBE" and "Authorization" not in fields:
        return "401 Unauthorized", 'WWW-Authenticate: Basic realm="door"\r\n', b""
    if method == "DESCRIBE":
        time.sleep(0.06)
        return "200 OK", "Content-Type: application/sdp\r\nContent-Length: %d\r\n" % len(SDP), SDP
    if method == "SETUP" and "TCP" not in fields["Transport"]:
        return "461 Unsupported Transport", "", b""
    return "200 OK", "Session: 1234\r\n", b""


def serve(sock):
    reader, lock, playing = Reader(sock), threading.Lock(), threading.Event()
    while True:
        message = reader.message()
        if message is None:
            break
        method, url, _ = message[0].split()
        if method == "TEARDOWN":
            playing.clear()
            time.sleep(0.05)
        if method == "GET_PARAMETER":
            time.sleep(0.03)    # the picture goes on
        status, head, body = answer(method, message[1], url)
        with lock:
            sock.sendall(("RTSP/1.0 %s\r\nCSeq: %s\r\n%s\r\n" % (status, message[1]["CSeq"], head)).encode() + body)
        if method == "PLAY":
            playing.set()
            threading.Thread(target=picture, args=(sock, lock, playing), daemon=True).start()


def client(host, port):
    sock = socket.create_connection((host, port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    reader, number = Reader(sock), 0
    base = "rtsp://%s:%d/door" % (host, port)

    def ask(method, url, expect, head="", before=b""):
        nonlocal number
        number += 1
        sock.sendall(before + ("%s %s RTSP/1.0\r\nUser-Agent: viewer\r\nCSeq: %d\r\n%s\r\n" % (method, url, number, head)).encode())
        status, fields, _ = reader.message()
        assert status.split()[1] == expect and fields["CSeq"] == str(number), (method, status)

    report = b"$\1\0\x08report.."
    ask("OPTIONS", "*", "200")
    ask("DESCRIBE", base, "401")
    ask("DESCRIBE", base, "200", "Authorization: Basic dmlld2VyOnNlY3JldA==\r\n")
    ask("DESCRIBE", base + "/attic", "404", "Authorization: Basic dmlld2VyOnNlY3JldA==\r\n")
    ask("SETUP", base + "/track1", "461", "Transport: RTP/AVP;unicast;client_port=5000-5001\r\n")
    ask("SETUP", base + "/track1", "200", "Transport: RTP/AVP/TCP;interleaved=0-1\r\n")
    ask("PLAY", base, "200", "Session: 1234\r\n")
    for _ in range(3):
        time.sleep(0.1)
        ask("GET_PARAMETER", base, "200", "Session: 1234\r\n", report)
    ask("TEARDOWN", base, "200", "Session: 1234\r\n")
    assert reader.frames > 20
    sock.close()


what, where, which = sys.argv[1], sys.argv[2], int(sys.argv[3])
if what == "client":
    client(where, which)
else:
    listener = socket.create_server((where, which))
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
