# SPDX-License-Identifier: MIT
"""Cuts the two byte streams of a connection into requests and responses, one small function per
protocol. Each yields Exchange objects in the order of the requests; offsets are into the streams.
Deliberately simple: it reads only what the programs of this directory say."""
import re


class Exchange:
    def __init__(self, name, q, r=None, error=False, outcome=None, wait=False, times=True):
        self.name = name            # signature
        self.q = q                  # (start, end) in the client's stream, or None for a greeting
        self.r = r                  # (start, end) in the server's stream, or None
        self.error = error
        self.outcome = outcome      # None: answered if there is a response
        self.wait = wait            # a waiting request: counted, no times
        self.times = times          # False: metrics.md leaves room, so give no times
        self.partial = False        # the response is cut short
        self.back = False           # the server asked, the client answered: q is in the server's stream
        self.sizes = None           # (bytes of the request, of the response) where others lie between
        self.early = False          # of a waiting request: the response began first
        self.by_id = False          # requests do not wait for each other: pairing by an identifier
        self.behind = None          # … but this one waits for the response (start, end) before it


# ---- HTTP/1
def _head(data, at):
    end = data.find(b"\r\n\r\n", at)
    return None if end < 0 else end + 4


def _header(head, name):
    m = re.search(rb"(?mi)^" + name + rb":[ \t]*([^\r\n]*)", head)
    return m.group(1).strip() if m else None


def _chunks_end(data, at):
    while True:
        line = data.find(b"\r\n", at)
        if line < 0:
            return None
        size = int(data[at:line].split(b";")[0], 16)
        at = line + 2 + size + 2
        if size == 0:
            return at if at <= len(data) else None


def http(stream):
    up, down = stream.up.whole(), stream.down.whole()
    out, at, back, upgraded = [], 0, 0, False
    while at < len(up) and not upgraded:
        end = _head(up, at)
        if end is None:
            break
        head = up[at:end]
        method = head.split(b" ", 1)[0].decode()
        # the response first: a 101 ends HTTP, and an early error may leave the body unsent
        response, status, complete = None, None, False
        while back < len(down):
            body = _head(down, back)
            if body is None:
                response = (back, len(down))
                break
            answer = down[back:body]
            status = int(answer.split(b" ", 2)[1])
            if status // 100 == 1 and status != 101:
                back = body
                continue
            length, coding = _header(answer, rb"Content-Length"), _header(answer, rb"Transfer-Encoding")
            if method == "HEAD" or status in (101, 204, 304):
                stop = body
            elif coding and b"chunked" in coding.lower():
                stop = _chunks_end(down, body)
            elif length is not None:
                stop = body + int(length)
            else:
                stop = len(down) if stream.down.fin else None
            upgraded = status == 101
            complete = stop is not None and stop <= len(down)
            response = (back, stop if complete else len(down))
            back = response[1]
            break
        length, coding = _header(head, rb"Content-Length"), _header(head, rb"Transfer-Encoding")
        if coding and b"chunked" in coding.lower():
            end = _chunks_end(up, end) or len(up)
        elif length is not None:
            end = min(end + int(length), len(up))
        e = Exchange("HTTP " + method, (at, end), response, error=bool(status and status >= 500))
        if response and not complete:
            e.outcome, e.partial = "aborted", True
        if not response and (stream.down.fin or stream.down.rst or stream.up.rst):
            e.outcome = "aborted"
        out.append(e)
        at = end
    return out


# ---- SMTP
def _reply_end(down, at):
    """End of one reply, which may have several lines; None if it is not all there."""
    while True:
        line = down.find(b"\r\n", at)
        if line < 0:
            return None
        last = down[at + 3:at + 4] != b"-"
        at = line + 2
        if last:
            return at


