# SPDX-License-Identifier: MIT
"""TLS over TCP and QUIC's first packets: who spoke when, from the heads of records and packets. Nothing is decrypted."""
from speech import Exchange

CHANGE_CIPHER, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def _records(side, who, at):
    data = side.whole()
    while at + 5 <= len(data):
        end = at + 5 + int.from_bytes(data[at + 3:at + 5], "big")
        if end > len(data):
            return
        yield side.first(at, end), who, data[at], at, end, data[at + 5:end]
        at = end


def _turns(stream, up, down):
    """Runs of records of one side from these offsets on: [who, [(type, start, end, body)]]."""
    turns = []
    records = [*_records(stream.up, 0, up), *_records(stream.down, 1, down)]
    for _, who, kind, start, end, body in sorted(records, key=lambda r: r[:2]):
        if not turns or turns[-1][0] != who:
            turns.append([who, []])
        turns[-1][1].append((kind, start, end, body))
    return turns


def _data(turn):
    """Application data; not the encrypted alert that TLS 1.3 closes with, two bytes and what the cipher adds."""
    return [r for r in turn[1] if r[0] == DATA and len(r[3]) != 19]


def tls_stream(stream, up=0, down=0):
    turns = _turns(stream, up, down)
    if len(turns) < 2:
        return []
    hello, answer = turns[0][1][0], turns[1][1]
    at = 1
    if any(r[0] == HANDSHAKE and r[3][6:38] == RETRY_RANDOM for r in answer):
        at = 3                                              # asked again: the flight comes behind the second hello
    flight = turns[at][1]
    refused = any(r[0] == ALERT and r[3][:1] == b"\x02" for r in flight)
    e = Exchange("TLS HANDSHAKE", hello[1:3], (answer[0][1], answer[0][2]), error=refused)
    e.partial = True                                        # its end is not worked out here
    out = [e]
    rest = turns[at + 1:]
    if any(r[0] == DATA for r in flight):                   # TLS 1.3: the next turn holds the end of the handshake
        rest = rest[2:]
    for ask, tell in zip(rest, rest[1:]):
        q, r = _data(ask), _data(tell)
        if ask[0] == 0 and q and r:
            out.append(Exchange("TLS DATA", (q[0][1], q[-1][2]), (r[0][1], r[-1][2])))
    return out


def pgsql_tls(stream):
    """SSLRequest, the server's one byte, and TLS."""
    return [Exchange("PostgreSQL STARTUP", (0, 8), (0, 1)), *tls_stream(stream, 8, 1)]


_clients = set()    # ids that clients chose for themselves


def quic_datagram(payload):
    if not payload[0] & 0x80:
        return None
    to = payload[6:6 + payload[5]]
    at = 6 + payload[5]
    own = payload[at + 1:at + 1 + payload[at]]
    if to in _clients:
        return True, to, "QUIC HANDSHAKE", False
    if own in _clients:
        return None                                         # the same handshake goes on
    _clients.add(own)
    return False, own, "QUIC HANDSHAKE", False


PORTS = {443: tls_stream, 8443: tls_stream}
DATAGRAMS = {443: quic_datagram, 4433: quic_datagram}
