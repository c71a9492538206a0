# SPDX-License-Identifier: MIT
"""Databases and caches: what truth.py needs to read them. See speech.py."""
import re

from speech import Exchange, tls, turns


def by_id(exchange):
    exchange.by_id = True   # the server works on several at once: none waits for the one before
    return exchange


# ---- Memcached
STORES = {b"set": 4, b"add": 4, b"replace": 4, b"append": 4, b"prepend": 4, b"cas": 4, b"ms": 2}
NAMED = ("get gets gat gats set add replace append prepend cas delete incr decr touch mg ms md ma mn me version stats "
         "flush_all verbosity").split()
BINARY = {0: "get", 1: "set", 2: "add", 4: "delete", 5: "incr", 7: "quit", 8: "flush_all", 9: "get", 10: "noop",
          11: "version", 12: "get", 13: "get", 16: "stats", 17: "set"}


def _line(data, at):
    """(end of the line with its block of data, its words)"""
    end = data.index(b"\r\n", at) + 2
    return end, data[at:end].split()


def _binary(stream):
    def cut(data):
        at = 0
        while at + 24 <= len(data):
            end = at + 24 + int.from_bytes(data[at + 8:at + 12], "big")
            yield at, end, data[at:end]
            at = end

    answers = {}
    for start, end, m in cut(stream.down.whole()):
        begin = answers.get(m[12:16], (start,))[0]
        answers[m[12:16]] = (begin, end, int.from_bytes(m[6:8], "big"))
    for start, end, m in cut(stream.up.whole()):
        a = answers.get(m[12:16])
        if a or m[1] not in (9, 13, 17):
            yield by_id(Exchange("Memcached " + BINARY.get(m[1], "OTHER"), (start, end), a and a[:2],
                                 error=bool(a) and a[2] not in (0, 1, 2, 5)))


def memcached(stream):
    up, down = stream.up.whole(), stream.down.whole()
    if up[0] == 0x80:
        return list(_binary(stream))
    out, at, back = [], 0, 0
    while at < len(up):
        end, words = _line(up, at)
        if words[0] in STORES:
            end += int(words[STORES[words[0]]]) + 2
        quiet = words[-1] in (b"noreply", b"quit") or (re.match(rb"m[gsda]$", words[0]) and b"q" in words)
        start, at = at, end
        if quiet:
            continue
        first, done, error = None, False, False
        while not done:
            first = back if first is None else first
            here = back
            back, answer = _line(down, back)
            if answer[0] in (b"VALUE", b"VA"):
                back += int(answer[3 if answer[0] == b"VALUE" else 1]) + 2
            error = answer[0] in (b"ERROR", b"CLIENT_ERROR", b"SERVER_ERROR")
            if words[0] == b"mn":    # what comes before MN answers the quiet ones
                done = answer[0] == b"MN"
                first = here
            else:
                done = error or answer[0] in (b"END", b"EN") or words[0] not in (b"get", b"gets", b"gat", b"stats")
        name = words[0].decode()
        out.append(Exchange("Memcached " + (name if name in NAMED else "OTHER"), (start, end), (first, back), error=error))
    return out


def memcached_datagram(m):
    """Requests ask, so their first word is a command."""
    words = m[8:].split()
    if words[0].decode() not in NAMED:
        return True, m[:2], None, b"ERROR" in words[0]
    return None if b"noreply" in words else (False, m[:2], "Memcached " + words[0].decode(), False)


# ---- MySQL
COMMANDS = {2: "INIT_DB", 3: "QUERY", 9: "STATISTICS", 14: "PING", 22: "PREPARE", 23: "EXECUTE", 26: "STMT_RESET",
            31: "RESET_CONNECTION"}
SILENT = (1, 0x18, 0x19)


def _packets(data, at=0):
    """(start, end, sequence number, content)"""
    while at + 4 <= len(data):
        end = at + 4 + int.from_bytes(data[at:at + 3], "little")
        yield at, end, data[at + 3], data[at + 4:end]
        at = end


