#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Four name servers that dnsmasq forwards to, on loopback: port 5301 answers SERVFAIL, 5302 stays
silent, 5303 answers A queries after 300 ms, 5304 answers every second one at once. 5303 does so over TCP too."""
import select
import socket
import threading
import time


def answer(query, rcode, address=None):
    end = 12
    while query[end]:
        end += query[end] + 1
    question = query[12:end + 5]
    records = b""
    if address and query[end + 1:end + 3] == b"\0\1":
        records = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address)
    return (query[:2] + bytes([0x81, 0x80 | rcode]) + b"\0\1" + (b"\0\1" if records else b"\0\0")
            + b"\0\0\0\0" + question + records)


def slow_tcp():
    with socket.create_server(("127.0.0.1", 5303)) as server:
        while True:
            conn, _ = server.accept()
            with conn:
                query = conn.recv(4096)
                time.sleep(0.3)
                text = answer(query[2:], 0, "10.20.7.7")
                conn.sendall(len(text).to_bytes(2, "big") + text)


def main():
    threading.Thread(target=slow_tcp, daemon=True).start()
    sockets = []
    for port in (5301, 5302, 5303, 5304):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("127.0.0.1", port))
        sockets.append(s)
    asked = 0
    while True:
        for s in select.select(sockets, [], [])[0]:
            query, peer = s.recvfrom(4096)
            if s is sockets[0]:
                s.sendto(answer(query, 2), peer)
            elif s is sockets[2]:
                threading.Timer(0.3, s.sendto, (answer(query, 0, "10.20.7.7"), peer)).start()
            elif s is sockets[3]:
                asked += 1
                if asked % 2 == 0:
                    s.sendto(answer(query, 0, "10.20.7.8"), peer)


if __name__ == "__main__":
    main()
