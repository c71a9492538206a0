# SPDX-License-Identifier: MIT
"""File services, remote calls and messages: what truth.py needs to read them. See speech.py."""
from speech import Exchange, tls, turns


def le(data, at, size):
    return int.from_bytes(data[at:at + size], "little")


def by_id(exchange):
    exchange.by_id = True   # the server works on several at once: none waits for the one before
    return exchange


# ---- SMB 2 and 3
SMB2 = ("NEGOTIATE SESSION_SETUP LOGOFF TREE_CONNECT TREE_DISCONNECT CREATE CLOSE FLUSH READ WRITE LOCK IOCTL CANCEL ECHO "
        "QUERY_DIRECTORY CHANGE_NOTIFY QUERY_INFO SET_INFO OPLOCK_BREAK").split()


def _smb2_cut(data):
    """(start, end, the command or what else is in the message)"""
    at = 0
    while at + 4 <= len(data):
        end = at + 4 + int.from_bytes(data[at + 1:at + 4], "big")
        start, body = at, at + 4
        while data[at] == 0:
            step = le(data, body + 20, 4) if data[body:body + 4] == b"\xfeSMB" else 0
            yield start, body + step if step else end, data[body:body + step if step else end]
            if not step:
                break
            start = body = body + step
        at = end


def smb2(stream):
    if stream.down.whole()[4:8] == b"\xffSMB":   # plain SMB 1
        return turns(stream)
    out, answers = [], {}
    for start, end, m in _smb2_cut(stream.down.whole()):
        if m[:4] == b"\xfeSMB" and le(m, 8, 4) != 0x103:
            answers[le(m, 24, 8)] = (start, end, le(m, 8, 4))
    sealed = [(a, b) for a, b, m in _smb2_cut(stream.down.whole()) if m[:4] == b"\xfdSMB"]
    for start, end, m in _smb2_cut(stream.up.whole()):
        if m[:4] == b"\xffSMB":
            out.append(by_id(Exchange("SMB2 NEGOTIATE", (start, end), answers[0][:2])))
        if m[:4] == b"\xfdSMB":    # these clients wait for each answer
            out.append(by_id(Exchange("SMB2 OTHER", (start, end), sealed.pop(0) if sealed else None)))
        if m[:4] != b"\xfeSMB" or le(m, 12, 2) == 12:
            continue
        command, answer = SMB2[le(m, 12, 2)], answers.get(le(m, 24, 8))
        error = bool(answer) and answer[2] >> 30 == 3 and answer[2] != 0xc0000016
        out.append(by_id(Exchange("SMB2 " + command, (start, end), answer and answer[:2], error=error,
                                  wait=command == "CHANGE_NOTIFY")))
        if command == "CHANGE_NOTIFY" and not answer:
            gone = stream.down.fin or stream.down.rst or stream.up.rst
            out[-1].outcome = "aborted" if gone else "answered"
    return out


# ---- ONC RPC
RPC = {100000: "PORTMAP", 100003: "NFS", 100005: "MOUNT", 100021: "NLM"}


def be(data, at, size=4):
    return int.from_bytes(data[at:at + size], "big")


def rpc_datagram(m):
    if be(m, 4) == 0:
        return False, m[:4], "RPC " + RPC.get(be(m, 12), "OTHER"), False
    verifier = be(m, 16)
    return True, m[:4], None, be(m, 8) == 1 or be(m, 20 + verifier + -verifier % 4) != 0


def rpc(stream):
    def cut(data):
        at = 0
        while at + 4 <= len(data):
            start, record, last = at, b"", False
            while not last:
                size, last = be(data, at) & 0x7fffffff, data[at] > 127
                record += data[at + 4:at + 4 + size]
                at += 4 + size
            yield start, at, rpc_datagram(record)

    answers = {m[1]: (start, end, m[3]) for start, end, m in cut(stream.down.whole())}
    return [by_id(Exchange(m[2], (start, end), answers[m[1]][:2] if m[1] in answers else None,
                           error=m[1] in answers and answers[m[1]][2]))
            for start, end, m in cut(stream.up.whole())]


# ---- Modbus
MODBUS = {1: "READ_COILS", 2: "READ_DISCRETE_INPUTS", 3: "READ_HOLDING_REGISTERS", 4: "READ_INPUT_REGISTERS",
          5: "WRITE_SINGLE_COIL", 6: "WRITE_SINGLE_REGISTER", 15: "WRITE_MULTIPLE_COILS", 16: "WRITE_MULTIPLE_REGISTERS",
          22: "MASK_WRITE_REGISTER", 23: "READ_WRITE_MULTIPLE_REGISTERS"}


def modbus_datagram(m):
    """Only reads go over UDP here: a request has 12 bytes, a response has more."""
    return len(m) != 12, m[:2], "Modbus " + MODBUS.get(m[7], "OTHER"), m[7] > 127


