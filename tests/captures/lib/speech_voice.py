# SPDX-License-Identifier: MIT
"""SIP and RTSP: what truth.py needs to read them. See speech.py."""
import re

from speech import Exchange, _head, _header


def _messages(data):
    """(start, end, head), without what stands between RTSP's messages"""
    at = 0
    while at < len(data):
        if data[at:at + 1] == b"$":
            at += 4 + int.from_bytes(data[at + 2:at + 4], "big")
            continue
        end = _head(data, at)
        if end is None:
            return
        head = data[at:end]
        end += int(_header(head, rb"Content-Length") or 0)
        yield at, end, head
        at = end


def _exchanges(stream, service, ident, interim):
    """One direction asks, the other answers; what belongs together is found by `ident`."""
    answers = {}
    for start, end, head in _messages(stream.down.whole()):
        status = int(head.split(b" ", 2)[1])
        if not interim(status):
            answers.setdefault(ident(head), []).append((start, end, status))
    for start, end, head in _messages(stream.up.whole()):
        method = head.split(b" ", 1)[0].decode()
        if method == "ACK":
            continue
        found = answers.get(ident(head))
        e = Exchange("%s %s" % (service, method), (start, end), found and (found[0][0], found[-1][1]))
        e.by_id = True
        if found:
            e.error = found[-1][2] >= 400 and found[-1][2] not in (401, 407)
            e.sizes = (end - start, sum(b - a for a, b, _ in found))
        yield e


def _call(head):
    return _header(head, rb"Call-ID"), _header(head, rb"CSeq")


def sip(stream):
    return list(_exchanges(stream, "SIP", _call, lambda status: status == 100))


def rtsp(stream):
    return list(_exchanges(stream, "RTSP", lambda head: _header(head, rb"CSeq"), lambda status: status < 200))


def sip_datagram(payload):
    """As dns_datagram; then whether it is the last answer."""
    if not re.match(rb"[A-Z]+ sip:|SIP/2.0 ", payload) or payload.startswith(b"ACK"):
        return None
    ident = _call(payload)
    if not payload.startswith(b"SIP"):
        return False, ident, "SIP " + payload.split(b" ", 1)[0].decode(), False, False
    status = int(payload[8:11])
    return None if status == 100 else (True, ident, "", status >= 400 and status not in (401, 407), status >= 200)


PORTS = {5060: sip, 554: rtsp}
DATAGRAMS = {5060: sip_datagram}
