#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Server and client with Apache Thrift's library: thrift_talk.py server|client ADDRESS
Port 9090 speaks framed binary, 9091 framed compact, 9092 binary without frames."""
import socketserver
import sys
import time

from thrift.protocol import TBinaryProtocol, TCompactProtocol
from thrift.Thrift import TApplicationException, TMessageType, TType
from thrift.transport import TSocket, TTransport

KINDS = {9090: (TTransport.TFramedTransport, TBinaryProtocol.TBinaryProtocol),
         9091: (TTransport.TFramedTransport, TCompactProtocol.TCompactProtocol),
         9092: (TTransport.TBufferedTransport, TBinaryProtocol.TBinaryProtocol)}


def protocol(port, transport):
    wrap, speak = KINDS[port]
    return speak(wrap(transport))


def say(p, name, kind, number, text=""):
    p.writeMessageBegin(name, kind, number)
    p.writeStructBegin("s")
    p.writeFieldBegin("text", TType.STRING, 1)
    p.writeString(text)
    p.writeFieldEnd()
    p.writeFieldStop()
    p.writeStructEnd()
    p.writeMessageEnd()
    p.trans.flush()


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        socket = TSocket.TSocket()
        socket.setHandle(self.request)
        p = protocol(self.server.server_address[1], socket)
        try:
            while True:
                name, kind, number = p.readMessageBegin()
                p.skip(TType.STRUCT)
                p.readMessageEnd()
                if name == "slow":
                    time.sleep(0.15)
                if name == "unknown":
                    p.writeMessageBegin(name, TMessageType.EXCEPTION, number)
                    TApplicationException(TApplicationException.UNKNOWN_METHOD, "no such method").write(p)
                    p.writeMessageEnd()
                    p.trans.flush()
                elif kind == TMessageType.CALL:
                    say(p, name, TMessageType.REPLY, number, "x" * 500)
        except TTransport.TTransportException:
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


def client(address):
    for port in KINDS:
        socket = TSocket.TSocket(address, port)
        socket.open()
        p = protocol(port, socket)
        for number, name in enumerate(("getItem", "getItem", "slow", "unknown", "note", "getItem"), 1):
            if name == "note" and port == 9092:
                continue    # without frames a call behind it in the same turn could not be told apart
            say(p, name, TMessageType.ONEWAY if name == "note" else TMessageType.CALL, number, "item number 5")
            if name == "note":
                time.sleep(0.05)
                continue
            p.readMessageBegin()
            p.skip(TType.STRUCT)
            p.readMessageEnd()
        socket.close()


if __name__ == "__main__":
    if sys.argv[1] == "client":
        client(sys.argv[2])
    else:
        import threading
        for number in KINDS:
            threading.Thread(target=Server((sys.argv[2], number), Handler).serve_forever).start()