def modbus(stream):
    def cut(data):
        at = 0
        while at + 8 <= len(data):
            end = at + 6 + be(data, at + 4, 2)
            yield data[at:at + 2], data[at + 7], (at, end)
            at = end

    answers = {number: (function, place) for number, function, place in cut(stream.down.whole())}
    out = []
    for number, function, place in cut(stream.up.whole()):
        answer = answers.get(number)
        out.append(by_id(Exchange("Modbus " + MODBUS.get(function, "OTHER"), place, answer and answer[1],
                                  error=bool(answer) and answer[0] > 127)))
    return out


# ---- MQTT
def _mqtt_cut(data):
    """(type, quality of service, id, reason, place)"""
    at = 0
    while at + 2 <= len(data):
        size = shift = 0
        body = at + 1
        while True:
            size |= (data[body] & 127) << shift
            shift += 7
            body += 1
            if data[body - 1] < 128:
                break
        kind, end = data[at] >> 4, body + size
        quality, number, reason = data[at] >> 1 & 3, None, 0
        if kind == 3 and quality:
            behind = body + 2 + be(data, body, 2)
            number = data[behind:behind + 2]
        elif kind in (4, 5, 6, 7, 8, 9, 10, 11):
            number = data[body:body + 2]
            reason = max(data[body + 2:end], default=0) if kind in (9, 11) else data[body + 2] if size > 2 else 0
        elif kind == 2:
            reason = data[body + 1]
        yield kind, quality, number, reason, (at, end)
        at = end


def mqtt(stream):
    out = []
    for back, up, down in ((False, stream.up, stream.down), (True, stream.down, stream.up)):
        answers = {}
        for kind, _, number, reason, place in _mqtt_cut(down.whole()):
            answers.setdefault((kind, number), []).append((reason, place))
        answered_by = {(1, 0): (2, 2, "LOGIN"), (8, 1): (9, 9, "SUBSCRIBE"), (10, 1): (11, 11, "OTHER"), (12, 0): (13, 13, "PING"),
                       (3, 1): (4, 4, "PUBLISH"), (3, 2): (5, 7, "PUBLISH")}
        for kind, quality, number, _, place in _mqtt_cut(up.whole()):
            if (kind, quality) not in answered_by:
                continue
            first, last, name = answered_by[kind, quality]
            e = by_id(Exchange("MQTT " + name, place))
            if (last, number) in answers and answers[last, number]:
                begin = answers[first, number].pop(0)
                end = begin if first == last else answers[last, number].pop(0)
                e.r, e.error = (begin[1][0], end[1][1]), begin[0] >= 128 or kind == 1 and begin[0] > 0
            e.back = back
            out.append(e)
    return out


# ---- DCE/RPC, little-endian
def dcerpc(stream):
    def cut(data):
        at = 0
        while at + 16 <= len(data):
            end = at + le(data, at + 8, 2)
            yield data[at + 2], data[at + 3], le(data, at + 12, 4), at, end
            at = end

    answers = {}
    for kind, flags, number, start, end in cut(stream.down.whole()):
        first = answers.get(number, (start, end, False))
        answers[number] = (first[0], end, first[2] or kind in (3, 13))
    out = {}
    for kind, flags, number, start, end in cut(stream.up.whole()):
        if kind not in (0, 11, 14):
            continue
        if number in out:
            out[number].q = (out[number].q[0], end)
            continue
        answer = answers.get(number)
        out[number] = by_id(Exchange("DCERPC " + ("BIND" if kind else "REQUEST"), (start, end), answer and answer[:2],
                                     error=bool(answer) and answer[2]))
    return list(out.values())


# ---- AMQP 0-9-1
AMQP = {(10, 50): "CONNECTION_CLOSE", (20, 10): "CHANNEL_OPEN", (20, 40): "CHANNEL_CLOSE", (40, 10): "EXCHANGE_DECLARE",
        (50, 10): "QUEUE_DECLARE", (50, 20): "QUEUE_BIND", (50, 40): "QUEUE_DELETE", (60, 10): "BASIC_QOS", (60, 20): "BASIC_CONSUME",
        (60, 30): "BASIC_CANCEL", (60, 70): "BASIC_GET", (85, 10): "CONFIRM_SELECT"}


def _amqp_methods(data, at):
    while at + 8 <= len(data):
        end = at + 8 + be(data, at + 3)
        if data[at] == 1:
            yield be(data, at + 1, 2), be(data, at + 7, 2), be(data, at + 9, 2), data[at + 11:end], (at, end)
        at = end


def _no_wait(kind, method, arguments):
    """The bit that says that no answer is wanted; arguments are empty tables here."""
    bit = {(40, 10): 16, (50, 10): 16, (50, 20): 1, (60, 20): 8}.get((kind, method), 0)
    return bool(bit and arguments[-6] & bit)


