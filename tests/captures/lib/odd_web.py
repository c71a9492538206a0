#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A web server on port 8080 that answers as nginx never would.

/eof   no length, ends with the connection      /fin   ends before the promised length
/rst   resets in the middle of the body         /none  closes without a word
/live  upgrades to WebSocket and returns every frame's payload after 30 ms
"""
import base64
import hashlib
import socket
import struct
import sys
import threading
import time


def answer(conn):
    lines = conn.makefile("rb")
    path = lines.readline().split()[1].decode()
    headers = {}
    while True:
        line = lines.readline().strip()
        if not line:
            break
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()
    time.sleep(0.02)
    if path == "/live":
        accept = hashlib.sha1(headers[b"sec-websocket-key"] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        conn.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Accept: " + base64.b64encode(accept) + b"\r\n\r\n")
        while True:
            head = lines.read(2)
            if len(head) < 2:
                break
            mask = lines.read(4)
            text = bytes(c ^ mask[i % 4] for i, c in enumerate(lines.read(head[1] & 127)))
            time.sleep(0.03)
            conn.sendall(bytes([0x81, len(text)]) + text)
    elif path == "/eof":
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + b"until the end\n" * 100)
    elif path != "/none":
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"not all of it\n" * 100)
        time.sleep(0.05)
        if path == "/rst":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    lines.close()
    conn.close()


def main():
    with socket.create_server((sys.argv[1], 8080)) as server:
        while True:
            conn, _ = server.accept()
            threading.Thread(target=answer, args=(conn,), daemon=True).start()


if __name__ == "__main__":
    main()
