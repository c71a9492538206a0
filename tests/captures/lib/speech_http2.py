# SPDX-License-Identifier: MIT
"""HTTP/2 in clear text, also behind an upgrade from HTTP/1, and gRPC: what truth.py needs. See speech.py."""
from speech import Exchange

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, PUSH, CONTINUATION = 0, 1, 3, 5, 9


def _frames(data, at):
    """(type, flags, stream, start, end, headers or None); HEADERS are one with their CONTINUATION."""
    import hpack
    decoder = hpack.Decoder()
    decoder.max_allowed_table_size = 1 << 16
    while at + 9 <= len(data):
        start = at
        size, kind, flags = int.from_bytes(data[at:at + 3], "big"), data[at + 3], data[at + 4]
        number = int.from_bytes(data[at + 5:at + 9], "big") & 0x7fffffff
        at += 9 + size
        if at > len(data):
            return
        headers = None
        if kind in (HEADERS, PUSH):
            block = data[start + 9:at]
            if flags & 8:
                block = block[1:len(block) - block[0]]
            block = block[4 if kind == PUSH else 5 if flags & 0x20 else 0:]
            more = flags
            while not more & 4:
                size, more = int.from_bytes(data[at:at + 3], "big"), data[at + 4]
                block += data[at + 9:at + 9 + size]
                at += 9 + size
            headers = dict(decoder.decode(block))
        yield kind, flags, number, start, at, headers


class _Side:
    """What one side sent on one stream."""

    def __init__(self):
        self.start = self.end = None
        self.size, self.done, self.headers = 0, False, {}

    def add(self, flags, start, end, headers):
        self.start = start if self.start is None else self.start
        self.end = end
        self.size += end - start
        self.done = self.done or bool(flags & 1)
        self.headers.update(headers or {})


def http2(stream):
    up, down = stream.up.whole(), stream.down.whole()
    out, at, back = [], 0, 0
    if not up.startswith(PREFACE):
        at, back = up.find(b"\r\n\r\n") + 4, down.find(b"\r\n\r\n") + 4
    asked, answered, reset = {}, {}, {}
    for sides, frames in ((asked, _frames(up, at + len(PREFACE))), (answered, _frames(down, back))):
        for kind, flags, number, start, end, headers in frames:
            if kind == RESET:
                reset[number] = True
            if kind not in (DATA, HEADERS) or (headers and headers.get(":status", "2")[0] == "1"):
                continue
            sides.setdefault(number, _Side()).add(flags, start, end, headers)
    if at:  # the answer of the request that upgraded the connection comes on stream 1
        r = answered[1]
        e = Exchange("HTTP " + up.split(b" ", 1)[0].decode(), (0, at), (r.start, r.end), error=r.headers[":status"][0] == "5")
        e.by_id, e.sizes = True, (at, r.size)
        out.append(e)
    for number, q in sorted(asked.items()):
        r = answered.get(number)
        grpc = q.headers.get("content-type", "").startswith("application/grpc")
        e = Exchange("GRPC" if grpc else "HTTP2 " + q.headers[":method"], (q.start, q.end), r and (r.start, r.end))
        e.by_id = True
        if r:
            status = r.headers[":status"]
            e.error = status[0] in "45" or r.headers.get("grpc-status", "0") != "0" if grpc else status[0] == "5"
            e.sizes = (q.size, r.size)
            e.early = stream.down.first(r.start, r.start + 9) < stream.up.last(q.start, q.end)
            e.wait = grpc and e.early
        if reset.get(number) and not (r and r.done) or not (r and r.done) and (stream.down.fin or stream.up.rst):
            e.outcome = "aborted"
        out.append(e)
    return out


PORTS = {50051: http2}
DATAGRAMS = {}