def _chunks(up, down, at, back):
    """A mail in chunks: (its exchange, where the next command begins, where its reply does). Each chunk has a reply."""
    begin = end = refusal = None
    size, last = 0, False
    while not last and up[at:at + 5] == b"BDAT ":
        data = up.find(b"\r\n", at) + 2
        words = up[at:data].split()
        at, last = data + int(words[1]), words[2:] == [b"LAST"]
        reply, back = back, _reply_end(down, back)
        if refusal:
            continue
        begin, end, size = data if begin is None else begin, at, size + int(words[1])
        if down[reply:reply + 1] in b"45":
            refusal = reply, back
    e = Exchange("SMTP MESSAGE", (begin, end), refusal or (reply, back), error=refusal is not None)
    e.sizes = size, e.r[1] - e.r[0]
    if not last and not refusal:
        e.r, e.outcome = None, "aborted"
    return e, at, back


def smtp(stream):
    up, down = stream.up.whole(), stream.down.whole()
    back = _reply_end(down, 0)
    out = [Exchange("SMTP CONNECT", None, (0, back), error=down[:1] in b"45")]
    verbs = b"EHLO HELO MAIL RCPT DATA AUTH STARTTLS RSET NOOP VRFY QUIT".split()
    at, in_body = 0, False
    while at < len(up):
        if not in_body and up[at:at + 5] == b"BDAT ":
            e, at, back = _chunks(up, down, at, back)
            out.append(e)
            continue
        if in_body:
            end = at + 3 if up[at:at + 3] == b".\r\n" else up.find(b"\r\n.\r\n", at) + 5
            name = "MESSAGE"
        else:
            end = up.find(b"\r\n", at) + 2
            verb = up[at:end].split()[0].upper()
            name = (verb if verb in verbs else b"OTHER").decode()
        start, stop = back, _reply_end(down, back)
        code = down[start:start + 3]
        times = True
        while name == "AUTH" and code == b"334":    # the dialogue is one transaction
            end = up.find(b"\r\n", end) + 2
            stop = _reply_end(down, stop)
            code, times = down[down.rfind(b"\r\n", start, stop - 2) + 2:][:3], False
        out.append(Exchange("SMTP " + name, (at, end), (start, stop), error=code[:1] in b"45", times=times))
        back, at = stop, end
        in_body = name == "DATA" and code == b"354"
        if name == "STARTTLS" and code == b"220":
            out += tls(stream, at, back)
            break
    return out


def tls(stream, at, back):
    """The handshake only: ClientHello to the server's first record."""
    up = stream.up.whole()
    size = int.from_bytes(up[at + 3:at + 5], "big") + 5
    e = Exchange("TLS HANDSHAKE", (at, at + size), (back, back + 5))
    e.partial = True    # its end is not worked out here
    return [e]


# ---- PostgreSQL
def _messages(data, at):
    while at + 5 <= len(data):
        size = int.from_bytes(data[at + 1:at + 5], "big") + 1
        if at + size > len(data):
            return
        yield data[at:at + 1], at, at + size
        at += size


def pgsql(stream):
    up, down = stream.up.whole(), stream.down.whole()
    at = back = 0
    while up[at + 4:at + 8] in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):  # SSLRequest, GSSENCRequest
        at, back = at + 8, back + 1
    if up[at + 4:at + 8] == b"\x04\xd2\x16\x2e":                            # CancelRequest
        return []
    end = at + int.from_bytes(up[at:at + 4], "big")
    requests = [["STARTUP", at, end]]
    dialogue = False
    batch = None
    for kind, start, stop in _messages(up, end):
        if kind == b"p":
            dialogue = True
        elif kind == b"X":
            break
        elif kind in (b"d", b"c", b"f"):
            requests[-1][2] = stop
        elif kind == b"Q":
            requests.append(["QUERY", start, stop])
        else:
            batch = start if batch is None else batch
            if kind == b"S":
                requests.append(["EXTENDED", batch, stop])
                batch = None
    out = []
    replies = list(_messages(down, back))
    i = 0
    for name, start, stop in requests:
        first = last = None
        error, times = False, True
        while i < len(replies):
            kind, a, b = replies[i]
            i += 1
            first = a if first is None else first
            last = b
            error = error or kind == b"E"
            if kind in (b"G", b"H", b"W"):
                name = "COPY"
            if kind in (b"G", b"W"):
                times = False   # the request goes on after the CopyInResponse
            if kind == b"Z":
                break
        if name == "STARTUP":
            times = not dialogue
        out.append(Exchange("PostgreSQL " + name, (start, stop), None if first is None else (first, last), error, times=times))
    return out


