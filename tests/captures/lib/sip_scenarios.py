#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes scenarios for sipp, a caller and a called side each.

usage: sip_scenarios.py DIRECTORY    (makes NAME-caller.xml and NAME-called.xml)

A scenario is a list of steps as the caller sees them: a method is sent by the caller, a number by the
called side; "wait 300" lets the called side wait so many ms before its next message.
"""
import os
import sys

SCENARIOS = {
    "register": "REGISTER 401 REGISTER 200",
    "call": "INVITE 100 180 wait=300 200 ACK BYE 200",
    "busy": "INVITE 100 486 ACK",
    "unknown": "INVITE 404 ACK",
    "cancel": "INVITE 100 180 CANCEL 200/CANCEL 487/INVITE ACK",
    "repeat": "OPTIONS wait=900 200",
}
REASONS = {"100": "Trying", "180": "Ringing", "200": "OK", "401": "Unauthorized", "404": "Not Found", "486": "Busy Here",
           "487": "Request Terminated"}


def request(method, number, repeats):
    lines = ["%s sip:bob@[remote_ip]:[remote_port] SIP/2.0" % method,
             "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[call_number]-%s" % number,
             "Max-Forwards: 70", "From: <sip:alice@example.net>;tag=[call_number]",
             "To: <sip:bob@example.net>" + ("[peer_tag_param]" if method in ("ACK", "BYE") else ""),
             "Call-ID: [call_id]", "CSeq: %d %s" % (number, method),
             "Contact: <sip:alice@[local_ip]:[local_port]>"]
    if method == "REGISTER" and repeats:
        lines.append("[authentication username=alice password=secret]")
    return "\n".join(lines) + "\nContent-Length: 0\n"


def response(status, asked):
    lines = ["SIP/2.0 %s %s" % (status, REASONS[status]), "[last_Via:]", "[last_From:]", "[last_To:];tag=[call_number]b",
             "[last_Call-ID:]", "CSeq: " + asked]
    if status == "401":
        lines.append('WWW-Authenticate: Digest realm="example.net", nonce="47364c23432d2e131a5fb210812c", algorithm=MD5')
    return "\n".join(lines) + "\nContact: <sip:bob@[local_ip]:[local_port]>\nContent-Length: 0\n"


def write(path, name, body):
    with open(path, "w") as f:
        f.write('<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="%s">\n%s</scenario>\n' % (name, body))


def main(directory):
    send = "<send%s><![CDATA[\n%s\n]]></send>\n"
    for name, steps in SCENARIOS.items():
        caller = called = ""
        number, seen, asked = 1, [], ""
        for step in steps.split():
            word, _, method = step.partition("/")
            if word.startswith("wait="):
                called += '<pause milliseconds="%s"/>\n' % word[5:]
            elif word.isdigit():
                about = asked if not method else next(a for a in reversed(seen) if a.endswith(method))
                called += send % ("", response(word, about))
                caller += '<recv response="%s"%s/>\n' % (word, ' auth="true"' if word == "401" else "")
            else:
                if word not in ("ACK", "CANCEL"):
                    number += 1
                caller += send % (' retrans="500"' if word != "ACK" else "", request(word, number, "REGISTER" in [a.split()[1] for a in seen]))
                called += '<recv request="%s"/>\n' % word
                asked = "%d %s" % (number, word)
                seen.append(asked)
        write(os.path.join(directory, name + "-caller.xml"), name, caller)
        write(os.path.join(directory, name + "-called.xml"), name, called)


main(sys.argv[1])