def mysql(stream):
    up, down = stream.up.whole(), stream.down.whole()
    server = list(_packets(down))
    out = [Exchange("MySQL CONNECT", None, server[0][:2], error=server[0][3][0] == 0xff)]
    client = list(_packets(up))
    if not client:
        return out
    if client[0][1] == 36:      # 32 bytes of content: TLS follows
        return out + tls(stream, 36, server[0][1])
    # The login goes on while the sequence numbers do.
    last = 1
    while last < len(client) and client[last][2] == client[last - 1][2] + 2:
        last += 1
    reply = next(p for p in server if p[2] == client[last - 1][2] + 1)
    out.append(Exchange("MySQL LOGIN", (client[0][0], client[last - 1][1]), reply[:2], error=reply[3][0] == 0xff,
                        times=last == 1))
    if client[0][3][0] & 0x20 and reply[3][0] == 0:
        return out + [Exchange("MySQL OTHER", e.q, e.r) for e in turns(stream) if e.q[0] >= client[0][1]]
    asked = []
    for start, end, sequence, content in client[last:]:
        if sequence == 0 and content[0] not in SILENT:
            asked.append([COMMANDS.get(content[0], "OTHER"), start, end, True])
        elif sequence:
            asked[-1][2:] = [end, False]   # a file that the server asked for
    # A response begins with sequence number 1, and not where another 255 packets came before.
    replies, before = [], reply[2]
    for start, end, sequence, content in server[server.index(reply) + 1:]:
        if sequence == 1 and before != 0:
            replies.append([start, end, False])
        replies[-1][1] = end
        replies[-1][2] = replies[-1][2] or content[0] == 0xff
        before = sequence
    for (name, start, end, times), (a, b, error) in zip(asked, replies):
        out.append(Exchange("MySQL " + name, (start, end), (a, b), error=error, times=times))
    return out


# ---- MongoDB
def mongodb(stream):
    def cut(data):
        at = 0
        while at + 16 <= len(data):
            end = at + int.from_bytes(data[at:at + 4], "little")
            yield at, end, data[at:end]
            at = end

    def document(m):
        return 21 if m[12:14] == b"\xdd\x07" else m.index(b"\0", 20) + 9

    out, answers = [], {m[8:12]: (start, end, b"\x01ok\x00" + bytes(8) in m) for start, end, m in cut(stream.down.whole())}
    for start, end, m in cut(stream.up.whole()):
        name = "OTHER"
        if m[12:14] != b"\xdc\x07":
            word = document(m) + 5
            name = m[word:m.index(b"\0", word)].decode().replace("ismaster", "hello")
        a = answers.get(m[4:8])
        if a or not (m[12:14] == b"\xdd\x07" and m[16] & 2):
            out.append(by_id(Exchange("MongoDB " + name.replace("noSuchCommand", "OTHER"), (start, end), a and a[:2],
                                      error=bool(a) and a[2], wait=b"maxAwaitTimeMS" in m and name == "hello")))
    return out


# ---- FastCGI: requests one after the other
def fastcgi(stream):
    def cut(data):
        at = 0
        while at + 8 <= len(data):
            end = at + 8 + int.from_bytes(data[at + 4:at + 6], "big") + data[at + 6]
            yield at, end, data[at + 1], data[at + 8:end]
            at = end

    def whole(data, is_last):
        start, bad = None, False
        for a, b, kind, content in cut(data):
            start = a if start is None else start
            bad = bad or content.startswith(b"Status: 5")
            if is_last(kind, b - a):
                yield start, b, bad
                start, bad = None, False

    asked = list(whole(stream.up.whole(), lambda kind, size: kind == 5 and size == 8))
    said = list(whole(stream.down.whole(), lambda kind, size: kind == 3))
    return [by_id(Exchange("FASTCGI", q[:2], r[:2], error=r[2])) for q, r in zip(asked, said)]


# ---- Thrift: calls one after the other
def _framed(stream, kind):
    """`kind`: of a message (1 call, 2 reply, 3 exception, 4 call without reply)"""
    def cut(data):
        at = 0
        while at + 4 <= len(data):
            end = at + 4 + int.from_bytes(data[at:at + 4], "big")
            yield (at, end), kind(data[at + 4:end])
            at = end

    asked = [place for place, what in cut(stream.up.whole()) if what == 1]
    return [by_id(Exchange("Thrift", q, r, error=what == 3)) for q, (r, what) in zip(asked, cut(stream.down.whole()))]


