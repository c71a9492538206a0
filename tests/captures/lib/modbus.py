#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A Modbus device and its client, both pymodbus: modbus.py server ADDRESS | client ADDRESS | udp ADDRESS"""
import socket
import sys

from pymodbus.client import ModbusTcpClient, ModbusUdpClient
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext


def server(address, start):
    block = lambda: ModbusSequentialDataBlock(0, [17] * 200)
    store = ModbusSlaveContext(di=block(), co=block(), hr=block(), ir=block())
    start(context=ModbusServerContext(slaves=store, single=True), address=(address, 502))


def client(address):
    c = ModbusTcpClient(address, port=502)
    c.connect()
    for _ in range(3):
        c.read_holding_registers(1, 20, slave=1)
    c.read_coils(1, 10, slave=1)
    c.read_discrete_inputs(1, 10, slave=1)
    c.read_input_registers(5, 4, slave=2)
    c.write_coil(3, True, slave=1)
    c.write_register(4, 99, slave=1)
    c.write_coils(5, [True] * 8, slave=1)
    c.write_registers(6, [1, 2, 3], slave=1)
    c.readwrite_registers(read_address=1, read_count=4, write_address=9, write_registers=[7], slave=1)
    c.mask_write_register(4, 0xf0, 0x0f, slave=1)
    assert c.read_holding_registers(900, 20, slave=1).isError()  # no such registers
    c.close()


def pipelined(address):
    """Six requests in two writes, and a function that nobody knows."""
    with socket.create_connection((address, 502)) as s:
        s.settimeout(3)
        read = lambda n: n.to_bytes(2, "big") + bytes.fromhex("0000 0006 01 04 0001 0008")
        for turn in (0, 3):
            s.sendall(b"".join(read(turn + n) for n in range(3)))
            want = 3 * (9 + 16)
            while want > 0:
                want -= len(s.recv(want))
        s.sendall(bytes.fromhex("0063 0000 0003 01 64 00"))
        s.recv(100)


def udp(address):
    c = ModbusUdpClient(address, port=502)
    c.connect()
    for _ in range(2):
        c.read_holding_registers(1, 5, slave=1)
    c.close()


if __name__ == "__main__":
    what, where = sys.argv[1:]
    if what == "server":
        from pymodbus.server import StartTcpServer
        server(where, StartTcpServer)
    elif what == "udp-server":
        from pymodbus.server import StartUdpServer
        server(where, StartUdpServer)
    else:
        globals()[what](where)