def amqp(stream):
    """Within a channel RabbitMQ answers in order; a channel that it closes names the method at fault."""
    up, down = stream.up.whole(), stream.down.whole()
    told = list(_amqp_methods(down, 0))
    closes = lambda t: t[1:3] in ((10, 50), (20, 40)) and be(t[3], 0, 2) >= 300
    ends = next(t for t in told if t[1:3] in ((10, 41), (10, 50)))
    login = by_id(Exchange("AMQP CONNECT", (0, 8), ends[4], error=closes(ends), times=False))
    out, answers, closed, latest = [login], {}, set(), {}
    for t in told[told.index(ends) + 1:]:
        if closes(t) or (t[1], t[2] - 1) in AMQP or t[1:3] in ((60, 72), (40, 51)):
            answers.setdefault(t[0], []).append(t)
    for channel, kind, method, arguments, place in _amqp_methods(up, 8):
        if (kind, method) == (20, 41):
            closed.discard(channel)
        name = AMQP.get((kind, method))
        if not name or _no_wait(kind, method, arguments):
            continue
        e = by_id(Exchange("AMQP " + name, place))
        out.append(e)
        t = None if channel in closed else answers[channel].pop(0)
        if t and closes(t):
            closed.add(channel)
            t = t if (be(t[3], -5, 2), be(t[3], -3, 2)) == (kind, method) else None
            e.error = True
        if not t:
            e.outcome = "aborted"
            continue
        e.r, e.behind = t[4], latest.get(channel)
        latest[channel] = t[4]
    return out


# ---- RDP
def rdp(stream):
    up, down = stream.up.whole(), stream.down.whole()
    at, back = be(up, 2, 2), be(down, 2, 2)
    kind = down[11] if back > 11 else 0
    out = [Exchange("RDP", (0, at), (0, back), error=kind == 3)]
    return out + tls(stream, at, back) if kind == 2 and le(down, 15, 4) else out


# ---- iSCSI
def iscsi(stream):
    def cut(data):
        at = 0
        while at + 48 <= len(data):
            size = be(data, at + 5, 3)
            end = at + 48 + size + -size % 4
            yield data[at] & 63, data[at + 1], data[at + 16:at + 20], data[at:at + 48], at, end
            at = end

    answers = {}
    for kind, flags, tag, head, start, end in cut(stream.down.whole()):
        if kind in (0x31, 0x32, 0x3f) or tag == b"\xff" * 4:
            continue
        last = kind != 0x25 or flags & 1
        error = head[36] > 1 if kind == 0x23 else head[2] != 0 if kind == 0x26 else \
            kind in (0x21, 0x25) and last and (kind == 0x21 and head[2] != 0 or head[3] not in (0, 4))
        mine = answers.setdefault(tag, [[start, end, False, False]])
        if mine[-1][3]:
            mine.append([start, end, False, False])
        mine[-1][1:] = [end, mine[-1][2] or error, last]
    out, latest = [], {}
    for kind, flags, tag, head, start, end in cut(stream.up.whole()):
        if kind == 5:
            latest[tag].q = (latest[tag].q[0], end)
        if kind == 5 or tag == b"\xff" * 4:
            continue
        scsi = "SCSI_READ" if head[32] in (8, 0x28, 0x88, 0xa8) else "SCSI_WRITE" if head[32] in (10, 0x2a, 0x8a, 0xaa) else "SCSI_OTHER"
        name = {0: "NOP", 1: scsi, 2: "TASK", 3: "LOGIN", 4: "TEXT", 6: "LOGOUT"}[kind]
        e = latest[tag] = by_id(Exchange("ISCSI " + name, (start, end)))
        if answers.get(tag):
            answer = answers[tag].pop(0)
            e.r, e.error = (answer[0], answer[1]), answer[2]
        out.append(e)
    return out


# ---- BitTorrent
def bittorrent(stream):
    return [Exchange("BITTORRENT", (0, 68), (0, 68))]


def bittorrent_datagram(m):
    """Of uTP only the opening (0x41) and what is its answer: the packets behind it find no open request."""
    if m[0] in (0x41, 0x21):
        return m[0] == 0x21, m[2:4], "BITTORRENT", False
    if m[:1] != b"d":
        return None
    tag = m[m.rindex(b"1:t") + 3:]
    size, _, rest = tag.partition(b":")
    return b"1:y1:q" not in m, rest[:int(size)], "BITTORRENT", m.endswith(b"1:y1:ee")


PORTS = {445: smb2, 111: rpc, 2049: rpc, 20048: rpc, 502: modbus, 1883: mqtt, 5672: amqp, 135: dcerpc, 3389: rdp, 3260: iscsi, 6881: bittorrent}
DATAGRAMS = {111: rpc_datagram, 2049: rpc_datagram, 20048: rpc_datagram, 502: modbus_datagram, 6881: bittorrent_datagram}
