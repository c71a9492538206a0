# SPDX-License-Identifier: MIT
"""What keeps a network running: what truth.py needs to read it. See speech.py."""
import speech
from speech import Exchange


# ---- BER
def _tlv(data, at):
    """(tag, begin of the content, end); None when it is not all there."""
    if at + 2 > len(data):
        return None
    tag, size, at = data[at], data[at + 1], at + 2
    if size & 0x80:
        digits = size & 0x7f
        size, at = int.from_bytes(data[at:at + digits], "big"), at + digits
    return (tag, at, at + size) if at + size <= len(data) else None


def _parts(data, begin, end):
    out = []
    while begin < end:
        t = _tlv(data, begin)
        out.append((t[0], data[t[1]:t[2]]))
        begin = t[2]
    return out


def _whole(data):
    t = _tlv(data, 0)
    return _parts(data, t[1], t[2])


def _stream_of(data):
    at = 0
    while (t := _tlv(data, at)) is not None:
        yield at, t[2], data[at:t[2]]
        at = t[2]


def _by_id(ups, downs):
    """Pairs messages (begin, end, id, name) with (begin, end, id, error)."""
    out = []
    downs = list(downs)
    for a, b, ident, name in ups:
        hits = [d for d in downs if d[2] == ident]
        e = Exchange(name, (a, b), (hits[0][0], hits[-1][1]) if hits else None, error=bool(hits and hits[-1][3]))
        e.by_id = True
        out.append(e)
    return out


# ---- SNMP
PDUS = {0xa0: "GET", 0xa1: "GETNEXT", 0xa3: "SET", 0xa5: "GETBULK", 0xa6: "INFORM"}


def snmp_datagram(payload):
    fields = _whole(payload)
    if fields[0][1] == b"\x03":
        ident, reportable = _parts(fields[1][1], 0, len(fields[1][1]))[0][1], fields[1][1][-4] & 4
        tag, name, error = None, "SNMP OTHER", False
        if fields[3][0] == 0x30:
            context, _, pdu = _parts(fields[3][1], 0, len(fields[3][1]))
            tag = pdu[0]
            if context[1]:
                name = "SNMP " + PDUS.get(tag, "OTHER")
            error = tag == 0xa2 and _parts(pdu[1], 0, len(pdu[1]))[1][1] != b"\0"
        if tag == 0xa7:
            return None
        return not reportable, ident, name, error
    tag, pdu = fields[2]
    if tag in (0xa4, 0xa7):
        return None
    pdu = _parts(pdu, 0, len(pdu))
    return tag == 0xa2, pdu[0][1], "SNMP " + PDUS.get(tag, "OTHER"), tag == 0xa2 and pdu[1][1] != b"\0"


# ---- NTP, RADIUS
def ntp_datagram(payload):
    if payload[0] & 7 not in (3, 4):
        return None
    reply = payload[0] & 7 == 4
    return reply, payload[24:32] if reply else payload[40:48], "NTP", False


def radius_datagram(payload):
    reply = payload[0] in (2, 3, 5, 11, 41, 42, 44, 45)
    return reply, payload[1], "RADIUS " + {1: "ACCESS", 4: "ACCOUNTING"}.get(payload[0], "OTHER"), False


# ---- LDAP
OPERATIONS = {0x60: "BIND", 0x63: "SEARCH", 0x66: "MODIFY", 0x68: "ADD", 0x4a: "DELETE", 0x6e: "COMPARE", 0x77: "EXTENDED",
              0x6c: "OTHER"}


def ldap(stream):
    up, down = stream.up.whole(), stream.down.whole()
    asked, tls_at, tls_back = [], None, None
    for a, b, m in _stream_of(up):
        ident, (tag, content) = _whole(m)[:2]
        if tag in OPERATIONS:
            asked.append((a, b, ident[1], "LDAP " + OPERATIONS[tag]))
        if tag == 0x77 and b"1466.20037" in content:
            tls_at = b
            break
    answers = []
    for a, b, m in _stream_of(down):
        ident, (tag, content) = _whole(m)[:2]
        code = _parts(content, 0, len(content))[0][1][0] if tag not in (0x64, 0x73, 0x79) else 0
        answers.append((a, b, ident[1], code not in (0, 5, 6, 10, 14)))
        if tag == 0x78 and tls_at is not None:
            tls_back = b
            break
    return _by_id(asked, answers) + (speech.tls(stream, tls_at, tls_back) if tls_back else [])


# ---- Kerberos
def _kerberos(message):
    """(is a reply, name, error)"""
    tag = message[0]
    if tag in (0x6a, 0x6c):
        return False, "Kerberos " + ("AS" if tag == 0x6a else "TGS"), False
    code = 0
    if tag == 0x7e:
        inner = _whole(message)[0][1]
        code = next(_parts(v, 0, len(v))[0][1][0] for t, v in _parts(inner, 0, len(inner)) if t == 0xa6)
    return True, None, tag == 0x7e and code != 25


def kerberos_datagram(payload):
    reply, name, error = _kerberos(payload)
    return reply, 0, name, error


def kerberos(stream):
    def cut(data):
        at = 0
        while at + 4 <= len(data):
            end = at + 4 + int.from_bytes(data[at:at + 4], "big")
            yield at, end, _kerberos(data[at + 4:end])
            at = end
    answers = list(cut(stream.down.whole()))
    out = []
    for (a, b, (_, name, _)), answer in zip(cut(stream.up.whole()), answers + [None] * 9):
        out.append(Exchange(name, (a, b), answer[:2] if answer else None, error=bool(answer and answer[2][2])))
    return out


