#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Clients of FTP, POP3, IMAP, SSH and IRC for what no packaged program does on demand.

usage: office_client.py WHAT HOST
  ftp-odd         pipelined commands, an unknown one, and a transfer that is aborted
  pop3            what poplib can do, with errors
  pop3-pipelined  RFC 2449 pipelining
  imap            what imaplib can do: a mail is appended, found, fetched, changed, removed
  imap-odd        pipelining, literals taken and refused, a dialogue of AUTHENTICATE, unknown commands
  imap-idle       waits for a mail, which a second connection brings
  ssh             waits for the server's version, then says its own and leaves
  irc             a user registers, looks around, chats and leaves
"""
import base64
import imaplib
import poplib
import re
import socket
import sys
import time

MAIL = b"From: user1@example.net\r\nSubject: hello\r\n\r\nFirst line\r\n.second line\r\n" + b"text\r\n" * 40


class Line:
    """A connection on which lines are sent and answers awaited."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), 20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = b""

    def until(self, pattern):
        while True:
            m = re.search(pattern, self.data)
            if m:
                self.data = self.data[m.end():]
                return m
            part = self.socket.recv(65536)
            if not part:
                raise EOFError(pattern)
            self.data += part

    def ask(self, text, pattern):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode() + b"\r\n")
        return self.until(pattern)


def ftp_odd(host):
    c = Line(host, 21)
    c.until(rb"220 .*\n")
    c.ask("USER anonymous", rb"331 .*\n|230 .*\n")
    c.ask("PASS guest@", rb"230 .*\n")
    c.ask("TYPE I\r\nCWD /none\r\nFROB 1\r\nPWD\r\nSIZE note.txt", rb"200 .*\n550 .*\n500 .*\n257 .*\n213 .*\n")
    port = int.from_bytes(bytes(map(int, c.ask("PASV", rb"227 .*?(\d+),(\d+)\)").groups())), "big")
    with socket.socket() as data:
        data.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        data.connect((host, port))
        c.ask("RETR big.bin", rb"150 .*\n")
        time.sleep(0.2)
        c.socket.sendall(b"\xff\xf4\xff\xf2ABOR\r\n")
        time.sleep(0.2)
        while data.recv(65536):
            pass
    c.until(rb"226 .*\n|225 .*\n")
    c.ask("STAT", rb"211 .*\n")
    c.ask("QUIT", rb"221 .*\n")


def pop3(host):
    for password in ("wrong", "secret"):
        c = poplib.POP3(host, timeout=20)
        c.user("user1")
        try:
            c.pass_(password)
        except poplib.error_proto:
            c.quit()
    c.stat(), c.list(), c.list(1), c.uidl(), c.uidl(1), c.top(1, 2), c.retr(1), c.noop(), c.capa()
    for wrong in (lambda: c.retr(99), lambda: c.list(99), lambda: c.top(99, 1)):
        try:
            wrong()
        except poplib.error_proto:
            pass
    c.dele(1), c.rset(), c.quit()


def pop3_pipelined(host):
    c = Line(host, 110)
    c.until(rb"\+OK.*\n")
    c.ask("AUTH PLAIN", rb"\+ .*\n")
    c.ask(base64.b64encode(b"\0user1\0secret") + b"\r\n", rb"\+OK.*\n")
    c.ask("STAT\r\nLIST\r\nLIST 1\r\nRETR 99\r\nRETR 1\r\nNOOP", rb"(?s)\+OK.*\n\.\r\n.*-ERR.*\n\.\r\n\+OK.*\n")
    c.ask("QUIT", rb"\+OK.*\n")


def imap(host):
    c = imaplib.IMAP4(host, timeout=20)
    try:
        c.login("user1", "wrong")
    except imaplib.IMAP4.error:
        pass
    c.login("user1", "secret")
    c.list(), c.create("Archive"), c.append("Archive", None, None, MAIL), c.status("Archive", "(MESSAGES)")
    c.select("Archive"), c.search(None, "ALL"), c.fetch("1", "(FLAGS BODY[])"), c.uid("FETCH", "1:*", "(FLAGS)")
    c.store("1", "+FLAGS", "(\\Deleted)"), c.expunge(), c.noop(), c.close()
    c.select("None"), c.delete("Archive"), c.logout()


