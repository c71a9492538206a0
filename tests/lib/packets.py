# SPDX-License-Identifier: MIT
"""Captures made by hand: Ethernet frames of IPv4 conversations, for what no well-behaved program would send."""
import socket
import struct


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def ipv4(protocol, source, target, payload):
    """A frame; the transport's checksum stands at its place in `payload` already, or is not wanted."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0, socket.inet_aton(source), socket.inet_aton(target))
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + header + payload


def udp(source, source_port, target, target_port, data):
    return ipv4(17, source, target, struct.pack("!HHHH", source_port, target_port, 8 + len(data), 0) + data)


def tcp(source, source_port, target, target_port, sequence, acknowledged, flags, data=b""):
    header = struct.pack("!HHIIBBHHH", source_port, target_port, sequence, acknowledged, 5 << 4, flags, 64_000, 0, 0)
    pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, 6, len(header) + len(data))
    header = header[:16] + struct.pack("!H", checksum(pseudo + header + data)) + header[18:]
    return ipv4(6, source, target, header + data)


SYN, ACK, PUSH, FIN = 2, 16, 8, 1


def tcp_conversation(client, client_port, server, server_port, request, response):
    """Handshake, one request, one response, a close."""
    ask, tell = (client, client_port, server, server_port), (server, server_port, client, client_port)
    end, last = 101 + len(request), 501 + len(response)
    return [tcp(*ask, 100, 0, SYN), tcp(*tell, 500, 101, SYN | ACK), tcp(*ask, 101, 501, ACK), tcp(*ask, 101, 501, ACK | PUSH, request),
            tcp(*tell, 501, end, ACK | PUSH, response), tcp(*ask, end, last, ACK | FIN), tcp(*tell, last, end + 1, ACK | FIN),
            tcp(*ask, end + 1, last + 1, ACK)]


def dns_name(labels):
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def dns_answer(number, client, server, labels, address):
    """A query for an address, and its answer."""
    question = dns_name(labels) + struct.pack("!HH", 1, 1)
    query = struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0) + question
    answer = struct.pack("!HHHHHH", number, 0x8180, 1, 1, 0, 0) + question + struct.pack("!HHHIH", 0xc00c, 1, 1, 300, 4) + socket.inet_aton(address)
    return [udp(client, 30_000 + number, server, 53, query), udp(server, 53, client, 30_000 + number, answer)]


def write_pcap(path, frames, start):
    """One frame a millisecond, from `start` (seconds) on."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65_535, 1))
        for i, frame in enumerate(frames):
            file.write(struct.pack("<IIII", int(start) + i // 1000, i % 1000 * 1000, len(frame), len(frame)) + frame)
