#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server on port 7777 whose protocol nobody knows: every question (0xf1, number, filler) is
answered 25 ms later, with 400 bytes if the number is odd, with 4000 if it is even."""
import socket
import sys
import threading
import time


def answer(conn):
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        question = conn.recv(1000)
        if not question:
            break
        time.sleep(0.025)
        conn.sendall(b"\xf2" + b"\xdd" * (399 if question[1] % 2 else 3999))
    conn.close()


def main():
    with socket.create_server((sys.argv[1], 7777)) as server:
        while True:
            conn, _ = server.accept()
            threading.Thread(target=answer, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