# ---- STUN, IKE, WireGuard
def stun_datagram(payload):
    kind = int.from_bytes(payload[:2], "big")
    if payload[4:8] != b"\x21\x12\xa4\x42" or kind >> 14 or kind & 0x110 == 0x010:
        return None
    error = kind & 0x110 == 0x110
    return bool(kind & 0x100), payload[8:20], "STUN", error and b"\0\x09" in payload and payload[payload.find(b"\0\x09", 20) + 6:][:2] not in (
        b"\4\1", b"\4\x26")


def stun(stream):
    """STUN over TCP, with the data that TURN relays (channel, length, padded to 4 bytes) between its messages."""
    def cut(data, asks):
        at = 0
        while at + 4 <= len(data):
            size = int.from_bytes(data[at + 2:at + 4], "big")
            end = at + 4 + size + -size % 4 if data[at] & 0xc0 else at + 20 + size
            said = None if data[at] & 0xc0 else stun_datagram(data[at:end])
            if said and said[0] != asks:
                yield at, end, said[1], said[2] if asks else said[3]
            at = end

    return _by_id(cut(stream.up.whole(), True), cut(stream.down.whole(), False))


def ike_datagram(payload):
    m = payload[4:] if payload[:4] == bytes(4) else payload
    if len(m) < 28 or m[17] != 0x20:
        return None
    return bool(m[19] & 0x20), (m[:8], m[18], m[20:24], bool(m[19] & 8) != bool(m[19] & 0x20)), "IKE", False


def wireguard_datagram(payload):
    if payload[0] not in (1, 2):
        return None
    return payload[0] == 2, payload[8:12] if payload[0] == 2 else payload[4:8], "WIREGUARD", False


# ---- TACACS+, Diameter
def tacacs(stream):
    def cut(data):
        at = 0
        while at + 12 <= len(data):
            end = at + 12 + int.from_bytes(data[at + 8:at + 12], "big")
            yield at, end, data[at:end]
            at = end
    return _by_id([(a, b, (m[4:8], m[2] + 1), "TACACS") for a, b, m in cut(stream.up.whole())],
                  [(a, b, (m[4:8], m[2]), False) for a, b, m in cut(stream.down.whole())])


COMMANDS = {257: "CAPABILITIES_EXCHANGE", 280: "DEVICE_WATCHDOG", 282: "DISCONNECT_PEER", 272: "CREDIT_CONTROL", 258: "RE_AUTH"}


def diameter(stream):
    def cut(data, asks):
        at = 0
        while at + 20 <= len(data):
            end = at + int.from_bytes(data[at + 1:at + 4], "big")
            m = data[at:end]
            if bool(m[4] & 0x80) == asks:
                command = int.from_bytes(m[5:8], "big")
                result = m.find(b"\0\0\x01\x0c")
                failed = bool(m[4] & 0x20) or (result > 0 and int.from_bytes(m[result + 8:result + 12], "big") >= 3000)
                yield at, end, m[12:16], failed if not asks else "Diameter " + COMMANDS.get(command, "OTHER")
            at = end
    up, down = stream.up.whole(), stream.down.whole()
    out = _by_id(cut(up, True), cut(down, False))
    for e in _by_id(cut(down, True), cut(up, False)):
        e.back = True
        out.append(e)
    return out


# ---- answers from elsewhere: (is a reply, what pairs it, row, error); a request's row is under its own addresses
def dhcp(p):
    if p.proto != "udp" or not {p.sport, p.dport} & {67, 546, 547}:
        return None
    m = p.payload
    if 67 in (p.sport, p.dport):
        at, kind = 240, 0
        while at + 2 < len(m) and m[at] != 255:
            if m[at] == 53:
                kind = m[at + 2]
            at += 1 if m[at] == 0 else 2 + m[at + 1]
        if kind in (4, 7):
            return None
        name = {1: "DISCOVER", 3: "REQUEST", 8: "INFORM"}.get(kind, "OTHER")
        return m[0] == 2, ("dhcp", m[4:8]), "DHCP " + name, kind == 6
    names = {1: "SOLICIT", 3: "REQUEST", 4: "CONFIRM", 5: "RENEW", 6: "REBIND", 8: "RELEASE", 9: "DECLINE", 11: "INFORMATION_REQUEST"}
    return m[0] in (2, 7), ("dhcp6", m[1:4]), "DHCPv6 " + names.get(m[0], "OTHER"), False


_tftp_clients = set()


def tftp(p):
    if p.proto != "udp" or not p.payload or p.payload[0] != 0:
        return None
    kind = p.payload[1]
    if p.dport == 69:
        _tftp_clients.add((p.dst, p.src, p.sport))
        return False, ("tftp", p.src, p.sport), "TFTP " + {1: "READ", 2: "WRITE"}[kind], False
    return (True, ("tftp", p.dst, p.dport), None, kind == 5) if (p.src, p.dst, p.dport) in _tftp_clients else None


PORTS = {3478: stun, 389: ldap, 88: kerberos, 49: tacacs, 3868: diameter}
DATAGRAMS = {161: snmp_datagram, 162: snmp_datagram, 123: ntp_datagram, 1812: radius_datagram, 1813: radius_datagram,
             88: kerberos_datagram, 3478: stun_datagram, 500: ike_datagram, 4500: ike_datagram,
             51820: wireguard_datagram}
LOOSE = (dhcp, tftp)
