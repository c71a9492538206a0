# SPDX-License-Identifier: MIT
"""Requests that no browser sends, the same for one seed: methods, sizes, encodings, NULs, cut off and repeated parts."""
import random

PATHS = ["/", "/PasTmon", "/PasTmon/", "/PasTmon/level1", "/PasTmon/level2", "/PasTmon/all", "/PasTmon/graph", "/PasTmon/graph.svg",
         "/PasTmon/favourites", "/PasTmon/internal", "/PasTmon/metrics", "/PasTmon/health", "/PasTmon/login", "/PasTmon/assets/pastmon.css",
         "/PasTmon/api/v1/list", "/PasTmon/api/v1/series", "/PasTmon/api/v1/hosts", "/PasTmon/api/v1/statistics", "/favicon.ico"]
NAMES = ["signature", "client", "server", "port", "sensor", "client_like", "server_like", "range", "from", "to", "metric", "step", "sort",
         "rows", "page", "level", "group", "limit", "like", "name", "interface"]
VALUES = ["*", "", "HTTP GET", "10.20.0.10", "::1", "(a+)+$", "(", "[[:alpha:]]{1,99}{1,99}", "1", "-1", "0", "99999999999999999999", "all", "24h",
          "9999d", "2026-13-45T99:99", "1970-01-01", "9999-12-31T23:59", "response_time", "' OR 1=1 --", "<script>", "{{NAME}}", "%00", "%ff%fe", "\u202e",
          "../../etc/passwd", "A" * 300]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "get", "PROPFIND", "X" * 200, "", "G\x00T"]


class Fuzzer:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def coded(self, text):
        style = self.random.random()
        if style < 0.5:
            return "".join(c if c.isalnum() else "".join(f"%{b:02x}" for b in c.encode()) for c in text)
        if style < 0.6:
            return "".join(f"%{b:02X}" for b in text.encode())
        if style < 0.65:
            return text + self.random.choice(["%", "%0", "%zz", "%00", "\x00", "\x7f", "\xff"])
        return text.replace(" ", "+")

    def target(self):
        r = self.random
        path = r.choice(PATHS)
        if r.random() < 0.2:
            path += r.choice(["/", "//", "/..", "/%2e%2e/%2e%2e/etc/passwd", ";a=b", "%00", "\\", "/" + "a" * r.choice([10, 5000, 20000])])
        number = r.choice([0, 1, 1, 2, 3, 5, 20, 120]) if r.random() < 0.98 else 10_000
        query = "&".join(f"{r.choice(NAMES)}={self.coded(r.choice(VALUES))}" for _ in range(number))
        return path + ("?" + query if query or r.random() < 0.1 else "") + (r.choice(["", "#x", "?", "&&&", "="]) if r.random() < 0.1 else "")

    def headers(self, body):
        r = self.random
        lines = [r.choice(["Host: localhost", "Host: 127.0.0.1:80", "Host: [::1]"]) if r.random() < 0.85
                 else r.choice(["Host: attacker.example", "Host:", "host: " + "a" * 5000, "Host: localhost\r\nHost: other", "Host: \x00"])]
        extra = ["Connection: keep-alive", "Connection: close", "Connection: upgrade\r\nUpgrade: websocket", "X-Forwarded-For: 127.0.0.1", "Range: bytes=0-1,5-2",
                 "Accept: application/openmetrics-text;q=x", "If-None-Match: \"" + "a" * 500, "Cookie: " + "a=b; " * 300, "Expect: 100-continue",
                 "Accept-Encoding: gzip, br", "X: " + "y" * r.choice([1, 8000, 40000]), "Transfer-Encoding: chunked", "Transfer-Encoding: chunked, chunked",
                 "Authorization: Basic AAAA", " folded: line", ": no name", "no colon", "Origin: null", "Content-Type: multipart/form-data; boundary="]
        lines += [r.choice(extra) for _ in range(r.choice([0, 0, 1, 2, 5, 100]))]
        if body or r.random() < 0.1:
            lines.append("Content-Length: " + r.choice([str(len(body)), str(len(body)), "-1", "99999999999999999999", "1e3", "0x10", str(len(body) + 50)]))
        return lines

    def request(self):
        """The bytes of one request, or of what looks like one."""
        r = self.random
        if r.random() < 0.05:
            return bytes(r.randrange(256) for _ in range(r.choice([1, 10, 1000])))
        method = r.choice(METHODS[:2]) if r.random() < 0.6 else r.choice(METHODS)
        body = "" if method in METHODS[:2] else self.coded("&".join(f"{n}={v}" for n, v in zip(NAMES, VALUES)))[: r.choice([0, 10, 1000, 100000])]
        version = r.choice(["HTTP/1.1"] * 8 + ["HTTP/1.0", "HTTP/9.9", "HTTP/1.1\x00", "", "http/1.1"])
        end = "\r\n" if r.random() < 0.95 else "\n"
        text = end.join([f"{method} {self.target()} {version}", *self.headers(body), "", body])
        data = text.encode("latin-1", "replace")
        if r.random() < 0.1:
            data = data[: r.randrange(len(data) + 1)]
        if r.random() < 0.05:
            at = r.randrange(len(data) + 1)
            data = data[:at] + bytes([r.randrange(256)]) + data[at + 1:]
        return data
