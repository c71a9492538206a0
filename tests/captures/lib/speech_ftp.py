# SPDX-License-Identifier: MIT
"""FTP: what truth.py needs to read its control connections, and where its data connections go. See speech.py."""
import re

from speech import Exchange


def _replies(down):
    """(start, end, code) of each reply; one of several lines ends with its number and a blank."""
    at = start = 0
    code = None
    while True:
        end = down.find(b"\r\n", at) + 2
        if end < 2:
            return
        line = down[at:end]
        code = code or line[:3]
        if line[:3] == code and line[3:4] != b"-":
            yield start, end, int(code)
            code, start = None, end
        at = end


def ftp_commands(stream):
    up, replies = stream.up.whole(), _replies(stream.down.whole())
    start, end, code = next(replies)
    out = [Exchange("FTP CONNECT", None, (start, end), error=code >= 400)]
    for line in re.finditer(rb"[^\n]*\n", up):
        answer = next(replies, None)
        if answer and answer[2] < 200:      # a preliminary reply begins the response, the one behind it ends it
            start = answer[0]
            answer = next(replies, None)
            answer = answer and (start,) + answer[1:]
        word = re.search(rb"[A-Za-z]+", line.group())[0].decode().upper()   # telnet's bytes may stand before ABOR
        out.append(Exchange("FTP " + word, line.span(), answer and answer[:2],
                            error=bool(answer) and answer[2] >= 400))
    return out


def announced(stream):
    """{(address, port of the listener): its client is the listener}"""
    out = {}
    for text, side, client in ((stream.up.whole(), stream.client, True), (stream.down.whole(), stream.server, False)):
        for line in text.decode("latin-1").splitlines():
            bytes_ = re.fullmatch(r"(?:PORT |227 .*\()[\d]+,\d+,\d+,\d+,(\d+),(\d+)\)?\.?", line)
            plain = re.fullmatch(r"(?:EPRT \|.\|[^|]+\||229 .*\(\|\|\|)(\d+)\|\)?\.?", line)
            port = int(bytes_[1]) * 256 + int(bytes_[2]) if bytes_ else plain and int(plain[1])
            if port:
                out[side[0], port] = client
    return out


ANNOUNCES = {21: announced}