def thrift_binary(stream):
    return _framed(stream, lambda m: m[3])


def thrift_compact(stream):
    return _framed(stream, lambda m: m[1] >> 5)


def thrift_bare(stream):
    """Without frames the messages are told by where they begin."""
    def cut(data):
        at = [m.start() for m in re.finditer(rb"\x80\x01\x00[\x01-\x04]\x00\x00\x00", data)] + [len(data)]
        return list(zip(at, at[1:]))

    up, down = stream.up.whole(), stream.down.whole()
    asked = [q for q in cut(up) if up[q[0] + 3] == 1]
    return [by_id(Exchange("Thrift", q, r, error=down[r[0] + 3] == 3)) for q, r in zip(asked, cut(down))]


# ---- Kafka
KAFKA = {0: "PRODUCE", 1: "FETCH", 2: "LIST_OFFSETS", 3: "METADATA", 10: "FIND_COORDINATOR", 18: "API_VERSIONS"}


def _sized(data, head, place, width, extra):
    """Messages with a length of `width` bytes at `place`, to which `extra` is added: (start, end, message)"""
    at = 0
    while at + head <= len(data):
        end = at + extra + int.from_bytes(data[at + place:at + place + width], "big")
        yield at, end, data[at:end]
        at = end


def kafka(stream):
    """Named by its case: Thrift's has the same port."""
    answers = {m[4:8]: (start, end) for start, end, m in _sized(stream.down.whole(), 8, 0, 4, 4)}
    out = []
    for start, end, m in _sized(stream.up.whole(), 12, 0, 4, 4):
        key = m[5]
        body = 14 + int.from_bytes(m[12:14], "big")
        if key == 0 and m[body + 2:body + 4] == bytes(2):     # wants no acknowledgement
            continue
        out.append(by_id(Exchange("Kafka " + KAFKA[key], (start, end), answers.get(m[8:12]), wait=key == 1)))
    return out


# ---- TDS: one message after the other, each of packets up to the one whose status says it is the last
TDS = {0x12: "OTHER", 0x10: "LOGIN", 1: "BATCH", 3: "RPC"}


def tds(stream):
    def cut(data):
        begin = None
        for start, end, m in _sized(data, 8, 2, 2, 0):
            begin = (start, m) if begin is None else begin
            if m[1] & 1:
                yield (begin[0], end), begin[1]
                begin = None

    return [Exchange("TDS " + TDS[m[0]], q, r, error=answer[8] == 0xaa)
            for (q, m), (r, answer) in zip(cut(stream.up.whole()), cut(stream.down.whole()))]


# ---- CQL
CQL = {1: "STARTUP", 5: "OPTIONS", 7: "QUERY", 9: "PREPARE", 10: "EXECUTE", 11: "REGISTER"}


def cql(stream):
    answers = {m[2:4]: (start, end, m[4] == 0) for start, end, m in _sized(stream.down.whole(), 9, 5, 4, 9)}
    out = []
    for start, end, m in _sized(stream.up.whole(), 9, 5, 4, 9):     # the client uses no stream twice
        a = answers.get(m[2:4])
        out.append(by_id(Exchange("CQL " + CQL[m[4]], (start, end), a and a[:2], error=bool(a) and a[2])))
    return out


# ---- Oracle Net: every answer of the small listener has two packets of data
def tns(stream):
    up, down = (list(_sized(side.whole(), 8, 0, 2, 0)) for side in (stream.up, stream.down))
    asked = [(start, end) for start, end, m in up if m[4] == 1]
    said = [(start, end, m[4]) for start, end, m in down if m[4] != 11]
    out = [Exchange("Oracle TNS", (asked[0][0], asked[-1][1]), said[0][:2], error=said[0][2] == 4)]
    calls = [(start, end) for start, end, m in up if m[4] == 6]
    for n, call in enumerate(calls):
        out.append(Exchange("Oracle TNS", call, (said[1 + 2 * n][0], said[2 + 2 * n][1])))
    return out


PORTS = {1433: tds, 1521: tns, 9042: cql, 11211: memcached, 3306: mysql, 27017: mongodb, 9000: fastcgi,
         9090: thrift_binary, 9091: thrift_compact, 9092: thrift_bare}
DATAGRAMS = {11211: memcached_datagram}
