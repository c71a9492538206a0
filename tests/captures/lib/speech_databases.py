# SPDX-License-Identifier: MIT
"""Databases and caches: what truth.py needs to read them. See speech.py."""
import re

from speech import Exchange


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


PORTS = {11211: memcached}
DATAGRAMS = {11211: memcached_datagram}
