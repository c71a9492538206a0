#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The application behind nginx on web1: small pages, some of which ask Redis and PostgreSQL.

With --slow FROM TO (seconds after start) the database work takes long in that window, and with it
every page that needs it: the story that the demo's graphs tell.
"""
import argparse
import http.server
import json
import queue
import random
import socket
import time

STARTED = time.monotonic()


class Cache:
    """Just enough of a Redis client: one connection, GET and SETEX."""

    def __init__(self, host):
        self.sock = socket.create_connection((host, 6379), timeout=5)
        self.lines = self.sock.makefile("rb")

    def call(self, *words):
        out = [b"*%d\r\n" % len(words)]
        for w in words:
            w = str(w).encode()
            out.append(b"$%d\r\n%s\r\n" % (len(w), w))
        self.sock.sendall(b"".join(out))
        head = self.lines.readline()
        if head[:1] == b"$":
            size = int(head[1:])
            return None if size < 0 else self.lines.read(size + 2)[:-2]
        return head.strip()


class Pool:
    def __init__(self, make):
        self.make, self.idle = make, queue.LifoQueue()

    def take(self):
        try:
            return self.idle.get_nowait()
        except queue.Empty:
            return self.make()

    def give(self, thing):
        self.idle.put(thing)


def connect_database():
    import psycopg2
    connection = psycopg2.connect(host="db1.example.net", dbname="orders", user="app",
                                  password="secret", connect_timeout=5, application_name="shop")
    connection.autocommit = True
    return connection


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    options = None
    database = Pool(connect_database)
    cache = Pool(lambda: Cache("cache1.example.net"))

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def slow_now(self):
        start, end = self.options.slow
        return start <= time.monotonic() - STARTED < end

    def order(self, number):
        cache = self.cache.take()
        body = cache.call("GET", "order:%s" % number)
        if body is None:
            database = self.database.take()
            with database.cursor() as cursor:
                if self.slow_now():
                    delay = min(2.6, random.lognormvariate(0, 0.5))
                    cursor.execute("select id, name, price, pg_sleep(%s) from item where id = %s",
                                   (round(delay, 3), number))
                else:
                    cursor.execute("select id, name, price from item where id = %s", (number,))
                row = cursor.fetchone()
            self.database.give(database)
            body = json.dumps({"id": row[0], "name": row[1], "price": row[2]}).encode()
            cache.call("SETEX", "order:%s" % number, 20, body.decode())
        self.cache.give(cache)
        self.reply(200, body)

    def do_GET(self):
        path = self.path.split("?")[0].split("/")[2:]
        if path[0] == "order":
            self.order(int(path[1]))
        elif path[0] == "sleep":
            time.sleep(int(path[1]) / 1000)
            self.reply(200, b'{"slept": %d}' % int(path[1]))
        elif path[0] == "report":
            time.sleep(min(2.5, random.lognormvariate(-1.6, 0.6)))
            self.chunked([b'{"line": %d, "sum": %d}\n' % (n, n * n) for n in range(120)])
        elif path[0] == "chunks":  # chunks/COUNT/MS
            self.chunked([b"chunk %d\n" % n for n in range(int(path[1]))], int(path[2]) / 1000)
        elif path[0] == "fail":
            self.reply(500, b'{"error": "no"}')
        elif path[0] == "busy":
            self.reply(503, b'{"error": "later"}')
        elif path[0] == "stuck":
            time.sleep(5)
            self.reply(200)
        else:
            self.reply(200, b'{"hello": true}')

    do_HEAD = do_GET

    def do_OPTIONS(self):
        self.send_response(204)
        self.send_header("Allow", "GET, HEAD, POST, OPTIONS")
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.split("?")[0].split("/")[2:]
        if path[0] == "sleep":
            time.sleep(int(path[1]) / 1000)
        if path[0] == "sale":
            database = self.database.take()
            with database.cursor() as cursor:
                cursor.execute("insert into sale (item, amount, note) values (%s, %s, %s) returning id",
                               (random.randrange(400) + 1, len(body), "from the shop"))
                number = cursor.fetchone()[0]
            self.database.give(database)
            return self.reply(201, b'{"sale": %d}' % number)
        return self.reply(200, b'{"bytes": %d}' % len(body))

    def chunked(self, pieces, gap=0.0):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for n, piece in enumerate(pieces):
            if n and gap:
                time.sleep(gap)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--slow", nargs=2, type=float, default=(0, 0))
    Handler.options = p.parse_args()
    random.seed(7)
    Server(("127.0.0.1", 8000), Handler).serve_forever()


if __name__ == "__main__":
    main()
