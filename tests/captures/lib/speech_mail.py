# SPDX-License-Identifier: MIT
"""FTP, POP3, IMAP, SSH and IRC: what truth.py needs to read them. See speech.py."""
import re

from speech import Exchange, tls


def _line_end(data, at):
    return data.find(b"\n", at) + 1 or len(data)


def _lines(data, at=0):
    while at < len(data):
        end = _line_end(data, at)
        yield at, end, data[at:end]
        at = end


# ---- FTP
FTP = ("USER PASS ACCT CWD CDUP QUIT PORT PASV TYPE RETR STOR STOU APPE REST RNFR RNTO ABOR DELE RMD MKD PWD LIST NLST SITE SYST "
       "STAT HELP NOOP AUTH PROT PBSZ FEAT OPTS EPRT EPSV MDTM SIZE MODE STRU ALLO").split()


def _ftp_reply(down, at):
    """(end of the reply, its code); a preliminary reply and what follows it are one."""
    while True:
        code, end = down[at:at + 3], _line_end(down, at)
        if down[at + 3:at + 4] == b"-":
            while down[end:end + 4] != code + b" ":
                end = _line_end(down, end)
            end = _line_end(down, end)
        if code[:1] != b"1" or end >= len(down):
            return end, code
        at = end


def ftp(stream):
    up, down = stream.up.whole(), stream.down.whole()
    back, code = _ftp_reply(down, 0)
    out = [Exchange("FTP CONNECT", None, (0, back), error=code[:1] in b"45")]
    for start, end, line in _lines(up):
        word = line.lstrip(b"\xff\xf4\xf2").split()[0].upper().decode()
        first = back
        back, code = _ftp_reply(down, first)
        out.append(Exchange("FTP " + (word if word in FTP else "OTHER"), (start, end), (first, back), error=code[:1] in b"45"))
        if word == "AUTH" and code == b"234":
            return out + tls(stream, end, back)
    return out


# ---- POP3
def pop3(stream):
    up, down = stream.up.whole(), stream.down.whole()
    back, at = _line_end(down, 0), 0
    out = [Exchange("POP3 CONNECT", None, (0, back), error=down[:1] == b"-")]
    while at < len(up):
        start, at = at, _line_end(up, at)
        words = up[start:at].upper().split()
        first, end = back, _line_end(down, back)
        times = True
        while down[back:back + 2] in (b"+ ", b"+\r"):    # a challenge: the dialogue is one transaction
            at, back, times = _line_end(up, at), _line_end(down, back), False
            end = _line_end(down, back)
        good = down[back:back + 3] == b"+OK"
        if good and (words[0] in (b"RETR", b"TOP", b"CAPA") or (words[0] in (b"LIST", b"UIDL") and len(words) == 1)):
            while down[end:_line_end(down, end)] != b".\r\n":
                end = _line_end(down, end)
            end += 3
        back = end
        out.append(Exchange("POP3 " + words[0].decode(), (start, at), (first, end), error=not good, times=times))
        if words[0] == b"STLS" and good:
            return out + tls(stream, at, back)
    return out


# ---- IMAP
def _imap_line(data, at):
    """End of a line with its literals."""
    while True:
        end = _line_end(data, at)
        literal = re.search(rb"\{(\d+)\+?\}\r\n$", data[at:end])
        if not literal:
            return end
        at = end + int(literal.group(1))


def imap(stream):
    up, down = stream.up.whole(), stream.down.whole()
    replies, at = [], 0
    while at < len(down):
        end = _imap_line(down, at)
        replies.append((at, end, down[at:end].split()))
        at = end
    first = replies.pop(0)
    out = [Exchange("IMAP CONNECT", None, first[:2], error=first[2][1] == b"BYE")]
    at = 0
    while at < len(up):
        start, at = at, _line_end(up, at)
        words = up[start:at].split()
        name = words[2] if words[1].upper() == b"UID" else words[1]
        name, times = name.upper().decode().replace("FROBNICATE", "OTHER"), True
        begin = finish = status = None
        while replies:
            a, b, answer = replies.pop(0)
            if answer[0] == b"+":
                if name == "AUTHENTICATE":
                    at = _line_end(up, at)
                continue
            begin = a if begin is None else begin
            finish = b
            if answer[0] != b"*":
                assert answer[0] == words[0], (answer, words)
                status = answer[1]
                break
        if words[-1].endswith(b"}") and not (status == b"NO" and up[at:at + 2] != b"Fr"):
            at = _imap_line(up, start)
        if name == "IDLE":
            at = _line_end(up, at)    # DONE
        e = Exchange("IMAP " + name, (start, at), None if begin is None else (begin, finish), error=status in (b"NO", b"BAD"),
                     wait=name == "IDLE", times=times)
        e.by_id = True
        out.append(e)
        if name == "STARTTLS" and status == b"OK":
            return out + tls(stream, at, finish)
    return out


# ---- SSH
def ssh(stream):
    up, down = stream.up.whole(), stream.down.whole()
    if not up.startswith(b"SSH-") or not down.startswith(b"SSH-"):
        return []
    mine, theirs = (0, _line_end(up, 0)), (0, _line_end(down, 0))
    return [Exchange("SSH HANDSHAKE", mine if stream.up.first(*mine) < stream.down.first(*theirs) else None, theirs)]


# ---- IRC: these clients wait for each answer
IRC = {"NICK": ("001|433|NICK", ""), "USER": ("002", ""), "JOIN": ("JOIN|403", "366|403"), "PART": ("PART|442", ""),
       "MODE": ("MODE|324", ""), "TOPIC": ("TOPIC|331|332", ""), "WHO": ("352|315", "315"), "WHOIS": ("311|401", "318"),
       "LIST": ("321|322|323", "323"), "NAMES": ("353|366", "366"), "MOTD": ("375|422", "376|422"), "VERSION": ("351", ""),
       "LUSERS": ("251", "255"), "TIME": ("391", ""), "PING": ("PONG", ""), "OTHER": ("421", ""), "QUIT": ("ERROR", ""),
       "CAP": ("CAP", ""), "ISON": ("303", ""), "AWAY": ("305|306", "")}


def irc(stream):
    up, down = stream.up.whole(), stream.down.whole()
    replies = [(a, b, re.sub(rb"^:\S+ ", b"", line).split()[0].decode(), line) for a, b, line in _lines(down)]
    nick = b""
    out = []
    for start, end, line in _lines(up):
        word = line.split()[0].decode()
        if word in ("PRIVMSG", "NOTICE", "PONG") or line.startswith(b"CAP END"):
            continue
        name = word if word in IRC else "OTHER"
        starts, ends = IRC[name]
        echo = ("JOIN", "PART", "TOPIC")    # of one's own words, not of others'
        i = next(i for i, r in enumerate(replies) if re.fullmatch(starts, r[2]) and (r[2] not in echo or r[3].startswith(b":" + nick + b"!")))
        last = next(j for j in range(i, len(replies)) if re.fullmatch(ends or starts, replies[j][2]))
        nick = line.split()[1] if word == "NICK" and replies[i][2] != "433" else nick
        error = any(r[2][0] in "45" for r in replies[i:last + 1])
        e = Exchange("IRC " + name, (start, end), (replies[i][0], replies[last][1]), error=error)
        e.by_id = True
        out.append(e)
        del replies[i:last + 1]
        if word == "USER":    # the rest of the welcome holds what LUSERS and MOTD would be answered
            del replies[i:next(j for j in range(i, len(replies)) if replies[j][2] in ("376", "422")) + 1]
    return out


PORTS = {21: ftp, 110: pop3, 143: imap, 22: ssh, 6667: irc}