# ---- Redis
def _resp_end(data, at):
    line = data.find(b"\r\n", at)
    if line < 0:
        return None
    kind, end = data[at:at + 1], line + 2
    if kind == b"$":
        size = int(data[at + 1:line])
        return end if size < 0 else end + size + 2
    if kind == b"*":
        for _ in range(max(0, int(data[at + 1:line]))):
            end = _resp_end(data, end)
            if end is None:
                return None
    return end


WAITING = {"BLPOP", "BRPOP", "SUBSCRIBE", "PSUBSCRIBE", "MONITOR"}


def resp(stream):
    up, down = stream.up.whole(), stream.down.whole()
    out, at, back = [], 0, 0
    while at < len(up):
        if up[at:at + 1] == b"*":
            end = _resp_end(up, at)
            word = up[at:end].split(b"\r\n")[2]
        else:
            end = up.find(b"\r\n", at) + 2
            if end == at + 2:   # an empty line asks for nothing
                at = end
                continue
            word = up[at:end].split()[0]
        word = word.decode().upper()
        stop = _resp_end(down, back) if back < len(down) else None
        out.append(Exchange("Redis " + word, (at, end), None if stop is None else (back, stop),
                            error=down[back:back + 1] == b"-", wait=word in WAITING))
        if word in ("SUBSCRIBE", "PSUBSCRIBE", "MONITOR"):
            break   # from here on the server speaks when it likes
        at, back = end, stop if stop is not None else len(down)
    return out


# ---- DNS
TYPES = {1: "A", 28: "AAAA", 12: "PTR", 15: "MX", 16: "TXT", 33: "SRV", 2: "NS", 6: "SOA", 5: "CNAME", 65: "HTTPS", 255: "ANY"}


def dns_question(message):
    """(is a response, id, question bytes, signature, rcode)"""
    end = 12
    while message[end]:
        end += message[end] + 1
    kind = int.from_bytes(message[end + 1:end + 3], "big")
    return (bool(message[2] & 0x80), message[:2], bytes(message[12:end + 5]).lower(), "DNS " + TYPES.get(kind, "OTHER"),
            message[3] & 15)


def dns(stream):
    def cut(data):
        at = 0
        while at + 2 <= len(data):
            size = int.from_bytes(data[at:at + 2], "big")
            yield at, at + 2 + size, dns_question(data[at + 2:at + 2 + size])
            at += 2 + size
    answers = {(x[1], x[2]): (a, b, x[4]) for a, b, x in cut(stream.down.whole())}
    out = []
    for a, b, x in cut(stream.up.whole()):
        r = answers.get((x[1], x[2]))
        out.append(Exchange(x[3], (a, b), r[:2] if r else None, error=bool(r and r[2] in (2, 5))))
    return out


# ---- anything else: turns
def turns(stream):
    runs = []   # [is from the client, start, end]
    place = {True: 0, False: 0}
    for p in stream.packets:
        if p.len and not p.flags & 2:
            mine = stream.side(p)[0]
            up = mine is stream.up
            end = mine.offset(p.seq) + p.len
            if runs and runs[-1][0] == up:
                runs[-1][2] = max(end, runs[-1][2])
            else:
                runs.append([up, place[up], end])
            place[up] = max(end, place[up])
    if runs and not runs[0][0]:
        runs.pop(0)
    out = []
    for i in range(0, len(runs) - 1, 2):
        out.append(Exchange("TCP OTHER", tuple(runs[i][1:]), tuple(runs[i + 1][1:])))
    return out


def dns_datagram(payload):
    """(is it a reply, what pairs it with its request, signature, is it an error); None: no transaction."""
    reply, number, question, name, rcode = dns_question(payload)
    return reply, (number, question), name, rcode in (2, 5)


PORTS = {80: http, 8080: http, 25: smtp, 5432: pgsql, 6379: resp, 53: dns}
DATAGRAMS = {53: dns_datagram}
ANNOUNCES = {}
