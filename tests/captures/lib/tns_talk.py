#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A small listener of Oracle Net (TNS, version 314) and a client: tns_talk.py server|client ADDRESS"""
import socket
import socketserver
import struct
import sys
import time

from exactly import exactly

PORT = 1521
CONNECT, ACCEPT, REFUSE, REDIRECT, DATA, RESEND = 1, 2, 4, 5, 6, 11
VERSION = 314


def packet(kind, body=b""):
    return struct.pack(">HHBBH", 8 + len(body), 0, kind, 0, 0) + body


def receive(sock):
    size, _, kind, _, _ = struct.unpack(">HHBBH", exactly(sock, 8))
    return kind, exactly(sock, size - 8)


def connect_packet(service):
    words = ("(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=%s)))" % service).encode()
    head = struct.pack(">HHHHHHHHHHIBB", VERSION, 300, 0x0C41, 8192, 32767, 0x7F08, 0, 1, len(words), 58, 0, 0, 0)
    return packet(CONNECT, (head + bytes(50 - len(head)) + words))


class Listener(socketserver.BaseRequestHandler):
    """Knows a service "sales", has moved "archive", asks for the words of "again" once more, and refuses all others."""
    def handle(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            _, body = receive(self.request)
            time.sleep(0.02)
            if b"=again)" in body:
                self.request.sendall(packet(RESEND))
                receive(self.request)
            elif b"=archive)" in body:
                self.request.sendall(packet(REDIRECT, b"\x00\x2e(ADDRESS=(PROTOCOL=tcp)(HOST=db9)(PORT=1521))"))
                return
            elif b"=sales)" not in body:
                self.request.sendall(packet(REFUSE, b"\x22\x00\x00\x24(DESCRIPTION=(ERR=12514)(VSNNUM=0))"))
                return
            self.request.sendall(packet(ACCEPT, struct.pack(">HHHHHHHH", VERSION, 0x0C41, 8192, 32767, 1, 0, 24, 0x4141)))
            while True:
                _, body = receive(self.request)
                time.sleep(0.03 if body[2] == 3 else 0.001)
                for part in (b"\x00\x00\x10rows ", b"\x00\x00\x04end "):    # every answer has two packets
                    self.request.sendall(packet(DATA, part + body[2:] * 20))
        except ConnectionError:
            pass


def talk(address, service, calls):
    sock = socket.create_connection((address, PORT))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(connect_packet(service))
    kind, _ = receive(sock)
    if kind == RESEND:
        sock.sendall(connect_packet(service))
        kind, _ = receive(sock)
    if kind == ACCEPT:
        for call in calls:
            sock.sendall(packet(DATA, b"\x00\x00" + call))
            receive(sock), receive(sock)
    time.sleep(0.05)
    sock.close()


def main():
    role, address = sys.argv[1:]
    if role == "server":
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        socketserver.ThreadingTCPServer((address, PORT), Listener).serve_forever()
    talk(address, "sales", [b"\x01login", b"\x03select", b"\x03select more", b"\x0elogoff"])
    talk(address, "again", [b"\x03select"])
    talk(address, "archive", [])
    talk(address, "unknown", [])


if __name__ == "__main__":
    main()