def imap_odd(host):
    c = Line(host, 143)
    c.until(rb"\* OK.*\n")
    c.ask("a1 AUTHENTICATE PLAIN", rb"\+ .*\n")
    c.ask(base64.b64encode(b"\0user1\0secret") + b"\r\n", rb"a1 OK.*\n")
    c.ask("a2 NOOP\r\na3 SELECT INBOX\r\na6 NOOP", rb"a6 OK.*\n")
    c.ask("a7 APPEND None {%d}" % len(MAIL), rb"a7 NO.*\n|\+ .*\n")
    c.ask("a8 APPEND INBOX {%d}" % len(MAIL), rb"\+ .*\n")
    c.ask(MAIL + b"\r\n", rb"a8 OK.*\n")
    c.ask(b"a9 APPEND INBOX {%d+}\r\n" % len(MAIL) + MAIL + b"\r\n", rb"a9 OK.*\n")
    c.ask("b1 FROBNICATE 1", rb"b1 BAD.*\n")
    c.ask("b2 LOGOUT", rb"b2 OK.*\n")


def imap_idle(host):
    c = Line(host, 143)
    c.until(rb"\* OK.*\n")
    c.ask("a1 LOGIN user1 secret", rb"a1 OK.*\n")
    c.ask("a2 SELECT INBOX", rb"a2 OK.*\n")
    c.ask("a3 IDLE", rb"\+ .*\n")
    other = imaplib.IMAP4(host, timeout=20)
    other.login("user1", "secret")
    other.append("INBOX", None, None, MAIL)
    other.logout()
    c.until(rb"\* \d+ EXISTS.*\n")
    c.ask("DONE", rb"a3 OK.*\n")
    c.ask("a4 LOGOUT", rb"a4 OK.*\n")


def ssh(host):
    c = Line(host, 22)
    c.until(rb"SSH-2\.0-.*\n")
    c.socket.sendall(b"SSH-2.0-patient\r\n")
    time.sleep(0.2)


def irc(host):
    c = Line(host, 6667)
    c.ask("CAP LS 302", rb"CAP .* LS .*\n")
    c.ask("NICK user1", rb"")
    c.ask("USER user1 0 * :User One", rb"")
    c.ask("CAP END", rb" (376|422) .*\n")
    other = Line(host, 6667)
    other.ask("NICK user1\r\nUSER user2 0 * :User Two", rb" 433 .*\n")
    other.ask("NICK user2", rb" (376|422) .*\n")
    other.ask("JOIN #office", rb" 366 .*\n")
    for text, answer in (("PING :12", rb"PONG .*\n"), ("MOTD", rb" (376|422) .*\n"), ("LUSERS", rb" 255 .*\n"), ("VERSION", rb" 351 .*\n"),
                         ("LIST", rb" 323 .*\n"), ("JOIN #office", rb" 366 .*\n"), ("TOPIC #office :today", rb" TOPIC .*\n"),
                         ("TOPIC #office", rb" 33[12] .*\n"), ("NAMES #office", rb" 366 .*\n"), ("MODE #office", rb" 324 .*\n"),
                         ("WHO #office", rb" 315 .*\n"), ("WHOIS user2", rb" 318 .*\n"), ("WHOIS nobody", rb" 318 .*\n"),
                         ("ISON user2", rb" 303 .*\n"), ("AWAY :lunch", rb" 306 .*\n"), ("JOIN office", rb" 403 .*\n"),
                         ("FROBNICATE", rb" 421 .*\n")):
        c.ask(text, answer)
    c.socket.sendall(b"PRIVMSG #office :hello\r\n")
    other.until(rb"PRIVMSG .*\n")
    other.ask("PRIVMSG #office :hello you", rb"")
    c.until(rb"PRIVMSG .*\n")
    for x in (c, other):
        x.ask("PART #office", rb" PART .*\n")
        x.ask("QUIT :bye", rb"ERROR .*\n")


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](sys.argv[2])
